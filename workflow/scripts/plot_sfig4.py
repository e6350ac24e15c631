"""Draw Supplementary Fig. 4: labels that raters give to latents.

Inputs: label_counts, label_agreement (each may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{sfig4a,sfig4b,sfig4c}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import sfig4
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, sfig4.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*sfig4.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
