"""Rebuild the held-out faces from single neurons by one beta-VAE, VAE and AE, for Fig. 7.

Inputs: weights, embeddings (lists: every model of the families beta_vae, vae and ae, in the
order of params.models), models (tables/models.csv), responses (npz), heldout (npy).
Outputs: reconstructions (figure_data/reconstructions.npz).
Params: models (list of ids).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import numpy as np
        import pandas as pd
        from facepatch.embedding import Embedding
        from facepatch.faces_from_neurons import reconstruct_models
        from facepatch.reconstruction import load_decoder
        from facepatch.responses import Responses

        table = pd.read_csv(smk.input.models)
        shown = table[table["instance"] & table["model"].isin(smk.params.models)]
        places = [list(smk.params.models).index(model) for model in shown["model"]]
        reconstruct_models(
            [load_decoder(smk.input.weights[place]) for place in places],
            [Embedding.load(smk.input.embeddings[place]) for place in places],
            Responses.load(smk.input.responses),
            np.load(smk.input.heldout, mmap_mode="r", allow_pickle=False),
            families=shown["family"],
            models=shown["model"],
        ).save(smk.output.reconstructions)


if "snakemake" in globals():
    main(snakemake)
