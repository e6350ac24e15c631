"""Write down what a run's results come from.

Inputs: tables and figures of the run (only for the order of work).
Outputs: provenance (.json). Params: config, folder (the dataset's).
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.files import write_json
        from facepatch.runs.provenance import provenance

        write_json(provenance(smk.params.config, smk.params.folder), smk.output.provenance)


if "snakemake" in globals():
    main(snakemake)
