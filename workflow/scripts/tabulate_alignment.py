"""Write `tables/alignment.csv` from the scores of every model.

Inputs: `scores` (list of json of remix_alignment).
Outputs: `table` (the fixed artificial draw only), `artificial` (all draws).
Params: `models` (list of the catalogue's records, in the order of the scores).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import json
        from pathlib import Path

        from facepatch.files import write_csv
        from facepatch.tables import alignment_rows, artificial_rows

        scores = [json.loads(Path(path).read_text(encoding="utf-8")) for path in smk.input.scores]
        write_csv(alignment_rows(smk.params.models, scores), smk.output.table)
        write_csv(artificial_rows(smk.params.models, scores), smk.output.artificial)


if "snakemake" in globals():
    main(snakemake)
