"""Write `tables/nll.csv`: negative log-likelihood per image of the models that reconstruct.

Inputs: `embeddings` (list of npz; those without likelihoods add no rows).
Outputs: `table`.
Params: `models` (list of the catalogue's records, in the order of the embeddings).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.models.embedding import Embedding
        from facepatch.tables.records import nll_rows

        embeddings = (Embedding.load(path) for path in smk.input.embeddings)
        write_csv(nll_rows(smk.params.models, embeddings), smk.output.table)


if "snakemake" in globals():
    main(snakemake)
