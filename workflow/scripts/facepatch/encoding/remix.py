"""Artificial neurons: the recorded ones mixed at random, as a control and a null of alignment.

A remix Y Q with an orthogonal Q keeps the model's code, its dead units and all that can be
predicted linearly from it, and changes only which directions the neurons prefer. If tuning
vectors are exchangeable Gaussian directions, Y and Y Q have the same distribution, so the
alignment of remixes is the null distribution of the alignment (paper_spec 1.3 and 3.1.4).
"""

from dataclasses import dataclass

import numpy as np

from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, z_score

__all__ = [
    "RemixNull",
    "artificial_responses",
    "mixing_matrix",
    "orthogonal_matrix",
    "population_scores",
    "remix_null",
    "remix_scores",
]

# Artificial neurons fitted at once: enough to share a Gram, few enough to stay in the caches.
_NEURONS_AT_ONCE = 640


@dataclass(frozen=True)
class RemixNull:
    """Alignment set against its distribution under remixing.

    Attributes
    ----------
    alignment : float
    remixes : float64 array (n_remixes,)
        Alignment of each remix.
    gap : float
        Alignment minus the mean of the remixes.
    p : float
        (1 + number of remixes at least as aligned) / (1 + number of remixes).
    """

    alignment: float
    remixes: np.ndarray
    gap: float
    p: float


def orthogonal_matrix(n, rng):
    """Draw an orthogonal n x n matrix uniformly (Haar): QR of a Gaussian, signs fixed."""
    q, r = np.linalg.qr(rng.standard_normal((n, n)))
    return q * np.where(np.diag(r) < 0.0, -1.0, 1.0)


def mixing_matrix(groups, rng):
    """Draw an orthogonal matrix that mixes neurons within groups only.

    Parameters
    ----------
    groups : int array (n_neurons,)
        Label of each neuron's group; a negative label leaves the neuron as it is.
    rng : numpy.random.Generator

    Returns
    -------
    array (n_neurons, n_neurons)
    """
    groups = np.asarray(groups)
    matrix = np.eye(len(groups))
    for label in np.unique(groups[groups >= 0]):
        members = np.flatnonzero(groups == label)
        matrix[np.ix_(members, members)] = orthogonal_matrix(len(members), rng)
    return matrix


def artificial_responses(responses, rows, mixing):
    """Return artificial neurons: z-scored responses times a mixing matrix, z-scored again.

    Parameters
    ----------
    responses : array (n, n_neurons)
    rows : int array
        Rows whose mean and SD the z-scores take.
    mixing : array (n_neurons, n_artificial)

    Returns
    -------
    array (n, n_artificial)
    """
    return z_score(z_score(responses, rows) @ mixing, rows)


def population_scores(values, populations, train_rows, test_rows, *, live=None, **options):
    """Score a model against several populations of the same size.

    The populations go through few calls of the Lasso engine, each of which forms the Gram of
    the units once: R populations cost at most R fits.

    Parameters
    ----------
    values : array (n, n_units)
        Dead units at 0.
    populations : iterable of arrays (n, n_neurons)
        Drawn as they are needed, so that only some are in memory.
    train_rows, test_rows : int arrays
    live : bool array (n_units,), optional
        See `alignment_score`.
    **options
        `n_folds`, `n_alphas`, `eps` of `fit_lasso`.

    Returns
    -------
    list of AlignmentScore
        In the order of the populations.
    """
    scores, waiting = [], []

    def fit():
        size = waiting[0].shape[1]
        result = encode(values, np.hstack(waiting), train_rows, test_rows, **options)
        for start in range(0, size * len(waiting), max(size, 1)):
            block = slice(start, start + size)
            scores.append(alignment_score(result.weights[:, block], result.r2[block], live))
        waiting.clear()

    for population in populations:
        waiting.append(population)
        if (len(waiting) + 1) * population.shape[1] > _NEURONS_AT_ONCE:
            fit()
    if waiting:
        fit()
    return scores


def remix_scores(
    values, responses, train_rows, test_rows, mixings, *, live=None, target=None, **options
):
    """Score a model against several mixtures of the same neurons.

    Parameters
    ----------
    values : array (n, n_units)
        Dead units at 0.
    responses : array (n, n_neurons)
    train_rows, test_rows : int arrays
    mixings : sequence of arrays (n_targets, n_targets)
    live : bool array (n_units,), optional
        See `alignment_score`.
    target : bool array (n_neurons,), optional
        Neurons to mix and to predict; all without it.
    **options
        `n_folds`, `n_alphas`, `eps` of `fit_lasso`.

    Returns
    -------
    list of AlignmentScore
        In the order of `mixings`.
    """
    responses = np.asarray(responses, np.float64)
    recorded = responses if target is None else responses[:, np.asarray(target, bool)]
    recorded = z_score(recorded, train_rows)
    # The mixtures are z-scored when they are fitted.
    mixed = (recorded @ mixing for mixing in mixings)
    return population_scores(values, mixed, train_rows, test_rows, live=live, **options)


def remix_null(alignment, remixes):
    """Set an alignment against the alignment of remixes.

    Parameters
    ----------
    alignment : float
    remixes : array (n_remixes,)

    Returns
    -------
    RemixNull

    References
    ----------
    paper_spec 3.1.4; Phipson and Smyth 2010 for the p-value, which is never 0.

    Examples
    --------
    >>> null = remix_null(0.5, [0.1, 0.2, 0.6])
    >>> round(null.gap, 6), null.p
    (0.2, 0.5)
    """
    remixes = np.asarray(remixes, np.float64)
    if remixes.ndim != 1 or len(remixes) == 0:
        raise ValueError(f"remixes have shape {remixes.shape}, expected (n,) with n > 0")
    at_least = int((remixes >= alignment).sum())
    return RemixNull(
        alignment=float(alignment),
        remixes=remixes,
        gap=float(alignment - remixes.mean()),
        p=(1 + at_least) / (1 + len(remixes)),
    )
