"""Write `tables/correlation.csv`: one-to-one correlations of neurons and units.

Inputs: `embeddings` (list of npz), `responses`.
Outputs: `table`.
Params: `models` (list of the catalogue's records, in the order of the embeddings).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.models.embedding import Embedding
        from facepatch.neurons.responses import Responses
        from facepatch.scores.correlation import correlation_table

        responses = Responses.load(smk.input.responses)
        embeddings = (Embedding.load(path) for path in smk.input.embeddings)
        write_csv(correlation_table(smk.params.models, embeddings, responses), smk.output.table)


if "snakemake" in globals():
    main(snakemake)
