"""VGG (raw): random parts of the fc7 layer, or all of it.

Inputs: features (from embed_vgg).
Outputs: embeddings (list, one per model).
Params: models (list of dicts: id, units), seed.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.models.embedding import Embedding
        from facepatch.models.vgg_units import fc7_subset
        from facepatch.seeds import generator

        layer = Embedding.load(smk.input.features)
        for model, output in zip(smk.params.models, smk.output.embeddings, strict=True):
            rng = generator(smk.params.seed, "vgg_raw", model["id"])
            fc7_subset(layer, model["units"], rng, where=model["id"]).save(output)


if "snakemake" in globals():
    main(snakemake)
