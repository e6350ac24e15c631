"""Write `tables/convergence.csv`: beta-VAEs scored at fractions of their schedule.

Inputs: snapshots (embeddings, the fractions of one model after each other), finals (embeddings
of the same models at the end), responses (may be absent).
Outputs: table. Params: models (records), fractions, steps, train_fraction, seed, n_folds,
n_alphas, eps.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.convergence import convergence_table
        from facepatch.embedding import Embedding
        from facepatch.files import write_csv
        from facepatch.responses import Responses

        params = smk.params
        number = len(params.fractions)
        stages = {f: smk.input.snapshots[k::number] for k, f in enumerate(params.fractions)}
        responses = getattr(smk.input, "responses", None)
        table = convergence_table(
            params.models,
            stages | {1.0: smk.input.finals},
            Embedding.load,
            Responses.load(responses) if responses else None,
            steps=params.steps,
            train_fraction=params.train_fraction,
            seed=params.seed,
            n_folds=params.n_folds,
            n_alphas=params.n_alphas,
            eps=params.eps,
        )
        write_csv(table, smk.output.table)


if "snakemake" in globals():
    main(snakemake)
