"""Fit the Lasso map from every model of a batch to all neurons, main and held-out.

Inputs: embeddings (list of npz, one per model), responses (npz).
Outputs: encoding, heldout (lists of npz, in the order of the models).
Params: models (list of ids), n_folds, n_alphas, eps, train_fraction, seed, cache (folder),
key (fingerprint of the code).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.encoding.batches import fit_encodings

        fit_encodings(
            smk.params.models,
            smk.input.embeddings,
            smk.input.responses,
            smk.output.encoding,
            smk.output.heldout,
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
