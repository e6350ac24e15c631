"""Draw the figure sensitivity of the sensitivity study.

Inputs: table (csv of tabulate_sensitivity).
Outputs: png, svg, pdf, source (list of csv).
Params: none.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import pandas as pd
        from facepatch.figures.output import write_figure
        from facepatch.figures.sensitivity import draw

        write_figure(*draw(pd.read_csv(smk.input.table)), smk.output)


if "snakemake" in globals():
    main(snakemake)
