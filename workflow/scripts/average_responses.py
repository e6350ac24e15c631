"""Average a recording over trials, with each neuron's reliability and noise ceiling.

Inputs: stimuli (the run's CSV)
Outputs: responses (.npz), neurons (tables/neurons.csv)
Params: folder, seed, stimulus_column and window_s ([start, end]), which only NWB files need
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.dataset import read_run_stimuli
        from facepatch.files import write_csv
        from facepatch.neurons.recordings import average, read_recording

        stimuli = read_run_stimuli(smk.input.stimuli)
        recording = read_recording(
            smk.params.folder,
            stimuli,
            stimulus_column=smk.params.stimulus_column,
            window_s=smk.params.window_s,
        )
        responses, neurons = average(recording, stimuli, smk.params.seed)
        for column in ("silent", "duplicate_of"):
            marked = neurons["neuron"][neurons[column].astype(bool)]
            if len(marked):
                print(f"{column}: {len(marked)} neurons ({', '.join(marked)}); all are kept")
        responses.save(smk.output.responses)
        write_csv(neurons, smk.output.neurons)


if "snakemake" in globals():
    main(snakemake)
