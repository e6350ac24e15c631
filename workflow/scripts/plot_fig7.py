"""Draw Fig. 7: codes and faces decoded from single neurons.

Inputs: models, statistics; decoding (may be absent); reconstructions
(figure_data/reconstructions.npz, may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{fig7a,fig7b,fig7c,fig7d}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import fig7
        from facepatch.figures.context import FigureContext
        from facepatch.figures.network_pictures import Reconstructions
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, fig7.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        path = getattr(smk.input, "reconstructions", None)
        reconstructions = Reconstructions.load(path) if path else None
        write_figure(*fig7.draw(tables, context, reconstructions), smk.output)


if "snakemake" in globals():
    main(snakemake)
