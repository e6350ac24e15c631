"""Score a run's models against simulated populations while one property of these varies.

Inputs: stimuli (the run's stimuli.csv with factors), embeddings (list of npz), selection
(selection.csv, if the run has beta-VAEs), and one tuning space (npz) for each image-driven
ground truth, by its name.
Outputs: outcomes (csv: varied, value, replicate, model, alignment, alignment_live, remix_gap,
remix_p, family).
Params: models (list of dicts with family and id, in the order of the embeddings),
models_per_family, varied, values, base (dict), replicates, n_draws, n_folds, n_alphas, eps,
seed.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.simulation.sensitivity import cells, score_cells
        from facepatch.simulation.sensitivity_inputs import study_designs, study_models

        selection = smk.input.get("selection", "")
        models, families = study_models(
            smk.params.models, smk.input.embeddings, selection, smk.params.models_per_family
        )
        spaces = {
            name: smk.input[name]
            for name in ("aam_axis", "pixel_linear")
            if smk.input.get(name, "")
        }
        outcomes = score_cells(
            models,
            study_designs(smk.input.stimuli, spaces),
            cells(smk.params.base, {smk.params.varied: smk.params["values"]}),
            replicates=smk.params.replicates,
            n_draws=smk.params.n_draws,
            seed=smk.params.seed,
            n_folds=smk.params.n_folds,
            n_alphas=smk.params.n_alphas,
            eps=smk.params.eps,
        )
        write_csv(outcomes.assign(family=outcomes["model"].map(families)), smk.output.outcomes)


if "snakemake" in globals():
    main(snakemake)
