"""The selected β-VAEs with their live latents rotated: the control of sparsity.

Inputs: selection (selection.csv), embeddings (all β-VAEs, list).
Outputs: embeddings (list, one per rank).
Params: models (list of dicts: id, rank), sources (ids of input.embeddings, list), seed.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.models.embedding import Embedding
        from facepatch.models.rotation import rotated_embedding
        from facepatch.scores.selection import model_of_rank, read_selection
        from facepatch.seeds import generator

        paths = dict(zip(smk.params.sources, smk.input.embeddings, strict=True))
        selected = read_selection(smk.input.selection)
        for model, output in zip(smk.params.models, smk.output.embeddings, strict=True):
            source = model_of_rank(selected, model["rank"], model["id"])["model"]
            rng = generator(smk.params.seed, "beta_vae_rotated", model["id"])
            rotated_embedding(Embedding.load(paths[source]), source, rng).save(output)


if "snakemake" in globals():
    main(snakemake)
