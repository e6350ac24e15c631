"""Write `tables/statistics.csv`: every test and effect size that the figures show.

Inputs: `models`, and of `alignment`, `correlation`, `variance` (variance_explained.csv),
`decoding`, `nll`, `udr`, `ranking_tests` the tables that the run has.
Outputs: `table`.
Params: `seed`, `n_resamples` (bootstrap).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.tables.comparisons import statistics_table
        from facepatch.tables.records import read_tables

        names = ("models", "alignment", "correlation", "variance")
        tables = read_tables(smk.input, (*names, "decoding", "nll", "udr", "ranking_tests"))
        table = statistics_table(tables, smk.params.seed, smk.params.n_resamples)
        write_csv(table, smk.output.table)


if "snakemake" in globals():
    main(snakemake)
