"""Write `tables/models.csv`: sizes, hyper-parameters, UDR and selection of every model.

Inputs: `embeddings` (list of npz), `selection` (csv of select_models; may be absent).
Outputs: `table`.
Params: `models` (list of the catalogue's records, in the order of the embeddings).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.models.embedding import Embedding
        from facepatch.tables.records import models_table, read_tables

        embeddings = (Embedding.load(path) for path in smk.input.embeddings)
        selection = read_tables(smk.input, ["selection"]).get("selection")
        write_csv(models_table(smk.params.models, embeddings, selection), smk.output.table)


if "snakemake" in globals():
    main(snakemake)
