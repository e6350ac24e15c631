"""Single-trial spike counts of a population, from a long table."""

from dataclasses import dataclass

import numpy as np

from facepatch.datasets.user_tables import read_table
from facepatch.errors import InputError

__all__ = ["SpikeCounts", "read_spike_counts"]


@dataclass(frozen=True)
class SpikeCounts:
    """Spike counts, one entry per neuron, stimulus and trial.

    Attributes
    ----------
    neurons, stimuli : array of str
        Ids, in order of first appearance.
    neuron, stimulus : int array of shape (n_entries,)
        Indices into the ids.
    count : float64 array of shape (n_entries,)
        Spikes in the counting window, whole numbers.
    """

    neurons: np.ndarray
    stimuli: np.ndarray
    neuron: np.ndarray
    stimulus: np.ndarray
    count: np.ndarray

    def select(self, ids):
        """Return the counts of the stimuli `ids` alone, indexed in that order."""
        position = {name: index for index, name in enumerate(ids)}
        target = np.array([position.get(name, -1) for name in self.stimuli.tolist()])
        stimulus = target[self.stimulus]
        keep = stimulus >= 0
        return SpikeCounts(
            self.neurons,
            np.asarray(ids, str),
            self.neuron[keep],
            stimulus[keep],
            self.count[keep],
        )

    def per_cell(self, values):
        """Return the sums of `values` per neuron and stimulus, shape (n_neurons, n_stimuli)."""
        shape = len(self.neurons), len(self.stimuli)
        cell = self.neuron * shape[1] + self.stimulus
        return np.bincount(cell, weights=values, minlength=shape[0] * shape[1]).reshape(shape)


def read_spike_counts(path):
    """Read a table of spike counts.

    Parameters
    ----------
    path : path
        `.csv` or `.parquet` with the columns `neuron`, `stimulus`, `trial`, `count`.

    Returns
    -------
    SpikeCounts

    Raises
    ------
    InputError
        For a count that is missing, NaN, negative or fractional, or a trial given twice.
    """
    table = read_table(path, ("neuron", "stimulus", "trial", "count"))
    count = table.numbers("count")
    wrong = (count < 0) | (count != np.floor(count))
    if wrong.any():
        index = np.argmax(wrong)
        kind = "negative" if count[index] < 0 else "fractional"
        raise InputError(
            table.where(index),
            f"the {kind} spike count {count[index]:g}",
            "a whole number of spikes, 0 or more",
            "Give single trials' counts; trial averages belong in responses.csv.",
        )
    neuron, neurons = table.codes("neuron")
    stimulus, stimuli = table.codes("stimulus")
    trial, trials = table.codes("trial")
    key = (neuron * len(stimuli) + stimulus) * len(trials) + trial
    order = np.argsort(key, kind="stable")
    again = key[order][1:] == key[order][:-1]
    if again.any():
        index = order[1:][again].min()
        first = np.argmax(key == key[index])
        raise InputError(
            table.where(index),
            f"trial {str(trials[trial[index]])!r} of neuron {str(neurons[neuron[index]])!r} and"
            f" stimulus {str(stimuli[stimulus[index]])!r} again (first in row {first + 2})",
            "each trial once",
            "Number the trials of a neuron and stimulus differently.",
        )
    return SpikeCounts(neurons, stimuli, neuron, stimulus, count)
