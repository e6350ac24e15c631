"""Count how often each candidate null rejects, with and without axis-tuned neurons.

Inputs: outcomes (list of csv of simulate_nulls).
Outputs: table (csv; columns in `facepatch.nulls.calibration.rejection_table`).
Params: none.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import pandas as pd
        from facepatch.files import write_csv
        from facepatch.nulls.calibration import rejection_table

        outcomes = pd.concat(map(pd.read_csv, smk.input.outcomes), ignore_index=True)
        write_csv(rejection_table(outcomes), smk.output.table)


if "snakemake" in globals():
    main(snakemake)
