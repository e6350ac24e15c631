"""The UDR of every β-VAE, and the choice of the best.

Inputs: embeddings (list, one per model).
Outputs: selection (csv: model, beta, seed, udr, n_live, n_units, selected, rank).
Params: models (list of dicts: id, beta, seed), n_selected.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.models.embedding import Embedding
        from facepatch.scores.selection import select_models

        embeddings = (Embedding.load(path) for path in smk.input.embeddings)
        table = select_models(smk.params.models, embeddings, smk.params.n_selected)
        write_csv(table, smk.output.selection)


if "snakemake" in globals():
    main(snakemake)
