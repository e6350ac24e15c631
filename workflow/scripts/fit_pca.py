"""Principal components of the mirror-flipped images, one model per number of components.

Inputs: train, test, heldout (.npy), stimuli (the run's stimuli.csv).
Outputs: weights, info, embeddings (lists, one per model).
Params: models (list of dicts: id, n_components).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.stimulus_table import read_stimulus_table
        from facepatch.models.array_models import write_model
        from facepatch.models.pca import fit_pca
        from facepatch.models.run_inputs import embed, read_images, split_ids

        train, test, heldout = map(
            read_images, (smk.input.train, smk.input.test, smk.input.heldout)
        )
        ids = split_ids(read_stimulus_table(smk.input.stimuli))
        models = smk.params.models
        largest = fit_pca(train, max(m["n_components"] for m in models), what="PCA of pixels")
        outputs = smk.output.weights, smk.output.info, smk.output.embeddings
        for model, weights, info, embedding in zip(models, *outputs, strict=True):
            pca = largest.first(model["n_components"])
            units = [f"pc_{index:02d}" for index in range(model["n_components"])]
            embed(
                units, pca.transform(test), pca.transform(heldout), ids, train=pca.transform(train)
            ).save(embedding)
            write_model(
                weights,
                info,
                pca.arrays(),
                family="pca",
                model=model["id"],
                n_components=model["n_components"],
            )


if "snakemake" in globals():
    main(snakemake)
