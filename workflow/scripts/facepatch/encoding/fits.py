"""How well, and by which of its units, a model predicts each neuron (paper_spec 3.1)."""

from dataclasses import dataclass

import numpy as np

from facepatch.array_record import ArrayRecord
from facepatch.encoding.lasso import LassoFit, fit_lasso

__all__ = [
    "EncodingResult",
    "LassoFit",
    "encode",
    "encode_heldout",
    "fit_lasso",
    "r2_score",
    "split_rows",
    "z_score",
]

# An SD below this share of the mean is the rounding of a constant.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class EncodingResult(ArrayRecord):
    """The Lasso maps from the units of one model to all neurons.

    Units and neurons are z-scored by the training rows, so weights are comparable.

    Attributes
    ----------
    weights : float64 array (n_units, n_neurons)
        0 for dead units and for neurons that are not targets.
    intercept, alpha : float64 arrays (n_neurons,)
    alpha_index : int array (n_neurons,)
    r2 : float64 array (n_neurons,)
        On the test rows, not clipped; 0 for neurons without variance, NaN for neurons that
        are not targets.
    cv_mean, cv_se : float64 arrays (n_neurons, n_alphas)
        Cross-validation curve: mean over folds, and its standard error. NaN where a path
        was stopped early.
    alphas : float64 array (n_neurons, n_alphas)
    converged : bool array (n_neurons,)
    target : bool array (n_neurons,)
        False for neurons that the model itself is made of.
    train_rows, test_rows : int arrays
        Images that the weights were fitted on, in the order of the folds, and those of `r2`.
    n_fallback : int
        Paths that coordinate descent had to solve.
    """

    weights: np.ndarray
    intercept: np.ndarray
    alpha: np.ndarray
    alpha_index: np.ndarray
    r2: np.ndarray
    cv_mean: np.ndarray
    cv_se: np.ndarray
    alphas: np.ndarray
    converged: np.ndarray
    target: np.ndarray
    train_rows: np.ndarray
    test_rows: np.ndarray
    n_fallback: int

    @classmethod
    def empty(cls, n_units, n_neurons):
        """Return the result of a model that could not be fitted: no neuron is a target."""
        missing = np.full(n_neurons, np.nan)
        curve = np.zeros((n_neurons, 0))
        return cls(
            weights=np.zeros((n_units, n_neurons)),
            intercept=np.zeros(n_neurons),
            alpha=missing,
            alpha_index=np.full(n_neurons, -1),
            r2=missing,
            cv_mean=curve,
            cv_se=curve,
            alphas=curve,
            converged=np.ones(n_neurons, bool),
            target=np.zeros(n_neurons, bool),
            train_rows=np.zeros(0, int),
            test_rows=np.zeros(0, int),
            n_fallback=0,
        )


def split_rows(n, train_fraction, rng):
    """Split `n` rows at random into a training and a test part.

    Parameters
    ----------
    n : int
    train_fraction : float
        Share of training rows, strictly between 0 and 1.
    rng : numpy.random.Generator

    Returns
    -------
    train_rows, test_rows : int arrays
        In random order, so that contiguous folds of the training part are random as well.
    """
    n_train = round(n * train_fraction)
    if not 0 < n_train < n:
        raise ValueError(f"train_fraction {train_fraction} leaves a part of {n} rows empty")
    order = rng.permutation(n)
    return order[:n_train], order[n_train:]


def z_score(values, train_rows):
    """Return `values` with mean 0 and SD 1 over the training rows, constant columns at 0.

    Parameters
    ----------
    values : array (n, n_columns)
    train_rows : int array

    Returns
    -------
    array (n, n_columns)
    """
    values = np.asarray(values, np.float64)
    train = values[train_rows]
    mean = train.mean(0)
    train = train - mean
    deviation = np.sqrt(np.einsum("ij,ij->j", train, train) / len(train))
    # A constant column has the SD of its mean's rounding, which is not always 0.
    varied = deviation > _ROUNDING * np.abs(mean)
    scores = values - mean
    scores /= np.where(varied, deviation, 1.0)
    scores[:, ~varied] = 0.0
    return scores


def r2_score(observed, predicted):
    """Return 1 - SSE / SST of each neuron, 0 where the observed values do not vary.

    Parameters
    ----------
    observed, predicted : arrays (n, n_neurons)

    Returns
    -------
    r2 : array (n_neurons,)
        Negative where the prediction is worse than the mean.
    """
    total = ((observed - observed.mean(0)) ** 2).sum(0)
    error = ((observed - predicted) ** 2).sum(0)
    varied = observed.max(0) > observed.min(0)
    return np.where(varied, 1.0 - error / np.where(varied, total, 1.0), 0.0)


def encode(values, responses, train_rows, test_rows, *, target=None, rule="one_se", **options):
    """Fit all neurons on the training rows and score them on the test rows.

    Parameters
    ----------
    values : array (n, n_units)
        Units of a model over the main images; dead units at 0.
    responses : array (n, n_neurons)
    train_rows, test_rows : int arrays
    target : bool array (n_neurons,), optional
        Neurons to fit; all without it.
    rule : {"one_se", "minimum"}
    **options
        `n_folds`, `n_alphas`, `eps` of `fit_lasso`.

    Returns
    -------
    EncodingResult

    References
    ----------
    paper_spec 3.1, step 1.
    """
    responses = np.asarray(responses, np.float64)
    if len(values) != len(responses):
        raise ValueError(f"{len(values)} rows of units, {len(responses)} of responses")
    n_neurons = responses.shape[1]
    target = np.ones(n_neurons, bool) if target is None else np.asarray(target, bool)
    if target.shape != (n_neurons,):
        raise ValueError(f"target has shape {target.shape}, expected ({n_neurons},)")
    X = z_score(values, train_rows)
    Y = z_score(responses if target.all() else responses[:, target], train_rows)
    fit = fit_lasso(X[train_rows], Y[train_rows], rule=rule, **options)
    predicted = X[test_rows] @ fit.weights + fit.intercept
    rows = {"train_rows": train_rows, "test_rows": test_rows}
    return _spread(fit, r2_score(Y[test_rows], predicted), target, rows)


def encode_heldout(values, responses, *, target=None, **options):
    """Fit and score all neurons on the same held-out rows, at the alpha of least CV error.

    Parameters and result are those of `encode`.

    References
    ----------
    paper_spec 3.1.2 (supplementary figure 1b).
    """
    rows = np.arange(len(values))
    return encode(values, responses, rows, rows, target=target, rule="minimum", **options)


def _spread(fit, r2, target, rows):
    """Put the fits of the target neurons into arrays over all neurons."""

    def full(part, empty, axis=0):
        shape = list(part.shape)
        shape[axis] = len(target)
        out = np.full(shape, empty, part.dtype)
        out[(slice(None),) * axis + (target,)] = part
        return out

    n_folds = fit.cv_mse.shape[2]
    return EncodingResult(
        weights=full(fit.weights, 0.0, axis=1),
        intercept=full(fit.intercept, 0.0),
        alpha=full(fit.alpha, np.nan),
        alpha_index=full(fit.alpha_index, -1),
        r2=full(r2, np.nan),
        cv_mean=full(fit.cv_mse.mean(2), np.nan),
        cv_se=full(fit.cv_mse.std(2, ddof=1) / np.sqrt(n_folds), np.nan),
        alphas=full(fit.alphas, np.nan),
        converged=full(fit.converged, True),
        target=target,
        **rows,
        n_fallback=fit.n_fallback,
    )
