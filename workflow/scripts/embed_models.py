"""Embed the images of the run with a batch of trained networks.

Inputs: weights (list of safetensors), train, test, heldout (npy), stimuli (stimuli.csv).
Outputs: embeddings (list of npz, in the order of the weights).
Params: models (list of ids), live_threshold (nats), cache (folder), key (fingerprint of the
code).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.models.network_embedding import embed_networks

        embed_networks(
            smk.params.models,
            smk.input.weights,
            [smk.input.train, smk.input.test, smk.input.heldout],
            smk.input.stimuli,
            smk.output.embeddings,
            live_threshold=smk.params.live_threshold,
            cache=smk.params.cache,
            key=smk.params.key,
        )


if "snakemake" in globals():
    main(snakemake)
