"""Draw Supplementary Fig. 2: one-to-one correlations on the held-out faces.

Inputs: models, statistics; correlation (may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{sfig2a,sfig2b,sfig2c}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import sfig2
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, sfig2.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*sfig2.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
