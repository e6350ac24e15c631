"""A simulated recording as the files that a user's own recording would be."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from facepatch.datasets.stimulus_table import mismatch
from facepatch.errors import InputError
from facepatch.files import atomic_path
from facepatch.seeds import generator
from facepatch.simulation.neurons import (
    draw_population,
    draw_weights,
    simulate_counts,
    standardised,
)

__all__ = [
    "factor_design",
    "read_tuning_space",
    "simulate_recording",
    "write_recording_info",
    "write_spike_counts",
]


def factor_design(stimuli):
    """Return the z-scored factors that vary over the main stimuli, and their names.

    Parameters
    ----------
    stimuli : StimulusTable

    Returns
    -------
    design : float array of shape (n_stimuli, n_factors)
    names : list of str

    Raises
    ------
    InputError
        If the dataset has no factor that varies.
    """
    main = stimuli.of("main")
    names = [name for name, values in stimuli.factors.items() if np.ptp(values[main]) > 0]
    if not names:
        raise InputError(
            "stimuli.csv",
            "no column factor_<name> that varies over the main stimuli",
            "at least one generative factor to tune neurons to",
            "Add factor_<name> columns, or give recordings instead of simulating them.",
        )
    matrix = np.column_stack([stimuli.factors[name] for name in names])
    return standardised(matrix, main), names


def read_tuning_space(path, stimuli):
    """Return the design that the script build_tuning_space wrote, and its dimensions' names.

    Parameters
    ----------
    path : path
        `.npz` with the arrays `stimuli`, `names` and `values`.
    stimuli : StimulusTable
        The rows of the result.
    """
    with np.load(path, allow_pickle=False) as file:
        ids, names, values = (file[name] for name in ("stimuli", "names", "values"))
    if ids.tolist() != stimuli.ids.tolist():
        raise mismatch(str(path), ids.tolist(), stimuli.ids.tolist(), "stimuli.csv")
    return values, names.tolist()


def simulate_recording(
    stimuli,
    design,
    names,
    *,
    ground_truth,
    n_neurons,
    trials,
    window_s,
    seed,
    signal_share=0.4,
    axis_fraction=1.0,
    two_share=0.1,
):
    """Simulate the spike counts of a population for all stimuli.

    Parameters
    ----------
    stimuli : StimulusTable
    design : float array of shape (n_stimuli, n_dimensions)
        See `neurons.simulate_counts`.
    names : sequence of str
        Name of each dimension.
    ground_truth : str
        One of `neurons.GROUND_TRUTHS`.
    n_neurons : int
    trials : pair of int
        Smallest and largest number of trials per stimulus.
    window_s : float
        Counting window in seconds.
    seed : int
    signal_share : float
        Mean share of signal in the variance of trial averages.
    axis_fraction : float
        Share of axis-tuned neurons, for the ground truth `mixture`.
    two_share : float
        Share of the axis-tuned neurons that a second dimension drives too.

    Returns
    -------
    neurons : list of str
    counts : list of int arrays, one per neuron, of shape (n_stimuli, n_trials)
    truth : pandas.DataFrame
        One row per neuron and dimension with a weight: `neuron, ground_truth, axis_tuned,
        factor, weight, mean_rate_hz, fano, signal_share, n_trials`.
    """
    weights, axis_tuned = draw_weights(
        ground_truth,
        design.shape[1],
        n_neurons,
        generator(seed, "simulate_spikes", ground_truth, "tuning"),
        fraction=axis_fraction,
        two_share=two_share,
    )
    rng = generator(seed, "simulate_spikes", "population")
    population = draw_population(weights, axis_tuned, rng, trials=trials, signal_share=signal_share)
    rng = generator(seed, "simulate_spikes", "counts")
    counts = simulate_counts(design, population, stimuli.of("main"), window_s, rng)
    neurons = [f"n{index:0{len(str(n_neurons - 1))}d}" for index in range(n_neurons)]
    return neurons, counts, _truth(neurons, names, ground_truth, population)


def _truth(neurons, names, ground_truth, population):
    neuron, dimension = np.nonzero(population.weights.T)
    return pd.DataFrame(
        {
            "neuron": np.array(neurons)[neuron],
            "ground_truth": ground_truth,
            "axis_tuned": population.axis_tuned[neuron],
            "factor": np.array(names)[dimension],
            "weight": population.weights[dimension, neuron],
            "mean_rate_hz": population.mean_rate[neuron],
            "fano": population.fano[neuron],
            "signal_share": population.signal_share[neuron],
            "n_trials": population.n_trials[neuron],
        }
    )


def write_spike_counts(path, neurons, stimuli, counts):
    """Write counts as a Parquet table `neuron, stimulus, trial, count` (trials from 1).

    Parameters
    ----------
    path : path
    neurons, stimuli : sequences of str
    counts : list of int arrays, one per neuron, of shape (n_stimuli, n_trials)
    """
    n_trials = np.array([values.shape[1] for values in counts])
    rows = n_trials * len(stimuli)
    neuron = np.repeat(np.arange(len(neurons)), rows)
    stimulus = np.concatenate([np.repeat(np.arange(len(stimuli)), k) for k in n_trials])
    trial = np.concatenate([np.tile(np.arange(1, k + 1), len(stimuli)) for k in n_trials])
    table = pa.table(
        {
            "neuron": _dictionary(neuron, neurons),
            "stimulus": _dictionary(stimulus, stimuli),
            "trial": pa.array(trial.astype(np.int16)),
            "count": pa.array(np.concatenate([values.ravel() for values in counts]), pa.int32()),
        }
    )
    with atomic_path(path) as temporary:
        pa.parquet.write_table(table, temporary, compression="zstd")


def _dictionary(codes, names):
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int32)), pa.array([str(name) for name in names], pa.string())
    )


def write_recording_info(path, window_s, ground_truth):
    """Write the `recording.yaml` of a simulated recording; it says that it is simulated."""
    lines = [
        "# Simulated spike counts; no animal was recorded.",
        f"window_s: {window_s!r}",
        f"area: simulated ({ground_truth})",
        "animals: 0",
        "simulated: true",
    ]
    with atomic_path(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
