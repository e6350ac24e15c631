"""Draw Fig. 6: variance explained by all units and by one.

Inputs: models, statistics; variance_explained, variance_explained_per_neuron, single_unit_ratios
(each may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{fig6a,fig6b,fig6c,fig6d}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import fig6
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, fig6.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*fig6.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
