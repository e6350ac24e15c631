"""Draw Supplementary Fig. 1: likelihood of seen and unseen faces, held-out alignment.

Inputs: models, statistics; alignment, nll (each may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{sfig1a,sfig1b}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import sfig1
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, sfig1.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*sfig1.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
