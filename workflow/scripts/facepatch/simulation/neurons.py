"""Simulated neurons with the rates, noise and reliability of recordings from face patch AM.

The statistics are those of paper_spec 1.2, measured on 99 AM cells: mean rates
log-normal-like with a median of 4.2 spikes/s and 1 to 18 between the 10th and 90th
percentile, 3 to 5 trials, Fano factors of 1 to 1.3 and a signal share that differs from
neuron to neuron.
"""

from dataclasses import dataclass

import numpy as np

from facepatch.simulation.tuning import axis_weights, mixture_weights, random_weights

__all__ = [
    "GROUND_TRUTHS",
    "IMAGE_DRIVEN",
    "Population",
    "draw_population",
    "draw_weights",
    "simulate_counts",
    "standardised",
]

GROUND_TRUTHS = ("axis_semantic", "aam_axis", "random_mixture", "mixture", "pixel_linear")
# Those whose neurons are tuned in a space computed from the images, not to the factors.
IMAGE_DRIVEN = ("aam_axis", "pixel_linear")

_MEDIAN_RATE = 4.24
_LOG_RATE_SD = np.log(18.3 / 1.06) / 2 / 1.2816
_RATE_RANGE = 0.3, 60.0
_FANO_RANGE = 1.0, 1.3
# Beta(2, 3) for a mean of 0.4: the shape used for the null's simulations in paper_spec 3.1.4.
_SHARE_CONCENTRATION = 5.0
_SHARE_LIMIT = 0.8


@dataclass(frozen=True)
class Population:
    """What is true of a simulated population.

    Attributes
    ----------
    weights : float array of shape (n_dimensions, n_neurons)
        Tuning direction of each neuron, of unit length, on z-scored dimensions.
    axis_tuned : bool array of shape (n_neurons,)
    mean_rate : float array of shape (n_neurons,)
        Spikes per second, over the main stimuli.
    fano : float array of shape (n_neurons,)
        Variance / mean of the counts of one stimulus.
    signal_share : float array of shape (n_neurons,)
        Aimed share of signal in the variance of the trial average over main stimuli.
    n_trials : int array of shape (n_neurons,)
        Trials per stimulus.
    """

    weights: np.ndarray
    axis_tuned: np.ndarray
    mean_rate: np.ndarray
    fano: np.ndarray
    signal_share: np.ndarray
    n_trials: np.ndarray


def draw_weights(ground_truth, n_dimensions, n_neurons, rng, *, fraction=1.0, two_share=0.1):
    """Return the tuning weights of a ground truth of paper_spec 1.4.

    Parameters
    ----------
    ground_truth : str
        One of `GROUND_TRUTHS`. `aam_axis`, `random_mixture` and `pixel_linear` are random
        directions; they differ in the design that they apply to (coefficients of an
        appearance model, factors, pixels).
    fraction : float
        Share of axis-tuned neurons, for `mixture`.
    two_share : float
        Share of two-factor neurons among the axis-tuned.

    Returns
    -------
    weights : float array of shape (n_dimensions, n_neurons)
    axis_tuned : bool array of shape (n_neurons,)
    """
    if ground_truth == "axis_semantic":
        weights = axis_weights(n_dimensions, n_neurons, rng, two_share)
        return weights, np.ones(n_neurons, bool)
    if ground_truth == "mixture":
        return mixture_weights(n_dimensions, n_neurons, rng, fraction, two_share)
    if ground_truth in GROUND_TRUTHS:
        return random_weights(n_dimensions, n_neurons, rng), np.zeros(n_neurons, bool)
    raise ValueError(f"unknown ground truth {ground_truth!r}, expected one of {GROUND_TRUTHS}")


def draw_population(weights, axis_tuned, rng, *, trials=(3, 5), signal_share=0.4):
    """Return a Population with rates, noise and trials drawn for given tuning weights.

    Parameters
    ----------
    weights : float array of shape (n_dimensions, n_neurons)
    axis_tuned : bool array of shape (n_neurons,)
    rng : numpy.random.Generator
    trials : pair of int
        Smallest and largest number of trials per stimulus.
    signal_share : float
        Mean over neurons of the share of signal in the trial average's variance, in (0, 1).
    """
    n = weights.shape[1]
    rates = _MEDIAN_RATE * np.exp(_LOG_RATE_SD * rng.standard_normal(n))
    a, b = _SHARE_CONCENTRATION * signal_share, _SHARE_CONCENTRATION * (1 - signal_share)
    return Population(
        weights=weights,
        axis_tuned=axis_tuned,
        mean_rate=np.clip(rates, *_RATE_RANGE),
        fano=rng.uniform(*_FANO_RANGE, size=n),
        signal_share=np.minimum(rng.beta(a, b, size=n), _SHARE_LIMIT),
        n_trials=rng.integers(trials[0], trials[1], size=n, endpoint=True),
    )


def standardised(values, reference):
    """Return columns with mean 0 and variance 1 over the rows `reference`; constant ones are 0."""
    centred = values - values[reference].mean(0)
    scale = centred[reference].std(0)
    return np.where(scale > 1e-12, centred / np.where(scale > 1e-12, scale, 1), 0)


def _rates(drive, reference, mean_rate, signal_variance):
    """Return exp(slope * drive), scaled to a mean rate and a variance over `reference`.

    An exponential is monotone and gives the right-skewed responses of AM neurons. Its
    slope has no closed form for a sampled drive, so it is bisected.
    """
    target = signal_variance / mean_rate**2
    low, high = 0.0, 8.0
    for _ in range(60):
        slope = (low + high) / 2
        tuned = np.exp(slope * (drive[reference] - drive[reference].max()))
        enough = tuned.var() >= target * tuned.mean() ** 2
        low, high = (low, slope) if enough else (slope, high)
    tuned = np.exp(high * (drive - drive[reference].max()))
    return mean_rate * tuned / tuned[reference].mean()


def simulate_counts(design, population, reference, window_s, rng):
    """Return simulated spike counts of every neuron for every stimulus and trial.

    The drive of neuron n is the design times its weights, standardised; its rate is an
    exponential of the drive whose slope gives the aimed signal share; counts are
    gamma-Poisson with the neuron's Fano factor, independent between trials and neurons.

    Parameters
    ----------
    design : float array of shape (n_stimuli, n_dimensions)
        What drives the neurons: z-scored factors, or coefficients or pixels whose own
        spread then decides how much each counts.
    population : Population
    reference : index array
        Main stimuli: they define the z-scores, mean rates and signal shares.
    window_s : float
        Counting window in seconds.
    rng : numpy.random.Generator

    Returns
    -------
    list of int64 arrays, one per neuron, of shape (n_stimuli, n_trials)
    """
    drive = standardised(design @ population.weights, reference)
    counts = []
    for neuron in range(drive.shape[1]):
        mean, fano = population.mean_rate[neuron], population.fano[neuron]
        trials, share = population.n_trials[neuron], population.signal_share[neuron]
        noise = fano * mean / window_s / trials
        rate = _rates(drive[:, neuron], reference, mean, share / (1 - share) * noise)
        expected = np.repeat((rate * window_s)[:, None], trials, axis=1)
        if fano > 1:
            expected = rng.gamma(expected / (fano - 1), fano - 1)
        counts.append(rng.poisson(expected))
    return counts
