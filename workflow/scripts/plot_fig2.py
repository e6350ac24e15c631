"""Draw Fig. 2: traversals of the latents of the best beta-VAEs.

Inputs: traversals (figure_data/traversals.npz, may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{fig2a}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import fig2
        from facepatch.figures.context import FigureContext
        from facepatch.figures.network_pictures import Traversals
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, fig2.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        path = getattr(smk.input, "traversals", None)
        traversals = Traversals.load(path) if path else None
        write_figure(*fig2.draw(tables, context, traversals), smk.output)


if "snakemake" in globals():
    main(snakemake)
