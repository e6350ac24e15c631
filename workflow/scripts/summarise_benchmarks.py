"""Sum up what the jobs of a run cost.

Inputs: what the run must have finished. Outputs: table (.csv). Params: folder.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import pandas as pd
        from facepatch.files import write_csv
        from facepatch.runs.benchmarks import read_benchmarks

        write_csv(pd.DataFrame(read_benchmarks(smk.params.folder)), smk.output.table)


if "snakemake" in globals():
    main(snakemake)
