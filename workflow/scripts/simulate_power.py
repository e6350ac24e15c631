"""Measure how often an axis code and a rotated one differ from chance, for given numbers.

Inputs: stimuli (the run's stimuli.csv with factors).
Outputs: outcomes (csv; columns in `facepatch.simulation.sensitivity.power_curve`).
Params: stimuli, neurons, trials (lists), base (dict), replicates, n_draws, level, n_folds,
n_alphas, eps, seed.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from dataclasses import replace
        from itertools import product

        from facepatch.files import write_csv
        from facepatch.simulation.sensitivity import Cell, power_curve
        from facepatch.simulation.sensitivity_inputs import study_designs

        base = Cell("stimuli", **smk.params.base)
        numbers = product(smk.params.stimuli, smk.params.neurons, smk.params.trials)
        outcomes = power_curve(
            study_designs(smk.input.stimuli, {})["mixture"],
            [replace(base, stimuli=n, neurons=k, trials=t) for n, k, t in numbers],
            replicates=smk.params.replicates,
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
