"""Rebuild the held-out faces from single neurons by one beta-VAE, VAE and AE, for Fig. 7.

Inputs: weights, embeddings (lists: every model of the families beta_vae, vae and ae, in the
order of params.models), models (tables/models.csv), responses (npz), heldout (npy).
Outputs: reconstructions (figure_data/reconstructions.npz), distances
(tables/reconstructions.csv).
Params: models (list of ids).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import numpy as np
        from facepatch.files import write_csv
        from facepatch.models.embedding import Embedding
        from facepatch.models.reconstruction import load_decoder
        from facepatch.neurons.responses import Responses
        from facepatch.scores.decoded_faces import distance_table
        from facepatch.scores.faces_from_neurons import gather, reconstruct_models
        from facepatch.tables.records import read_tables

        table = read_tables(smk.input, ["models"])["models"]
        ids = list(smk.params.models)
        shown = table[table["instance"] & table["model"].isin(ids)]
        places = [ids.index(model) for model in shown["model"]]
        responses = Responses.load(smk.input.responses)
        originals = np.load(smk.input.heldout, allow_pickle=False)
        found, r = reconstruct_models(
            [load_decoder(smk.input.weights[place]) for place in places],
            [Embedding.load(smk.input.embeddings[place]) for place in places],
            responses,
            families=shown["family"],
            models=shown["model"],
        )
        write_csv(distance_table(found, originals, responses.heldout_ids), smk.output.distances)
        gather(found, r, originals, responses.heldout_ids).save(smk.output.reconstructions)


if "snakemake" in globals():
    main(snakemake)
