"""What a dataset recorded, from whichever file it is in, as responses of a run."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from facepatch.datasets.stimulus_table import mismatch
from facepatch.datasets.user_tables import listed
from facepatch.errors import InputError
from facepatch.neurons import averaging
from facepatch.neurons.nwb_files import read_nwb
from facepatch.neurons.recording_info import read_recording_info
from facepatch.neurons.response_matrices import ResponseMatrix, read_response_matrix
from facepatch.neurons.responses import Responses
from facepatch.neurons.spike_counts import SpikeCounts, read_spike_counts
from facepatch.seeds import generator

__all__ = ["RECORDING_FILES", "Recording", "average", "find_recording", "read_recording"]

RECORDING_FILES = (
    "spike_counts.parquet",
    "spike_counts.csv",
    "responses.csv",
    "responses.npz",
    "responses.mat",
    "recording.nwb",
)

# Below this many expected spikes, a stimulus without any may be chance (p > 2e-9).
_SURELY_SOME = 20


@dataclass(frozen=True)
class Recording:
    """A dataset's recording, checked, in the order of the run.

    Attributes
    ----------
    path : Path
        The file that it is in.
    data : SpikeCounts or ResponseMatrix
        Its stimuli are those of the run, in that order.
    window_s : float
        Length of the counting window in seconds; 1 for a matrix, which stays as it is.
    warnings : list of str
    """

    path: Path
    data: SpikeCounts | ResponseMatrix
    window_s: float
    warnings: list = field(default_factory=list)


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


def read_recording(folder, stimuli, *, stimulus_column="stimulus", window_s=(0.05, 0.3)):
    """Read and check a dataset's recording.

    Parameters
    ----------
    folder : path
    stimuli : StimulusTable
        In run order.
    stimulus_column, window_s
        See `nwb_files.read_nwb`; only NWB files need them.

    Returns
    -------
    Recording

    Raises
    ------
    InputError
        As the readers, and if ids do not match those of `stimuli`, a neuron was not
        tested with some stimulus, a stimulus evoked no spike where many were to be
        expected, or no neuron responds at all.
    """
    path = find_recording(folder)
    info = read_recording_info(folder, needs_window=path.stem == "spike_counts")
    warnings = []
    if path.stem == "responses":
        data = read_response_matrix(path, stimuli.ids)
        _check_ids(path, data.stimuli, stimuli)
        return Recording(path, data.select(stimuli.ids), 1.0)
    if path.suffix == ".nwb":
        counts = read_nwb(path, stimulus_column, window_s)
        length = float(window_s[1] - window_s[0])
        surplus = np.setdiff1d(counts.stimuli, stimuli.ids)
        if len(surplus):
            warnings.append(
                f"{path}: trials of {len(surplus)} stimuli that are not in stimuli.csv are left"
                f" out: {listed(surplus)}"
            )
            counts = counts.select([name for name in counts.stimuli if name in set(stimuli.ids)])
    else:
        counts, length = read_spike_counts(path), info.window_s
    _check_ids(path, counts.stimuli, stimuli)
    counts = counts.select(stimuli.ids)
    warnings += _check_counts(path, counts)
    return Recording(path, counts, length, warnings)


def _check_ids(path, ids, stimuli):
    if set(ids.tolist()) != set(stimuli.ids.tolist()):
        raise mismatch(str(path), ids.tolist(), stimuli.ids.tolist(), "stimuli.csv")


def _check_counts(path, counts):
    """Check that every neuron saw every stimulus and that spikes came; return warnings."""
    trials = counts.per_cell(np.ones(len(counts.count)))
    gaps = np.argwhere(trials == 0)
    if len(gaps):
        neuron, stimulus = gaps[0]
        raise InputError(
            f"{path}, neuron {str(counts.neurons[neuron])!r}",
            f"no trial for stimulus {str(counts.stimuli[stimulus])!r}"
            f" (and {len(gaps) - 1} more such gaps)",
            "at least one trial of every neuron for every stimulus",
            "Leave out the neurons or the stimuli with gaps.",
        )
    spikes = counts.per_cell(counts.count)
    of_stimulus, of_neuron = spikes.sum(0), spikes.sum(1)
    if not of_neuron.any():
        raise InputError(str(path), "no spike at all", "spike counts", "Check the column 'count'.")
    constant = np.flatnonzero((np.ptp(spikes / trials, axis=1) == 0) & (of_neuron > 0))
    if len(constant) and len(counts.stimuli) > 2:
        raise InputError(
            f"{path}, neuron {str(counts.neurons[constant[0]])!r}",
            f"{len(constant)} neurons with the same mean count for all stimuli"
            f" ({listed(counts.neurons[constant])})",
            "counts that vary, or no spike at all",
            "Leave these neurons out; a recorded neuron is never constant.",
        )
    warnings = []
    empty = counts.stimuli[of_stimulus == 0]
    if len(empty):
        found = f"{len(empty)} stimuli without any spike of any neuron: {listed(empty)}"
        if np.median(of_stimulus) >= _SURELY_SOME:
            raise InputError(
                f"{path}, stimulus {str(empty[0])!r}",
                found,
                f"some spikes (the median is {np.median(of_stimulus):g} per stimulus)",
                "Leave out stimuli that were not shown.",
            )
        warnings.append(f"{path}: {found}")
    silent = counts.neurons[of_neuron == 0]
    if len(silent):
        warnings.append(
            f"{path}: {len(silent)} neurons without any spike, kept and marked as silent:"
            f" {listed(silent)}"
        )
    return warnings


def average(recording, stimuli, seed):
    """Average a recording over trials.

    Parameters
    ----------
    recording : Recording
    stimuli : StimulusTable
        In run order.
    seed : int
        For the random halves of `averaging.split_half_reliability`.

    Returns
    -------
    responses : Responses
        All neurons, in spikes per second (a matrix keeps its unit): silent and duplicated
        ones are marked, not dropped.
    neurons : pandas.DataFrame
        `neuron, mean_rate_hz, sd_over_mean, fano, trials_min, trials_max, reliability,
        noise_ceiling, silent, duplicate_of`, over the main stimuli; what needs single
        trials is empty for a matrix.
    """
    main, heldout = stimuli.of("main"), stimuli.of("heldout")
    data = recording.data
    gaps = np.full(len(data.neurons), np.nan)
    reliability = ceiling = fano = fewest = most = gaps
    if isinstance(data, SpikeCounts):
        trials = data.per_cell(np.ones(len(data.count)))
        rates = (data.per_cell(data.count) / trials / recording.window_s).T
        of_main = data.select(stimuli.ids[main])
        rng = generator(seed, "average_responses", "halves")
        reliability, ceiling = averaging.split_half_reliability(of_main, rng)
        fano = averaging.fano_factors(of_main)
        fewest, most = trials[:, main].min(1), trials[:, main].max(1)
    else:
        rates = data.values.T
    responses = Responses(
        neurons=data.neurons,
        test=rates[main],
        heldout=rates[heldout],
        test_ids=stimuli.ids[main],
        heldout_ids=stimuli.ids[heldout],
        reliability=reliability,
        noise_ceiling=ceiling,
        silent=np.ptp(rates[main], axis=0) == 0,
    )
    trials = pd.DataFrame({"trials_min": fewest, "trials_max": most}).astype("Int64")
    return responses, _neuron_table(responses, fano, trials)


def _neuron_table(responses, fano, trials):
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
            "trials_min": trials["trials_min"],
            "trials_max": trials["trials_max"],
            "reliability": responses.reliability,
            "noise_ceiling": responses.noise_ceiling,
            "silent": responses.silent,
            "duplicate_of": np.where(copy >= 0, responses.neurons[copy], ""),
        }
    )
