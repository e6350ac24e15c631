"""Write `tables/paper_comparison.csv`: each reported number beside the run's own.

Inputs: `models`, `statistics`, and of `alignment`, `alignment_heldout`, `correlation`,
`variance_explained`, `single_unit_ratios`, `decoding`, `running_correlation`,
`label_agreement`, `ranking_scores`, `ranking_tests` the tables that the run has.
Outputs: `table`.
Params, all bool: `simulated_neurons`, `untrained_vgg`, `sufr` (the dataset is the SUFR
stand-in), `rendered_faces` (optional: the dataset's images are not photographs).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.tables.paper_comparison import RunFacts, compare_with_paper
        from facepatch.tables.records import read_tables

        names = ("models", "statistics", "alignment", "alignment_heldout", "correlation")
        names += (
            "variance_explained",
            "single_unit_ratios",
            "decoding",
            "running_correlation",
            "label_agreement",
        )
        tables = read_tables(smk.input, (*names, "ranking_scores", "ranking_tests"))
        facts = RunFacts(
            simulated_neurons=smk.params.simulated_neurons,
            untrained_vgg=smk.params.untrained_vgg,
            sufr=smk.params.sufr,
            rendered_faces=getattr(smk.params, "rendered_faces", False),
        )
        write_csv(compare_with_paper(tables, facts), smk.output.table)


if "snakemake" in globals():
    main(snakemake)
