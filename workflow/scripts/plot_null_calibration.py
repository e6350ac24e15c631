"""Draw level and power of the candidate nulls of the alignment score.

Inputs: table (csv of tabulate_nulls).
Outputs: png, svg, pdf, source (list of csv).
Params: level (nominal level of the tests).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import pandas as pd
        from facepatch.figures.null_calibration import draw
        from facepatch.figures.output import write_figure

        write_figure(*draw(pd.read_csv(smk.input.table), smk.params.level), smk.output)


if "snakemake" in globals():
    main(snakemake)
