"""VGG (PCA): principal components of the fc7 layer, one model per number of components.

Inputs: features (from embed_vgg).
Outputs: weights, info, embeddings (lists, one per model).
Params: models (list of dicts: id, n_components).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.models.array_models import write_model
        from facepatch.models.embedding import Embedding
        from facepatch.models.run_inputs import embed
        from facepatch.models.vgg_units import fc7_components

        layer = Embedding.load(smk.input.features)
        ids = layer.test_ids, layer.heldout_ids
        models = smk.params.models
        largest = fc7_components(layer, max(m["n_components"] for m in models))
        outputs = smk.output.weights, smk.output.info, smk.output.embeddings
        for model, weights, info, embedding in zip(models, *outputs, strict=True):
            pca = largest.first(model["n_components"])
            units = [f"pc_{index:02d}" for index in range(model["n_components"])]
            coefficients = pca.transform(layer.test), pca.transform(layer.heldout)
            embed(units, *coefficients, ids, extra=layer.extra).save(embedding)
            write_model(
                weights,
                info,
                pca.arrays(),
                family="vgg_pca",
                model=model["id"],
                n_components=model["n_components"],
                trained=bool(layer.extra["trained"]),
            )


if "snakemake" in globals():
    main(snakemake)
