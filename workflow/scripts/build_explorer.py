"""Build the interactive page of a run: every model, its map to the neurons, its traversals.

Inputs: models (tables/models.csv), alignment (tables/alignment.csv), report (dataset.json),
responses (npz), encodings, embeddings (lists of npz in the order of params.models), traversals
(figure_data/traversal_tiles.npz; may be absent), templates (the files of
explorer.page.TEMPLATES, so that an edit reruns the rule).
Outputs: page (explorer.html).
Params: models (list of the catalogue's records), run, dataset, untrained_vgg, max_units (units
of a model shown at most).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.explorer.data import ModelMap, collect
        from facepatch.explorer.page import build_page
        from facepatch.explorer.tiles import TraversalTiles
        from facepatch.figures.context import FigureContext
        from facepatch.files import atomic_path
        from facepatch.neurons.responses import Responses
        from facepatch.tables.records import read_tables
        from plotly.offline import get_plotlyjs

        traversals = getattr(smk.input, "traversals", None)
        content = collect(
            smk.params.models,
            map(ModelMap.load, smk.input.encodings, smk.input.embeddings),
            **read_tables(smk.input, ["models", "alignment"]),
            responses=Responses.load(smk.input.responses),
            context=FigureContext.of_run(smk.params, smk.input.report),
            run=smk.params.run,
            tiles=TraversalTiles.load(traversals) if traversals else None,
            max_units=smk.params.max_units,
        )
        with atomic_path(smk.output.page) as path:
            path.write_text(build_page(content, get_plotlyjs()), encoding="utf-8", newline="\n")


if "snakemake" in globals():
    main(snakemake)
