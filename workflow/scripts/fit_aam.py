"""Active appearance models of the mirror-flipped faces, one per number of components.

Inputs: train, test, heldout (.npy), stimuli (the run's stimuli.csv), landmarks (the
dataset's landmarks.csv).
Outputs: weights, info, embeddings (lists, one per model).
Params: models (list of dicts: id, n_components: k shape and k appearance components),
folder (of the dataset, for the sizes of the original images).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import numpy as np
        from facepatch.datasets.landmark_table import flip_landmarks, prepared_landmarks
        from facepatch.datasets.stimulus_table import read_stimulus_table
        from facepatch.models.aam import fit_aam
        from facepatch.models.array_models import write_model
        from facepatch.models.run_inputs import embed, split_ids

        train, test, heldout = (
            np.load(path, mmap_mode="r", allow_pickle=False)
            for path in (smk.input.train, smk.input.test, smk.input.heldout)
        )
        stimuli = read_stimulus_table(smk.input.stimuli)
        size = test.shape[1]
        marks = prepared_landmarks(smk.input.landmarks, stimuli, smk.params.folder, size)
        test_marks, heldout_marks = (marks.points[stimuli.of(s)] for s in ("main", "heldout"))
        train_marks = flip_landmarks(test_marks, marks.mirror, size)
        models = smk.params.models
        largest = fit_aam(
            train,
            train_marks,
            max(m["n_components"] for m in models),
            where=str(smk.input.landmarks),
        )
        outputs = smk.output.weights, smk.output.info, smk.output.embeddings
        for model, weights, info, embedding in zip(models, *outputs, strict=True):
            aam = largest.first(model["n_components"])
            embed(
                aam.units,
                aam.transform(test, test_marks),
                aam.transform(heldout, heldout_marks),
                split_ids(stimuli),
                train=aam.transform(train, train_marks),
            ).save(embedding)
            write_model(
                weights,
                info,
                aam.arrays(),
                family="aam",
                model=model["id"],
                n_components=model["n_components"],
                landmarks=[str(name) for name in marks.names],
            )


if "snakemake" in globals():
    main(snakemake)
