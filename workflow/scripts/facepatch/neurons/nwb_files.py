"""Spike counts from NWB 2 files: units and a trials table that names the stimulus."""

import numpy as np

from facepatch.datasets.user_tables import listed
from facepatch.errors import InputError
from facepatch.neurons.spike_counts import SpikeCounts

__all__ = ["count_spikes", "read_nwb"]


def count_spikes(times, onsets, window_s):
    """Count the spikes in a window after each onset.

    Parameters
    ----------
    times : float array of shape (n_spikes,)
        Spike times in seconds, in any order.
    onsets : float array of shape (n_trials,)
        Stimulus onsets in seconds.
    window_s : pair of float
        Start (inclusive) and end (exclusive) after onset, in seconds.

    Returns
    -------
    int array of shape (n_trials,)

    Examples
    --------
    >>> count_spikes(np.array([1.04, 1.06, 1.2, 1.3]), np.array([1.0]), (0.05, 0.3))
    array([2])
    """
    times = np.sort(times)
    start, end = (np.searchsorted(times, onsets + edge) for edge in window_s)
    return end - start


def read_nwb(path, stimulus_column="stimulus", window_s=(0.05, 0.3)):
    """Read the spike counts of an NWB file.

    Parameters
    ----------
    path : path
        NWB 2, with spike times in `units` and one row of `trials` per presentation.
    stimulus_column : str
        Column of `trials` that holds the stimulus id; rows without one are skipped.
    window_s : pair of float
        Counting window in seconds after `start_time`; the default is the one of
        paper_spec 1.2, 50 to 300 ms.

    Returns
    -------
    SpikeCounts
        A unit is named by the column `unit_name` of `units`, where there is one, else by
        its id.

    Raises
    ------
    InputError
        If the file is no NWB file, or lacks units, spike times, trials, the stimulus
        column or onsets.
    """
    # Loading pynwb takes seconds, and other recordings do not need it.
    from pynwb import NWBHDF5IO

    try:
        with NWBHDF5IO(path, "r", load_namespaces=True) as handle:
            return _counts(path, handle.read(), stimulus_column, window_s)
    except InputError:
        raise
    except Exception as error:
        # hdmf and h5py raise whatever the first broken object leads to.
        raise InputError(
            str(path),
            f"a file that cannot be read as NWB ({' '.join(str(error).split())[:200]})",
            "an NWB 2 file",
            "Check it with pynwb's validator (pynwb-validate).",
        ) from error


def _counts(path, nwb, stimulus_column, window_s):
    trials, units = nwb.trials, nwb.units
    if trials is None:
        raise _lack(path, "no trials table", "a trials table that names the stimulus")
    if stimulus_column not in trials.colnames:
        raise InputError(
            f"{path}, trials",
            f"the columns {listed(trials.colnames, 30)}",
            f"a column {stimulus_column!r} that names the stimulus",
            "Set recordings.nwb.stimulus_column in your configuration to the right one.",
        )
    if units is None or "spike_times" not in units.colnames:
        raise _lack(path, "no units with spike times", "a units table with spike_times")
    labels = np.array([_text(value) for value in trials[stimulus_column][:]], str)
    onsets = np.asarray(trials["start_time"][:], float)
    shown = labels != ""
    lost = np.flatnonzero(shown & ~np.isfinite(onsets))
    if len(lost):
        raise _lack(f"{path}, trials[{lost[0]}]", f"start_time {onsets[lost[0]]}", "a time")
    if not shown.any():
        raise _lack(path, f"only empty cells in {stimulus_column!r}", "stimulus ids")
    stimuli, first, stimulus = np.unique(labels[shown], return_index=True, return_inverse=True)
    order = np.argsort(first)
    stimulus = np.argsort(order)[stimulus]
    onsets = onsets[shown]
    names = "unit_name" if "unit_name" in units.colnames else "id"
    neurons = np.array([_text(value) for value in units[names][:]], str)
    if len(set(neurons.tolist())) < len(neurons):
        raise _lack(f"{path}, units, {names}", "a name given twice", "a name for each unit")
    counts = [
        count_spikes(np.asarray(units["spike_times"][index], float), onsets, window_s)
        for index in range(len(neurons))
    ]
    return SpikeCounts(
        neurons=neurons,
        stimuli=stimuli[order],
        neuron=np.repeat(np.arange(len(neurons)), len(onsets)),
        stimulus=np.tile(stimulus, len(neurons)),
        count=np.concatenate(counts).astype(np.float64),
    )


def _lack(where, found, expected):
    return InputError(str(where), found, expected, "Add it to the NWB file.")


def _text(value):
    """Return a cell as text: names as they are, whole numbers without a point, gaps as ''."""
    if isinstance(value, bytes):
        value = value.decode()
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return ""
        if value == int(value):
            value = int(value)
    return str(value).strip()
