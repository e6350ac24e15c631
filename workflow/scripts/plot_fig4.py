"""Draw Fig. 4: alignment of every family, its live-unit form and the remix gap.

Inputs: models, statistics; alignment (may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{fig4a,fig4b,fig4c}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import fig4
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, fig4.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*fig4.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
