"""Draw Fig. 5: one-to-one correlations between units and neurons.

Inputs: models, statistics; correlation (may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{fig5a,fig5b}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import fig5
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, fig5.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*fig5.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
