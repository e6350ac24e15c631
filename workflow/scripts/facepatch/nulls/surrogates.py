"""Populations without a preference for axes, made from a recorded one in several ways.

`turned` is the null that the workflow ships; docs/null.md says why, and what the
others get wrong. Each maker prepares what all draws share and returns a function that
draws: from a generator to the units and the responses of one surrogate.
"""

import numpy as np

from facepatch.encoding.remix import mixing_matrix, orthogonal_matrix
from facepatch.models.rotation import rotation_of_live
from facepatch.nulls.covariance import direction_covariance
from facepatch.nulls.directions import fit_directions, unit_lengths
from facepatch.nulls.relevance import PopulationTurner, draw_coefficients, relevance
from facepatch.seeds import generator

__all__ = ["DEFAULT", "NULLS", "make_null", "null_populations"]

DEFAULT = "turned"
# Neurons in a group of like explained variance.
_GROUP_SIZE = 10


def _standard(responses):
    return (responses - responses.mean(0)) / responses.std(0)


def _plain(values, responses):
    """Mix all neurons: Y Q with an orthogonal Q (the paper's artificial neurons)."""
    standard = _standard(responses)
    n_neurons = responses.shape[1]
    return lambda rng: (values, standard @ orthogonal_matrix(n_neurons, rng))


def _grouped(values, responses):
    """Mix neurons within groups of ten that are explained alike."""
    standard = _standard(responses)
    order = np.argsort(fit_directions(values, responses).explained, kind="stable")
    n_neurons = len(order)
    groups = np.empty(n_neurons, int)
    groups[order] = np.arange(n_neurons) * max(n_neurons // _GROUP_SIZE, 1) // n_neurons
    return lambda rng: (values, standard @ mixing_matrix(groups, rng))


def _fixed_snr(values, responses):
    """Mix least-squares directions; every neuron keeps its own signal and noise."""
    found = fit_directions(values, responses)
    unit, n_neurons = unit_lengths(found.coefficients), responses.shape[1]

    def draw(rng):
        mixed = unit_lengths(unit @ orthogonal_matrix(n_neurons, rng))
        return values, found.population(mixed * found.lengths)

    return draw


def _covariance(values, responses):
    """Draw directions anew from the covariance of all neurons' directions."""
    found = fit_directions(values, responses)
    eigenvalues, axes = np.linalg.eigh(direction_covariance(found))
    root = axes * np.sqrt(np.maximum(eigenvalues, 0.0))

    def draw(rng):
        shape = found.coefficients.shape
        signal = unit_lengths(root @ rng.standard_normal(shape)) * np.sqrt(found.signal)
        noisy = unit_lengths(signal + rng.standard_normal(shape))
        return values, found.population(noisy * found.lengths)

    return draw


def _relevance(values, responses):
    """Draw directions anew that differ between units by how much all neurons care for each."""
    found = fit_directions(values, responses)
    variance = relevance(found)
    return lambda rng: (values, found.population(draw_coefficients(found, variance, rng)))


def _turned(values, responses):
    """Turn all neurons' directions together, by as much as their care for units allows."""
    found = fit_directions(values, responses)
    turner = PopulationTurner(found, relevance(found))
    return lambda rng: (values, found.population(turner.draw(rng)))


def _rotated_units(values, responses):
    """Rotate the z-scored units that vary; the neurons stay."""
    live = values.max(0) > values.min(0)
    deviation = np.where(live, values.std(0), 1.0)
    standard = np.where(live, (values - values.mean(0)) / deviation, 0.0)
    return lambda rng: (standard @ rotation_of_live(live, rng), responses)


NULLS = {
    "plain": _plain,
    "grouped": _grouped,
    "fixed_snr": _fixed_snr,
    "covariance": _covariance,
    "relevance": _relevance,
    "turned": _turned,
    "rotated_units": _rotated_units,
}


def make_null(name, values, responses):
    """Prepare a null for one model and one population.

    Parameters
    ----------
    name : str
        One of `NULLS`.
    values : array (n, n_units)
        Dead units constant.
    responses : array (n, n_neurons)
        Every neuron varies.

    Returns
    -------
    callable
        From a `numpy.random.Generator` to the values and responses of one surrogate.
    """
    values, responses = np.asarray(values, np.float64), np.asarray(responses, np.float64)
    return NULLS[name](values, responses)


def null_populations(values, responses, n_draws, seed):
    """Draw the populations of the shipped null, one after the other.

    Neurons that never vary are left as they are.

    Parameters
    ----------
    values : array (n, n_units)
        Dead units at 0.
    responses : array (n, n_neurons)
    n_draws : int
    seed : int
        Draw k depends on the seed and k only.

    Yields
    ------
    float64 array (n, n_neurons)
    """
    responses = np.asarray(responses, np.float64)
    varied = responses.max(0) > responses.min(0)
    if not varied.any() or not (np.ptp(values, axis=0) > 0).any():
        for _ in range(n_draws):
            yield responses
        return
    draw = make_null(DEFAULT, values, responses[:, varied])
    for number in range(n_draws):
        population = draw(generator(seed, "null", number))[1]
        if not varied.all():
            drawn, population = population, responses.copy()
            population[:, varied] = drawn
        yield population
