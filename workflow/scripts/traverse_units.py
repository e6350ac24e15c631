"""Traverse the units of the models that the interactive page shows.

Inputs: weights (list of safetensors), embeddings (list of npz), both in the order of
params.models; models (tables/models.csv).
Outputs: tiles (figure_data/traversal_tiles.npz).
Params: models (list of ids of beta_vae, vae and ae), n_beta_vae (selected beta-VAEs shown at
most), n_units (of a model at most), n_steps, span (in standard deviations).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.explorer.traverse import traversal_tiles, traversed_models
        from facepatch.models.embedding import Embedding
        from facepatch.models.reconstruction import load_decoder
        from facepatch.tables.records import read_tables

        table = read_tables(smk.input, ["models"])["models"]
        chosen = traversed_models(table, smk.params.n_beta_vae)
        places = [list(smk.params.models).index(model) for model in chosen]
        traversal_tiles(
            (load_decoder(smk.input.weights[place]) for place in places),
            (Embedding.load(smk.input.embeddings[place]) for place in places),
            models=chosen,
            n_units=smk.params.n_units,
            n_steps=smk.params.n_steps,
            span=smk.params.span,
        ).save(smk.output.tiles)


if "snakemake" in globals():
    main(snakemake)
