"""Check a dataset and write its stimuli in the order of the run.

Inputs: files (list; only so that the rule reruns when one changes)
Outputs: stimuli (CSV), report (JSON)
Params: folder, needs (list of images, landmarks, recordings, embeddings, ratings),
    stimulus_column and window_s ([start, end]), which only NWB files need
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.dataset import validate_dataset
        from facepatch.datasets.stimulus_table import write_stimulus_table
        from facepatch.files import write_json

        report = validate_dataset(
            smk.params.folder,
            needs=set(smk.params.needs),
            stimulus_column=smk.params.stimulus_column,
            window_s=smk.params.window_s,
        )
        for warning in report.warnings:
            print(f"warning: {warning}")
        write_stimulus_table(report.stimuli, smk.output.stimuli)
        write_json(report.as_json(), smk.output.report)


if "snakemake" in globals():
    main(snakemake)
