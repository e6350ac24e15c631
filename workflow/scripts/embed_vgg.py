"""The fc7 units of VGG-16 for the original images, with the user's or with random weights.

Inputs: test, heldout (.npy), stimuli (the run's stimuli.csv); the weights file, if any,
may be listed too.
Outputs: features (an embedding of all 4,096 units), info (json: trained, weights, sha256 ...).
Params: weights (path, or "" for random ones), sha256, image_size, seed. Uses all threads.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        import numpy as np
        import torch
        from facepatch.datasets.stimulus_table import read_stimulus_table
        from facepatch.files import write_json
        from facepatch.models.run_inputs import split_ids
        from facepatch.models.vgg import fc7_embedding, from_state, random_vgg
        from facepatch.models.vgg_weights import read_weights
        from facepatch.progress import Progress
        from facepatch.seeds import generator

        torch.set_num_threads(smk.threads)
        params = smk.params
        trained = bool(params.weights)
        if trained:
            tensors = read_weights(params.weights, params.sha256)
            network = from_state(tensors, params.image_size, params.weights)
        else:
            print("VGG (untrained): no weights are configured, the network has random ones")
            network = random_vgg(params.image_size, generator(params.seed, "vgg"))
        units = []
        for name, path in (("test", smk.input.test), ("heldout", smk.input.heldout)):
            images = np.load(path, mmap_mode="r", allow_pickle=False)
            progress = Progress(f"vgg {name}", len(images), "images")
            units.append(network.embed(images, tick=progress.update))
        ids = split_ids(read_stimulus_table(smk.input.stimuli))
        fc7_embedding(*units, ids, trained=trained).save(smk.output.features)
        seed = None if trained else params.seed
        info = {"trained": trained, "image_size": params.image_size, "seed": seed}
        info |= {"weights": str(params.weights), "sha256": params.sha256}
        write_json(info | {"torch": torch.__version__}, smk.output.info)


if "snakemake" in globals():
    main(snakemake)
