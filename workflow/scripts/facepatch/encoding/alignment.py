"""The alignment score: does each neuron need one unit of a model, or many? (paper_spec 3.1)."""

from dataclasses import dataclass

import numpy as np

__all__ = ["AlignmentScore", "alignment_score", "completeness"]


@dataclass(frozen=True)
class AlignmentScore:
    """Alignment of a population with the units of one model.

    Attributes
    ----------
    alignment : float
        Mean completeness weighted by R2, entropy to the base of the number of all units.
        0 if no neuron is explained.
    alignment_live : float
        The same with the number of live units as base: dead units do not lift it.
    explained_neurons : int
        Target neurons with a positive R2 and a weight that is not 0.
    unexplained_fraction : float
        Share of the target neurons that are not explained.
    """

    alignment: float
    alignment_live: float
    explained_neurons: int
    unexplained_fraction: float


def completeness(weights, n_units=None):
    """Return how far each neuron relies on a single unit.

    C_n = 1 + sum_j p_jn ln p_jn / ln D with p_jn = |w_jn| / sum_j |w_jn|.

    Parameters
    ----------
    weights : array (n_units, n_neurons)
    n_units : int, optional
        D, the base of the entropy; by default all units.

    Returns
    -------
    completeness : array (n_neurons,)
        1 for a single unit, 0 for equal weights on D units. With D = 1 it is 1. A neuron
        without weights gets 0.

    Raises
    ------
    ValueError
        If a neuron has more weights than `n_units`.

    References
    ----------
    Eastwood and Williams 2018; paper_spec 3.1, step 2.

    Examples
    --------
    >>> completeness(np.array([[1.0, 1.0], [0.0, -1.0]]))
    array([1., 0.])
    """
    magnitude = np.abs(np.asarray(weights, np.float64))
    n_units = len(magnitude) if n_units is None else n_units
    used = (magnitude > 0.0).sum(0)
    if (used > n_units).any():
        raise ValueError(f"a neuron has {used.max()} weights, more than {n_units} units")
    # Division by the largest weight first keeps the sum from overflow and underflow.
    magnitude /= np.where(used, magnitude.max(0, initial=0.0), 1.0)
    share = magnitude / np.where(used, magnitude.sum(0), 1.0)
    entropy = -(share * np.log(np.where(share > 0.0, share, 1.0))).sum(0)
    base = np.log(n_units) if n_units > 1 else 1.0
    return np.where(used > 0, np.clip(1.0 - entropy / base, 0.0, 1.0), 0.0)


def alignment_score(weights, r2, live=None, target=None):
    """Return the alignment score of a population with the units of one model.

    A = sum_n R2_n C_n / sum_n R2_n over the target neurons, with R2 clipped at 0 and taken
    as 0 where all weights are 0.

    Parameters
    ----------
    weights : array (n_units, n_neurons)
    r2 : array (n_neurons,)
        NaN allowed for neurons that are not targets.
    live : bool array (n_units,), optional
        Units that carry something; by default those that have a weight for some neuron.
    target : bool array (n_neurons,), optional
        Neurons to score; by default those whose R2 is not NaN.

    Returns
    -------
    AlignmentScore

    Raises
    ------
    ValueError
        If shapes disagree or a target neuron has no R2.

    References
    ----------
    paper_spec 3.1, step 3, and section 5, items 4 and 5.
    """
    weights, r2 = np.asarray(weights, np.float64), np.asarray(r2, np.float64)
    if weights.ndim != 2 or r2.shape != weights.shape[1:]:
        raise ValueError(f"weights {weights.shape} and r2 {r2.shape} do not match")
    target = ~np.isnan(r2) if target is None else np.asarray(target, bool)
    if np.isnan(r2[target]).any():
        raise ValueError("a target neuron has no R2")
    weights, r2 = weights[:, target], r2[target]
    used = (weights != 0.0).any(1)
    n_live = int((used if live is None else np.asarray(live, bool) | used).sum())
    gain = np.where((weights != 0.0).any(0), np.clip(r2, 0.0, None), 0.0)
    explained = int((gain > 0.0).sum())
    total = gain.sum()

    def mean(n_units):
        return float(gain @ completeness(weights, n_units) / total) if total > 0.0 else 0.0

    return AlignmentScore(
        alignment=mean(len(weights)),
        alignment_live=mean(n_live),
        explained_neurons=explained,
        unexplained_fraction=1.0 - explained / len(r2) if len(r2) else 0.0,
    )
