"""What each neuron prefers, split from what it does for other reasons."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Directions", "fit_directions", "unit_lengths"]

# Singular values below this share of the largest are rounding.
_RANK_TOLERANCE = 1e-8
# Directions in the span of wide models are estimated on this share of the stimuli at most;
# the rest is needed to tell noise from signal.
_LARGEST_SPAN = 0.25


@dataclass(frozen=True)
class Directions:
    """Least-squares directions of a population in the span of a model's units.

    `basis @ coefficients + residual` is the z-scored population. Noise that is independent
    of the units is isotropic in the coordinates of the orthonormal basis, whatever the
    units' correlations.

    Attributes
    ----------
    basis : float64 array (n, n_dimensions)
        Orthonormal columns with mean 0.
    loadings : float64 array (n_dimensions, n_live)
        Coordinates of the z-scored units, each of length 1 if the basis spans them all.
    coefficients : float64 array (n_dimensions, n_neurons)
    residual : float64 array (n, n_neurons)
        What is left of the neurons; it is orthogonal to the basis.
    noise : float64 array (n_neurons,)
        SD of the noise per coordinate: root of the residual mean square.
    signal : float64 array (n_neurons,)
        Energy of the signal over the noise's variance, an unbiased estimate clipped at 0.
    """

    basis: np.ndarray
    loadings: np.ndarray
    coefficients: np.ndarray
    residual: np.ndarray
    noise: np.ndarray
    signal: np.ndarray

    @property
    def lengths(self):
        """Length of each neuron's coefficients, (n_neurons,): its fitted variance, in-sample."""
        return np.linalg.norm(self.coefficients, axis=0)

    @property
    def explained(self):
        """Share of each neuron's variance that the units explain, adjusted for their number."""
        n = len(self.basis)
        return 1.0 - self.noise**2 * (n - 1) / n

    def population(self, coefficients, residual=None):
        """Return the population with other coefficients, and other residuals if given."""
        return self.basis @ coefficients + (self.residual if residual is None else residual)


def unit_lengths(columns):
    """Return `columns` scaled to length 1; columns of zeros stay zeros."""
    lengths = np.linalg.norm(columns, axis=0)
    return columns / np.where(lengths > 0.0, lengths, 1.0)


def fit_directions(values, responses):
    """Split a population into what is linear in a model's units and the rest.

    Parameters
    ----------
    values : array (n, n_units)
        Constant units take no part.
    responses : array (n, n_neurons)

    Returns
    -------
    Directions
        Of the leading principal components of the units only, where these have more
        dimensions than a quarter of the stimuli.

    Raises
    ------
    ValueError
        If no unit or not every neuron varies, or there are fewer than 8 stimuli.
    """
    units, neurons = np.asarray(values, np.float64), np.asarray(responses, np.float64)
    units = units[:, units.max(0) > units.min(0)]
    n = len(units)
    if n < 8 or not units.shape[1] or not (neurons.max(0) > neurons.min(0)).all():
        raise ValueError("directions need 8 stimuli, a unit that varies and neurons that all do")
    units = (units - units.mean(0)) / (units.std(0) * np.sqrt(n))
    neurons = (neurons - neurons.mean(0)) / neurons.std(0)
    left, singular, right = np.linalg.svd(units, full_matrices=False)
    rank = min(int((singular > _RANK_TOLERANCE * singular[0]).sum()), int(_LARGEST_SPAN * n))
    basis = left[:, :rank]
    coefficients = basis.T @ neurons
    residual = neurons - basis @ coefficients
    noise = np.linalg.norm(residual, axis=0) / np.sqrt(n - 1 - rank)
    # A neuron that the units explain without error still needs a unit of noise to divide by.
    noise = np.maximum(noise, 1e-6)
    energy = (coefficients**2).sum(0) / noise**2
    return Directions(
        basis=basis,
        loadings=singular[:rank, None] * right[:rank],
        coefficients=coefficients,
        residual=residual,
        noise=noise,
        signal=np.maximum(energy - rank, 0.0),
    )
