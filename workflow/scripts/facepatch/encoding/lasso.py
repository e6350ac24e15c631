"""Cross-validated Lasso of many neurons on the same units, on one shared Gram.

Every neuron gets what `sklearn.linear_model.LassoCV` with a tight tolerance would give it:
the same grid of penalties, the same contiguous folds, and the penalty of least error or the
sparsest within one standard error of it (paper_spec 3.1.1).
"""

from dataclasses import dataclass

import numpy as np

from facepatch.encoding._lasso_folds import CentredData
from facepatch.encoding._lasso_paths import EXACT, FAILED, held_out_errors, solve
from facepatch.encoding._lasso_selection import choose_alpha, penalty_grid
from facepatch.encoding._lasso_wide import fit_wide

__all__ = ["LassoFit", "choose_alpha", "fit_lasso", "penalty_grid"]

# With more units than this, paths run on working sets and end where the error has risen.
_WIDE = 160


@dataclass(frozen=True)
class LassoFit:
    """One Lasso per neuron, each at its own cross-validated penalty.

    Attributes
    ----------
    weights : float64 array (n_units, n_neurons)
    intercept : float64 array (n_neurons,)
    alpha : float64 array (n_neurons,)
        The chosen penalty; 0 for a neuron without variance.
    alpha_index : int array (n_neurons,)
        Its place in the neuron's grid.
    alphas : float64 array (n_neurons, n_alphas)
        Falling grid of each neuron.
    cv_mse : float64 array (n_neurons, n_alphas, n_folds)
        Mean squared error on each held-out fold; NaN where a path was stopped early.
    converged : bool array (n_neurons,)
    n_fallback : int
        Paths of all neurons and folds that coordinate descent had to solve.
    """

    weights: np.ndarray
    intercept: np.ndarray
    alpha: np.ndarray
    alpha_index: np.ndarray
    alphas: np.ndarray
    cv_mse: np.ndarray
    converged: np.ndarray
    n_fallback: int


def _checked(X, Y, n_folds):
    X, Y = np.asarray(X, np.float64), np.asarray(Y, np.float64)
    if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y):
        raise ValueError(f"X {X.shape} and Y {Y.shape} must be 2-d with the same rows")
    if not (np.isfinite(X).all() and np.isfinite(Y).all()):
        raise ValueError("X and Y must be finite")
    if not 2 <= n_folds <= len(X):
        raise ValueError(f"{n_folds} folds do not fit {len(X)} rows")
    return X, Y


def _fit_narrow(data, alphas, rule):
    """Cross-validate and fit every neuron on few units, with full paths; as `fit_wide`."""
    cv_mse = np.empty((data.n_folds, *alphas.shape))
    outcomes = np.empty((data.n_folds + 1, len(alphas)), np.int8)
    for fold in range(data.n_folds):
        problem, held_out = data.training(fold), data.test_rows(fold)
        cv_mse[fold], outcomes[fold] = held_out_errors(problem, *held_out, alphas)
    cv_mse = np.moveaxis(cv_mse, 0, 2)
    index = choose_alpha(cv_mse, rule)
    problem = data.all_rows()
    lams = alphas[np.arange(len(index)), index] * problem.lam_per_alpha
    solutions, _, outcomes[-1] = solve(problem, slice(None), lams[:, None])
    return problem.weights(solutions[:, 0]), cv_mse, outcomes


def fit_lasso(X, Y, *, n_folds=10, n_alphas=100, eps=1e-3, rule="one_se", alphas=None):
    """Fit one cross-validated Lasso per neuron, all on the same units.

    Minimises |y - b - X w|^2 / (2 n) + alpha |w|_1 with alpha chosen by contiguous folds.

    Parameters
    ----------
    X : array (n, n_units)
    Y : array (n, n_neurons)
    n_folds, n_alphas : int
    eps : float
        Smallest over largest penalty of the grid.
    rule : {"one_se", "minimum"}
        See `choose_alpha`.
    alphas : array (n_neurons, n_alphas), optional
        Falling grids to use instead of `penalty_grid`'s.

    Returns
    -------
    LassoFit

    Raises
    ------
    ValueError
        If shapes disagree, values are not finite, or there are more folds than rows.
    """
    X, Y = _checked(X, Y, n_folds)
    varied = X.max(0) > X.min(0)
    data = CentredData(X[:, varied], Y, n_folds)
    if alphas is None:
        alphas = penalty_grid(data.cross, data.n, n_alphas, eps)
    fit = fit_wide if data.units.shape[1] > _WIDE else _fit_narrow
    weights, cv_mse, outcomes = fit(data, alphas, rule)
    index = choose_alpha(cv_mse, rule)
    full = np.zeros((X.shape[1], Y.shape[1]))
    full[varied] = weights.T
    return LassoFit(
        weights=full,
        intercept=data.neuron_mean - data.unit_mean @ weights.T,
        alpha=alphas[np.arange(len(index)), index],
        alpha_index=index,
        alphas=alphas,
        cv_mse=cv_mse,
        converged=(outcomes != FAILED).all(0),
        n_fallback=int((outcomes != EXACT).sum()),
    )
