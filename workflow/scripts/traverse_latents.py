"""Traverse the latents of the beta-VAEs of highest UDR, for Fig. 2.

Inputs: weights, embeddings (lists: every beta-VAE of the sweep, in the order of
params.models), selection (selection.csv), stimuli (stimuli.csv).
Outputs: traversals (figure_data/traversals.npz).
Params: models (list of ids), n_models, n_units, n_steps, span (the latent runs from -span
to span).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import numpy as np
        import pandas as pd
        from facepatch.models.embedding import Embedding
        from facepatch.models.reconstruction import load_decoder
        from facepatch.models.traversal import traverse_models
        from facepatch.scores.selection import read_selection

        best = read_selection(smk.input.selection).head(smk.params.n_models)
        places = [list(smk.params.models).index(model) for model in best["model"]]
        stimuli = pd.read_csv(smk.input.stimuli)
        known = [name for name in stimuli if name.startswith("factor_")]
        main_rows = stimuli["split"] == "main"
        traverse_models(
            [load_decoder(smk.input.weights[place]) for place in places],
            [Embedding.load(smk.input.embeddings[place]) for place in places],
            models=best["model"],
            udr=best["udr"],
            factors=stimuli.loc[main_rows, known].to_numpy(float),
            factor_names=[name.removeprefix("factor_") for name in known],
            n_units=smk.params.n_units,
            values=np.linspace(-smk.params.span, smk.params.span, smk.params.n_steps),
        ).save(smk.output.traversals)


if "snakemake" in globals():
    main(snakemake)
