"""What a dataset recorded, from whichever file it is in, as responses of a run."""

from pathlib import Path

import numpy as np
import pandas as pd

from facepatch import averaging
from facepatch.errors import InputError
from facepatch.recording_info import read_recording_info
from facepatch.responses import Responses
from facepatch.seeds import generator
from facepatch.spike_counts import read_spike_counts
from facepatch.stimulus_table import mismatch

__all__ = ["RECORDING_FILES", "average_counts", "find_recording", "read_recording"]

RECORDING_FILES = (
    "spike_counts.parquet",
    "spike_counts.csv",
    "responses.csv",
    "responses.npz",
    "responses.mat",
    "recording.nwb",
)


def find_recording(folder):
    """Return the path of a dataset's recording.

    Raises
    ------
    InputError
        If the folder holds none of `RECORDING_FILES`, or several.
    """
    folder = Path(folder)
    there = [folder / name for name in RECORDING_FILES if (folder / name).exists()]
    if len(there) == 1:
        return there[0]
    raise InputError(
        str(folder),
        " and ".join(path.name for path in there) or "no recording",
        f"one of {', '.join(RECORDING_FILES)}",
        "Keep one of them." if there else "Add the recording.",
    )


def read_recording(folder, stimuli, seed):
    """Read a dataset's recording as Responses in the run's order.

    Parameters
    ----------
    folder : path
    stimuli : StimulusTable
        In run order.
    seed : int
        For the random halves of `averaging.split_half_reliability`.

    Returns
    -------
    responses : Responses
    neurons : pandas.DataFrame
        One row per neuron; see `average_counts`.

    Raises
    ------
    InputError
        See `check_counts` and the readers.
    """
    path = find_recording(folder)
    info = read_recording_info(folder, needs_window=True)
    counts = check_counts(path, read_spike_counts(path), stimuli)
    return average_counts(counts, stimuli, info.window_s, seed)


def check_counts(path, counts, stimuli):
    """Return the counts in the run's stimulus order, if every neuron saw every stimulus.

    Raises
    ------
    InputError
        If ids do not match, or a neuron has no trial of some stimulus.
    """
    missing = set(counts.stimuli.tolist()) ^ set(stimuli.ids.tolist())
    if missing:
        raise mismatch(str(path), counts.stimuli.tolist(), stimuli.ids.tolist(), "stimuli.csv")
    counts = counts.select(stimuli.ids)
    trials = counts.per_cell(np.ones(len(counts.count)))
    if (trials == 0).any():
        neuron, stimulus = np.argwhere(trials == 0)[0]
        raise InputError(
            str(path),
            f"no trial of neuron {str(counts.neurons[neuron])!r} for stimulus"
            f" {str(stimuli.ids[stimulus])!r} (and {int((trials == 0).sum()) - 1} more such gaps)",
            "at least one trial of every neuron for every stimulus",
            "Leave out the neurons or the stimuli with gaps.",
        )
    return counts


def average_counts(counts, stimuli, window_s, seed):
    """Average spike counts over trials.

    Parameters
    ----------
    counts : SpikeCounts
        Complete, indexed in the order of `stimuli`.
    stimuli : StimulusTable
        In run order.
    window_s : float
        Counting window in seconds; responses are spikes per second.
    seed : int

    Returns
    -------
    responses : Responses
        All neurons: silent and duplicated ones are marked, not dropped.
    neurons : pandas.DataFrame
        `neuron, mean_rate_hz, sd_over_mean, fano, trials_min, trials_max, reliability,
        noise_ceiling, silent, duplicate_of` over the main stimuli.
    """
    main, heldout = stimuli.of("main"), stimuli.of("heldout")
    trials = counts.per_cell(np.ones(len(counts.count)))
    rates = (counts.per_cell(counts.count) / trials / window_s).T
    of_main = counts.select(stimuli.ids[main])
    rng = generator(seed, "average_responses", "halves")
    reliability, ceiling = averaging.split_half_reliability(of_main, rng)
    responses = Responses(
        neurons=counts.neurons,
        test=rates[main],
        heldout=rates[heldout],
        test_ids=stimuli.ids[main],
        heldout_ids=stimuli.ids[heldout],
        reliability=reliability,
        noise_ceiling=ceiling,
        silent=np.ptp(rates[main], axis=0) == 0,
    )
    return responses, neuron_table(responses, averaging.fano_factors(of_main), trials[:, main])


def neuron_table(responses, fano, trials):
    """Return the table of neurons that belongs to Responses."""
    mean = responses.test.mean(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = responses.test.std(0) / mean
    copy = averaging.duplicates(responses.test)
    return pd.DataFrame(
        {
            "neuron": responses.neurons,
            "mean_rate_hz": mean,
            "sd_over_mean": spread,
            "fano": fano,
            "trials_min": trials.min(1).astype(int),
            "trials_max": trials.max(1).astype(int),
            "reliability": responses.reliability,
            "noise_ceiling": responses.noise_ceiling,
            "silent": responses.silent,
            "duplicate_of": np.where(copy >= 0, responses.neurons[copy], ""),
        }
    )
