"""Score the alignment of every model of a batch with recorded and with remixed neurons.

Inputs: embeddings (list of npz), encodings, heldout (lists of npz of fit_encoding), responses
(npz).
Outputs: scores (list of json, in the order of the models).
Params: models (list of ids), n_artificial, n_remix, n_folds, n_alphas, eps, train_fraction,
seed, cache (folder), key (fingerprint of the code).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.encoding.batches import score_alignments

        score_alignments(
            smk.params.models,
            smk.input.embeddings,
            smk.input.encodings,
            smk.input.heldout,
            smk.input.responses,
            smk.output.scores,
            n_artificial=smk.params.n_artificial,
            n_remix=smk.params.n_remix,
            n_folds=smk.params.n_folds,
            n_alphas=smk.params.n_alphas,
            eps=smk.params.eps,
            train_fraction=smk.params.train_fraction,
            seed=smk.params.seed,
            cache=smk.params.cache,
            key=smk.params.key,
        )


if "snakemake" in globals():
    main(snakemake)
