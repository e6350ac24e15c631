"""Independent components of the mirror-flipped images, one model per seed or size.

Inputs: train, test, heldout (.npy), stimuli (the run's stimuli.csv).
Outputs: weights, info, embeddings (lists, one per model).
Params: models (list of dicts: id, n_components, seed: number of the replicate),
seed (the run's), max_iterations, tolerance.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.stimulus_table import read_stimulus_table
        from facepatch.models.array_models import write_model
        from facepatch.models.ica import fit_ica
        from facepatch.models.pca import fit_pca
        from facepatch.models.run_inputs import embed, read_images, split_ids
        from facepatch.progress import Progress
        from facepatch.seeds import generator

        train, test, heldout = map(
            read_images, (smk.input.train, smk.input.test, smk.input.heldout)
        )
        ids = split_ids(read_stimulus_table(smk.input.stimuli))
        models = smk.params.models
        whitening = fit_pca(train, max(m["n_components"] for m in models), what="ICA of pixels")
        outputs = smk.output.weights, smk.output.info, smk.output.embeddings
        progress = Progress("ica", len(models), "models")
        for done, (model, weights, info, embedding) in enumerate(
            zip(models, *outputs, strict=True), start=1
        ):
            size = model["n_components"]
            ica = fit_ica(
                whitening.first(size),
                train,
                generator(smk.params.seed, "ica", model["id"]),
                max_iterations=smk.params.max_iterations,
                tolerance=smk.params.tolerance,
            )
            units = [f"ic_{index:02d}" for index in range(size)]
            embed(
                units, ica.transform(test), ica.transform(heldout), ids, train=ica.transform(train)
            ).save(embedding)
            write_model(
                weights,
                info,
                ica.arrays(),
                family="ica",
                model=model["id"],
                seed=model["seed"],
                n_components=size,
                n_iterations=ica.n_iterations,
                converged=ica.converged,
            )
            progress.update(
                done,
                "" if ica.converged else f"{model['id']} not converged",
                final=done == len(models),
            )


if "snakemake" in globals():
    main(snakemake)
