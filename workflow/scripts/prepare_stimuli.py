"""Write all images as grey squares of one size, and the main ones mirrored for training.

Inputs: stimuli (the run's CSV)
Outputs: train, test, heldout (float32 .npy of shape (n, size, size), in [0, 1])
Params: folder, image_size
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.dataset import read_run_stimuli
        from facepatch.datasets.stimuli import mirrored, prepare_images, save_images
        from facepatch.progress import Progress

        stimuli = read_run_stimuli(smk.input.stimuli)
        for split, output in (("main", smk.output.test), ("heldout", smk.output.heldout)):
            total = len(stimuli.of(split))
            progress = Progress(f"prepare {split}", total, unit="images")
            size = smk.params.image_size
            images = prepare_images(smk.params.folder, stimuli, split, size, progress.update)
            save_images(output, images)
            if split == "main":
                save_images(smk.output.train, mirrored(images))


if "snakemake" in globals():
    main(snakemake)
