"""Stand-ins for the two human studies, for runs without ratings (paper_spec 3.7, 3.8).

They show what the figures would look like, and nothing about people: every table made
from them carries a column `simulated`.
"""

import numpy as np

from facepatch.scores.udr import spearman_matrix

__all__ = ["simulated_labels", "simulated_rankings"]


def simulated_labels(units, names, factors, factor_names, n_raters, rng):
    """Let simulated raters name the units of a model by the dataset's factors.

    A rater picks a factor with a probability in proportion to the variance that it
    shares with the unit: the square of Spearman's correlation.

    Parameters
    ----------
    units : array of shape (n_images, n_units)
    names : array of str, shape (n_units,)
    factors : array of shape (n_images, n_factors)
    factor_names : sequence of str
    n_raters : int
    rng : numpy.random.Generator

    Returns
    -------
    participant, latent, label : arrays of str, shape (n_raters * n_units,)
        A unit that goes with no factor at all is labelled at random.
    """
    shared = spearman_matrix(units, factors) ** 2
    total = shared.sum(axis=1, keepdims=True)
    share = np.where(total > 0, shared / np.where(total > 0, total, 1), 1 / len(factor_names))
    raters = [f"simulated_{number:03d}" for number in range(n_raters)]
    chosen = np.array([rng.choice(len(factor_names), n_raters, p=row) for row in share])
    labels = np.asarray(factor_names, str)[chosen.reshape(-1).astype(int)]
    return np.tile(raters, len(names)), np.repeat(names, n_raters), labels


def simulated_rankings(stimuli, models, distances, n_raters, rng):
    """Let simulated observers rank reconstructions by their distance to the original.

    An observer sees each distance with Gaussian noise of the size of the usual spread
    between the models, so that clear differences show and small ones do not.

    Parameters
    ----------
    stimuli : array of str, shape (n_stimuli,)
    models : array of str, shape (n_models,)
    distances : array of shape (n_stimuli, n_models)
    n_raters : int
    rng : numpy.random.Generator

    Returns
    -------
    participant, stimulus, model : arrays of str, shape (n_raters * n_stimuli * n_models,)
    rank : int array
        1 is best.
    """
    spread = np.sqrt(np.mean(np.var(distances, axis=1))) if len(distances) else 0.0
    shape = (n_raters, len(stimuli), len(models))
    seen = distances + (spread or 1.0) * rng.standard_normal(shape)
    rank = seen.argsort(axis=2).argsort(axis=2) + 1
    raters = np.array([f"simulated_{number:03d}" for number in range(n_raters)])
    grid = np.meshgrid(raters, stimuli, models, indexing="ij")
    return (*(part.ravel() for part in grid), rank.ravel())
