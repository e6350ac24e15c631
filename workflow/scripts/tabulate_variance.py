"""Write the tables of variance explained, per model and per neuron, and SFig 3's ratios.

Inputs: `embeddings` (list of npz), `responses`, `models` (tables/models.csv).
Outputs: `table` (tables/variance_explained.csv), `per_neuron`
(tables/variance_explained_per_neuron.csv), `ratios` (tables/single_unit_ratios.csv).
Params: `models` (list of the catalogue's records, in the order of the embeddings),
`n_folds`, `seed`.
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_csv
        from facepatch.models.embedding import Embedding
        from facepatch.neurons.responses import Responses
        from facepatch.scores.variance import single_unit_ratios, variance_tables
        from facepatch.tables.records import read_tables

        responses = Responses.load(smk.input.responses)
        embeddings = (Embedding.load(path) for path in smk.input.embeddings)
        folds = smk.params.n_folds, smk.params.seed
        summary, per_neuron = variance_tables(smk.params.models, embeddings, responses, *folds)
        models = read_tables(smk.input, ["models"])["models"]
        write_csv(summary, smk.output.table)
        write_csv(per_neuron, smk.output.per_neuron)
        write_csv(single_unit_ratios(per_neuron, models), smk.output.ratios)


if "snakemake" in globals():
    main(snakemake)
