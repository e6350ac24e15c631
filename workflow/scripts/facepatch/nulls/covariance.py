"""The covariance of a population's preferred directions, with the noise of the fit removed."""

import numpy as np

__all__ = ["direction_covariance"]

_LEAST_SIGNAL = 1e-6


def direction_covariance(directions, n_iterations=40):
    """Estimate the covariance of neurons' directions in the coordinates of the basis.

    As `relevance.relevance`, but with a full covariance in place of a diagonal one.

    Parameters
    ----------
    directions : Directions
    n_iterations : int
        Of expectation-maximisation.

    Returns
    -------
    float64 array (n_dimensions, n_dimensions)
        Of trace 1; the identity's shape if no neuron has signal.
    """
    informative = directions.signal > _LEAST_SIGNAL
    scale = directions.signal[informative]
    observed = (directions.coefficients / directions.noise)[:, informative]
    n_dimensions = len(observed)
    covariance = np.eye(n_dimensions) / n_dimensions
    for _ in range(n_iterations if informative.any() else 0):
        eigenvalues, axes = np.linalg.eigh(covariance)
        energy = np.outer(np.maximum(eigenvalues, 0.0), scale)
        turned = axes.T @ observed
        mean = energy / (energy + 1.0) * turned / np.sqrt(scale)
        weight = n_dimensions / (turned**2 / (energy + 1.0)).sum(0)
        left = (np.maximum(eigenvalues, 0.0)[:, None] / (energy + 1.0)).mean(1)
        moment = (mean * weight) @ mean.T / len(scale) + np.diag(left)
        covariance = axes @ (moment / np.trace(moment)) @ axes.T
    return covariance
