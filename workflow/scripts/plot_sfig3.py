"""Draw Supplementary Fig. 3: one beta-VAE unit against a whole active appearance model.

Inputs: single_unit_ratios (may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{sfig3a}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import sfig3
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, sfig3.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*sfig3.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
