"""The dataset's true generative factors as the units of a perfect model.

Inputs: stimuli (the run's stimuli.csv).
Outputs: embedding.
Params: n_units (units in all, dead ones added; the number of latents of the β-VAEs).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.run_inputs import embed, read_stimuli, split_ids
        from facepatch.true_factors import PREFIX, factor_units

        stimuli = read_stimuli(smk.input.stimuli)
        names = [name for name in stimuli.columns if name.startswith(PREFIX)]
        units, values = factor_units(
            names, stimuli[names], stimuli["stimulus"], smk.params.n_units, where="stimuli.csv"
        )
        main_rows = (stimuli["split"] == "main").to_numpy()
        embed(units, values[main_rows], values[~main_rows], split_ids(stimuli)).save(
            smk.output.embedding
        )


if "snakemake" in globals():
    main(snakemake)
