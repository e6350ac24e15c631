"""Write `tables/udr.csv` and the running correlation of UDR and alignment (Figs 3d, 3e).

Inputs: `models` (tables/models.csv), `alignment` (tables/alignment.csv).
Outputs: `table` (tables/udr.csv), `running` (tables/udr_running.csv).
Params: `seed`.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.scores.udr_tables import running_correlation, udr_table
        from facepatch.tables.records import read_tables

        tables = read_tables(smk.input, ["models", "alignment"])
        table = udr_table(tables["models"], tables["alignment"])
        write_csv(table, smk.output.table)
        write_csv(running_correlation(table, smk.params.seed), smk.output.running)


if "snakemake" in globals():
    main(snakemake)
