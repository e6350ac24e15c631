"""Write `tables/decoding.csv`: units of every model read from one neuron each.

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
        from facepatch.scores.decoding import decoding_table

        responses = Responses.load(smk.input.responses)
        embeddings = (Embedding.load(path) for path in smk.input.embeddings)
        write_csv(decoding_table(smk.params.models, embeddings, responses), smk.output.table)


if "snakemake" in globals():
    main(snakemake)
