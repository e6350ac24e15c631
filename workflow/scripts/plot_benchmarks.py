"""Draw where the time of the run went.

Inputs: table (benchmarks.csv), report (dataset.json).
Outputs: png, svg, pdf; source (list: source_data/benchmarks.csv).
Params: dataset, untrained_vgg.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import pandas as pd
        from facepatch.figures import benchmarks
        from facepatch.figures.context import FigureContext
        from facepatch.figures.output import write_figure

        context = FigureContext.of_run(smk.params, smk.input.report)
        write_figure(*benchmarks.draw(pd.read_csv(smk.input.table), context), smk.output)


if "snakemake" in globals():
    main(snakemake)
