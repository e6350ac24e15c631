"""Test simulated populations with each candidate null of the alignment score.

Inputs: none.
Outputs: outcomes (csv: condition, fraction, population, null, alignment, gap, rejected).
Params: condition, fraction, first, number (the populations of this job), nulls (list), n_draws,
level, n_folds, n_alphas, eps, seed.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.nulls.calibration import try_populations

        first = int(smk.params.first)
        outcomes = try_populations(
            smk.params.condition,
            float(smk.params.fraction),
            range(first, first + smk.params.number),
            smk.params.nulls,
            n_draws=smk.params.n_draws,
            level=smk.params.level,
            seed=smk.params.seed,
            n_folds=smk.params.n_folds,
            n_alphas=smk.params.n_alphas,
            eps=smk.params.eps,
        )
        write_csv(outcomes, smk.output.outcomes)


if "snakemake" in globals():
    main(snakemake)
