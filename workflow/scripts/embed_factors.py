"""The dataset's true generative factors as the units of a perfect model.

Inputs: stimuli (the run's stimuli.csv).
Outputs: embedding.
Params: n_units (units in all, dead ones added; the number of latents of the β-VAEs).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.stimulus_table import read_stimulus_table
        from facepatch.models.true_factors import factor_embedding

        stimuli = read_stimulus_table(smk.input.stimuli)
        factor_embedding(stimuli, smk.params.n_units).save(smk.output.embedding)


if "snakemake" in globals():
    main(snakemake)
