"""Write `tables/convergence.csv`: beta-VAEs scored at fractions of their schedule.

Inputs: snapshots (embeddings, the fractions of one model after each other), finals (embeddings
of the same models at the end), info (their json), responses (may be absent).
Outputs: table. Params: models (records), fractions, train_fraction, seed, n_folds, n_alphas,
eps.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import read_json, write_csv
        from facepatch.models.embedding import Embedding
        from facepatch.neurons.responses import Responses
        from facepatch.training.convergence import convergence_table

        params = smk.params
        number = len(params.fractions)
        stages = {f: smk.input.snapshots[k::number] for k, f in enumerate(params.fractions)}
        responses = getattr(smk.input, "responses", None)
        steps = [{"steps": read_json(path)["steps"]} for path in smk.input.info]
        table = convergence_table(
            [model | own for model, own in zip(params.models, steps, strict=True)],
            stages | {1.0: smk.input.finals},
            Embedding.load,
            Responses.load(responses) if responses else None,
            train_fraction=params.train_fraction,
            seed=params.seed,
            n_folds=params.n_folds,
            n_alphas=params.n_alphas,
            eps=params.eps,
        )
        write_csv(table, smk.output.table)


if "snakemake" in globals():
    main(snakemake)
