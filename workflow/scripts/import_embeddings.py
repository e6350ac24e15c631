"""Embeddings of the user's own models, checked against the stimuli and put into their order.

Inputs: files (list, one per model), stimuli (the run's stimuli.csv).
Outputs: embeddings (list, one per model).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.embedding_tables import read_embedding_table
        from facepatch.datasets.stimulus_table import read_stimulus_table
        from facepatch.models.external import external_embedding

        stimuli = read_stimulus_table(smk.input.stimuli)
        for file, output in zip(smk.input.files, smk.output.embeddings, strict=True):
            ids, units, values = read_embedding_table(file)
            embedding = external_embedding(ids, units, values, stimuli, where=str(file))
            embedding.save(output)
            ignored = len(ids) - len(stimuli)
            print(f"{file}: {embedding.n_live} units that vary, {ignored} rows not of this run")


if "snakemake" in globals():
    main(snakemake)
