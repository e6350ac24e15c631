"""Draw how UDR, live units and alignment grow along the training.

Inputs: convergence (tables/convergence.csv: model, beta, seed, fraction, step, udr, n_live,
alignment; may be absent); report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/{convergence_a,convergence_b,convergence_c}.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.figures import convergence
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure
        from facepatch.figures.tables import read_tables

        tables = read_tables(smk.input, convergence.TABLES)
        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*convergence.draw(tables, context), smk.output)


if "snakemake" in globals():
    main(snakemake)
