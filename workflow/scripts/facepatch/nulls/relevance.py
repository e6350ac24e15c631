"""How much a population cares for each unit of a model, whatever else it prefers."""

import numpy as np

from facepatch.encoding.remix import orthogonal_matrix
from facepatch.nulls.directions import unit_lengths

__all__ = ["PopulationTurner", "draw_coefficients", "relevance"]

# Neurons with less signal than this, in units of noise variance, say nothing of directions.
_LEAST_SIGNAL = 1e-6


def relevance(directions, n_iterations=40):
    """Estimate the variance over neurons of the weight of each unit.

    The neurons' weights are taken as independent draws from a normal distribution with a
    diagonal covariance, each scaled to the neuron's own signal; what is observed are their
    coefficients, with the noise of the fit. Expectation-maximisation estimates the
    diagonal: noise is thus subtracted, and correlated units share what they explain.
    Neurons count by direction only, not by length (Tyler 1987's weights), as their lengths
    are given by their signal-to-noise ratios.

    Parameters
    ----------
    directions : Directions
    n_iterations : int

    Returns
    -------
    float64 array (n_live,)
        Scaled so that the expected energy of a neuron's signal is 1; all equal if no
        neuron has signal.

    References
    ----------
    Tyler 1987, Ann Stat 15:234, for the weights; paper_spec 3.1.4 for what it is for.
    """
    loadings = directions.loadings
    n_dimensions, n_units = loadings.shape
    informative = directions.signal > _LEAST_SIGNAL
    scale = directions.signal[informative]
    observed = (directions.coefficients / directions.noise)[:, informative]
    variance = _scaled(np.ones(n_units), loadings)
    if not informative.any():
        return variance
    for _ in range(n_iterations):
        eigenvalues, axes = np.linalg.eigh((loadings * variance) @ loadings.T)
        spread = np.outer(np.maximum(eigenvalues, 0.0), scale) + 1.0
        turned, paths = axes.T @ observed, axes.T @ loadings
        whitened = turned / spread
        mean = variance[:, None] * (paths.T @ whitened) * np.sqrt(scale)
        left = variance[:, None] - (variance**2)[:, None] * ((paths**2).T @ (scale / spread))
        weight = n_dimensions / (turned * whitened).sum(0)
        variance = _scaled((weight * mean**2 + left).mean(1), loadings)
    return variance


def _scaled(variance, loadings):
    """Scale variances so that a neuron's expected energy is 1."""
    return variance / ((loadings**2).sum(0) @ variance)


def draw_coefficients(directions, variance, rng):
    """Draw coefficients of neurons that care for units as `relevance` says, and nothing else.

    Every neuron keeps its signal, its noise and the length of its coefficients.

    Parameters
    ----------
    directions : Directions
    variance : array (n_live,)
    rng : numpy.random.Generator

    Returns
    -------
    float64 array (n_dimensions, n_neurons)
    """
    shape = len(variance), len(directions.noise)
    weights = np.sqrt(variance)[:, None] * rng.standard_normal(shape)
    signal = unit_lengths(directions.loadings @ weights) * np.sqrt(directions.signal)
    noise = rng.standard_normal(directions.coefficients.shape)
    return unit_lengths(signal + noise) * directions.lengths


class PopulationTurner:
    """Turns the directions of a whole population at random, by as much as relevance allows.

    Weights are divided by their units' relevance, turned by one random rotation for all
    neurons, and multiplied by the relevance again. What neurons share (tuning to the same
    features, noise) they still share, and every neuron keeps its signal, its noise and the
    length of its coefficients.

    The weights are not the fitted ones, which carry noise, but a draw from their posterior
    distribution given the fit: over populations such draws have the distribution of the
    true weights.

    Parameters
    ----------
    directions : Directions
    variance : array (n_live,)
        As `relevance` returns.
    """

    def __init__(self, directions, variance):
        self.directions = directions
        self.root = np.sqrt(np.maximum(variance, 0.0))
        self.scale = np.sqrt(directions.signal)
        # Loadings times the root of the relevance take standard normal weights to signals.
        self.map = directions.loadings * self.root
        eigenvalues, self.axes = np.linalg.eigh(self.map @ self.map.T)
        self.spread = np.outer(np.maximum(eigenvalues, 0.0), directions.signal) + 1.0
        self.observed = directions.coefficients / directions.noise

    def posterior(self, rng):
        """Draw standardised weights (n_live, n_neurons), and the noise that goes with them."""
        prior = rng.standard_normal((len(self.root), len(self.scale)))
        noise = rng.standard_normal(self.observed.shape)
        # What a draw from the prior lacks to explain the fit, regressed back onto the weights.
        lack = self.observed - (self.scale * (self.map @ prior) + noise)
        regressed = self.axes @ ((self.axes.T @ lack) / self.spread)
        weights = prior + self.scale * (self.map.T @ regressed)
        return weights, self.observed - self.scale * (self.map @ weights)

    def draw(self, rng):
        """Draw coefficients of the turned population, (n_dimensions, n_neurons)."""
        weights, noise = self.posterior(rng)
        turned = self.map @ (orthogonal_matrix(len(weights), rng) @ weights)
        signal = unit_lengths(turned) * self.scale
        noise = orthogonal_matrix(len(noise), rng) @ noise
        return unit_lengths(signal + noise) * self.directions.lengths
