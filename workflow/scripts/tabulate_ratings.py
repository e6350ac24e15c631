"""Write the tables of SFigs 4 and 5 from human ratings, or from simulated raters.

Inputs, each may be absent: `labels` and `rankings` (the dataset's ratings/*.csv); without
`labels`, `models` (tables/models.csv), `embeddings` (list of npz of the beta-VAEs) and
`stimuli` (the run's stimuli.csv) for raters simulated from its factors; without `rankings`,
`reconstructions` (tables/reconstructions.csv) for observers simulated from its distances.
Outputs: `label_counts`, `label_agreement`, `ranking_scores`, `ranking_tests` (csv; a header
alone where there is nothing to rate). Column `simulated` tells what they rest on.
Params: `models` (list of the catalogue's records, in the order of the embeddings),
`n_raters`, `n_faces` (both for simulated raters), `seed`.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.rating_inputs import label_rows, ranking_rows
        from facepatch.files import write_csv
        from facepatch.scores.rating_scores import label_tables, ranking_tables

        labels, simulated = label_rows(smk.input, smk.params)
        counts, agreement = label_tables(*labels[1:], simulated)
        write_csv(counts, smk.output.label_counts)
        write_csv(agreement, smk.output.label_agreement)
        rankings, simulated = ranking_rows(smk.input, smk.params)
        scores, tests = ranking_tables(*rankings, simulated)
        write_csv(scores, smk.output.ranking_scores)
        write_csv(tests, smk.output.ranking_tests)


if "snakemake" in globals():
    main(snakemake)
