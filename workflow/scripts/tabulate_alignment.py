"""Write `tables/alignment.csv` from the scores of every model.

Inputs: `scores` (list of json of remix_alignment).
Outputs: `table` (the fixed artificial draw only), `artificial` (all draws), `heldout` (the
held-out images by both recipes).
Params: `models` (list of the catalogue's records, in the order of the scores).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import read_json, write_csv
        from facepatch.tables.records import alignment_rows, artificial_rows, heldout_recipe_rows

        scores = [read_json(path) for path in smk.input.scores]
        write_csv(alignment_rows(smk.params.models, scores), smk.output.table)
        write_csv(artificial_rows(smk.params.models, scores), smk.output.artificial)
        write_csv(heldout_recipe_rows(smk.params.models, scores), smk.output.heldout)


if "snakemake" in globals():
    main(snakemake)
