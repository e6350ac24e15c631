"""Simulate spike counts of neurons whose tuning is known.

Inputs: stimuli (the dataset's stimuli.csv, with factor_* columns); for the ground truths
    pixel_linear and aam_axis also space (.npz of build_tuning_space)
Outputs: counts (Parquet), truth (ground_truth.csv), recording (recording.yaml)
Params: ground_truth, n_neurons, trials ([min, max]), window_s, axis_fraction, two_share,
    signal_share, seed
"""


def main(smk):
    from facepatch.logs import job_log

    with job_log(smk):
        from facepatch.datasets.dataset import read_run_stimuli
        from facepatch.files import write_csv
        from facepatch.simulation import recording
        from facepatch.simulation.neurons import IMAGE_DRIVEN

        params = smk.params
        stimuli = read_run_stimuli(smk.input.stimuli).in_run_order()
        if params.ground_truth in IMAGE_DRIVEN:
            design, names = recording.read_tuning_space(smk.input.space, stimuli)
        else:
            design, names = recording.factor_design(stimuli)
        neurons, counts, truth = recording.simulate_recording(
            stimuli,
            design,
            names,
            ground_truth=params.ground_truth,
            n_neurons=params.n_neurons,
            trials=params.trials,
            window_s=params.window_s,
            seed=params.seed,
            axis_fraction=params.axis_fraction,
            two_share=params.two_share,
            signal_share=params.signal_share,
        )
        recording.write_spike_counts(smk.output.counts, neurons, stimuli.ids, counts)
        write_csv(truth, smk.output.truth)
        recording.write_recording_info(smk.output.recording, params.window_s, params.ground_truth)


if "snakemake" in globals():
    main(snakemake)
