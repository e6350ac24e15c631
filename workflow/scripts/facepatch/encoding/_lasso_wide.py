"""Cross-validated Lasso on many units: sparse paths, working sets, and an early end.

With many rows, a neuron's paths end where its cross-validation curve has risen (`has_risen`):
the rest, where most units are active, is the most expensive part and never chosen. And with
thousands of units only hundreds come near a weight: each path runs on a working set, then the
optimality conditions of every unit are checked at every grid value, and units that miss them
join the set. So each solution is that of all units.
"""

import numpy as np

from facepatch.encoding._lasso_active import follow_sparse_path
from facepatch.encoding._lasso_descent import descend
from facepatch.encoding._lasso_paths import EXACT, FAILED, FELL_BACK
from facepatch.encoding._lasso_selection import choose_alpha, has_risen

__all__ = ["fit_wide"]

# Largest miss of the optimality conditions, as a share of the penalty.
_VIOLATION = 1e-7
_TOLERANCE = 1e-12
_MAX_SWEEPS = 2000
# Up to this many units the working set is all of them.
_ALL_UNITS = 640
# Units of the first working set, and shares of the penalty above which a unit is added to
# a set that proved too small, or taken over to the next fold.
_FIRST_SET = 256
_NEAR = 0.9
_KEEP = 0.75
# Up to this many rows no path has many active units, and all of it is followed at once.
_FEW_ROWS = 200
# Parts of longer paths that are followed at first, and then in each round.
_FIRST_PART = 0.2
_PART = 0.06


def _solve(problem, neuron, lams, units, start_lam, start, descending):
    """Solve a piece of a path on some units by homotopy, or by descent if that fails.

    Parameters
    ----------
    problem : ScaledProblem
    neuron : int
    lams : array (n_lams,)
    units : int array, or None
        None for all units.
    start_lam, start : float, array (n_all_units,)
        A known solution to start from.
    descending : bool
        Whether to descend at once.

    Returns
    -------
    solutions : array (n_lams, n_units)
    outcome : int
        `EXACT`, `FELL_BACK` or `FAILED`.
    """
    gram, cross, penalty = problem.gram, problem.cross[neuron], problem.penalty
    if units is not None:
        gram, cross, penalty = gram[np.ix_(units, units)], cross[units], penalty[units]
        start = start[units]
    solutions = np.empty((len(lams), len(cross)))
    arguments = gram, cross, penalty, lams
    if not descending:
        active = np.flatnonzero(start)
        inverse = np.linalg.inv(gram[np.ix_(active, active)])
        if follow_sparse_path(*arguments, start_lam, start, inverse, solutions):
            return solutions, EXACT
    good = descend(*arguments, _TOLERANCE, _MAX_SWEEPS, solutions)
    return solutions, FELL_BACK if good else FAILED


def _certified(problem, neuron, lams, units, start_lam, start):
    """Solve a piece of a path and widen the working set until every unit meets its conditions.

    Parameters
    ----------
    problem, neuron, lams, units, start_lam, start
        As for `_solve`.

    Returns
    -------
    used : int array (n_used,)
        Units with a weight somewhere on the piece.
    solutions : array (n_lams, n_used)
    units : int array, or None
        Working set for the next training set: units that came near their bound.
    outcome : int
    """
    bound = lams[:, None] * problem.penalty
    usable = problem.unit_scale > 0.0
    if units is not None:
        units = np.union1d(units, np.flatnonzero(start))
    descending = False
    while True:
        solutions, outcome = _solve(problem, neuron, lams, units, start_lam, start, descending)
        in_use = (solutions != 0.0).any(0)
        used = np.flatnonzero(in_use) if units is None else units[in_use]
        solutions = np.ascontiguousarray(solutions[:, in_use])
        share = np.abs(problem.cross[neuron] - solutions @ problem.gram[used]) / bound
        nearness = np.where(usable, share.max(0), 0.0)
        if units is not None and (np.delete(nearness, units) > 1.0 + _VIOLATION).any():
            units = np.union1d(units, np.flatnonzero(nearness > _NEAR))
            continue
        miss = np.abs(share[:, used] - 1.0)[solutions != 0.0].max(initial=0.0)
        if outcome != EXACT or max(miss, nearness.max() - 1.0) <= _VIOLATION:
            break
        descending = True
    if units is not None:
        units = np.union1d(used, np.flatnonzero(nearness > _KEEP))
    return used, solutions, units, outcome


class _Curves:
    """Cross-validation curves of all neurons as far as they are known.

    Attributes
    ----------
    errors : array (n_neurons, n_alphas, n_folds)
        NaN where unknown.
    outcomes : int8 array (n_folds + 1, n_neurons)
    units : list of int array or None
        Each neuron's working set.
    ends : dict of (neuron, fold) to (units, solution)
        Where each path stands: its weights at the last grid value that was followed.
    """

    def __init__(self, data, alphas):
        self.data, self.alphas = data, alphas
        self.errors = np.full((*alphas.shape, data.n_folds), np.nan)
        self.outcomes = np.zeros((data.n_folds + 1, len(alphas)), np.int8)
        self.units = [None] * len(alphas)
        self.ends = {}
        if data.units.shape[1] > _ALL_UNITS:
            order = np.argsort(-np.abs(data.cross), axis=1, kind="stable")
            self.units = list(np.sort(order[:, :_FIRST_SET], axis=1))

    def follow(self, neurons, first, last):
        """Fill the errors of some neurons from grid value `first` to before `last`."""
        for fold in range(self.data.n_folds):
            problem, (units, responses) = self.data.training(fold), self.data.test_rows(fold)
            units *= problem.unit_scale
            for neuron in neurons:
                used, solutions = self._advance(problem, neuron, fold, first, last)
                predicted = problem.neuron_scale[neuron] * (solutions @ units[:, used].T)
                squares = (responses[:, neuron] - predicted) ** 2
                self.errors[neuron, first:last, fold] = squares.mean(1)

    def _advance(self, problem, neuron, fold, first, last):
        lams = self.alphas[neuron, :last] * problem.lam_per_alpha[neuron]
        start = np.zeros(len(problem.gram))
        if first == 0:
            # Above this lam all weights are 0.
            start_lam = max(lams[0], np.abs(problem.cross[neuron] / problem.penalty).max())
        else:
            start_lam = lams[first - 1]
            units, weights = self.ends[neuron, fold]
            start[units] = weights
        used, solutions, self.units[neuron], outcome = _certified(
            problem, neuron, lams[first:], self.units[neuron], start_lam, start
        )
        self.outcomes[fold, neuron] = max(outcome, self.outcomes[fold, neuron])
        self.ends[neuron, fold] = used, solutions[-1]
        return used, solutions

    def refit(self, neurons, alpha_index):
        """Return the weights (n_neurons, n_units) of all rows at the chosen penalties."""
        weights = np.zeros(self.data.cross.shape)
        problem = self.data.all_rows()
        for neuron in neurons:
            lams = self.alphas[neuron] * problem.lam_per_alpha[neuron]
            chosen = slice(alpha_index[neuron], alpha_index[neuron] + 1)
            used, solutions, _, self.outcomes[-1, neuron] = _certified(
                problem, neuron, lams[chosen], self.units[neuron], lams[0], np.zeros(len(weights.T))
            )
            scale = problem.unit_scale[used] * problem.neuron_scale[neuron]
            weights[neuron, used] = solutions[0] * scale
        return weights


def fit_wide(data, alphas, rule):
    """Cross-validate and fit every neuron on many units.

    Parameters
    ----------
    data : CentredData
    alphas : array (n_neurons, n_alphas)
    rule : str
        See `choose_alpha`.

    Returns
    -------
    weights : array (n_neurons, n_units)
    cv_mse : array (n_neurons, n_alphas, n_folds)
        NaN beyond the depth that was followed.
    outcomes : int8 array (n_folds + 1, n_neurons)
        `EXACT`, `FELL_BACK` or `FAILED` per path.
    """
    curves = _Curves(data, alphas)
    # A neuron without variance has a grid of zeros, and weights of 0.
    varied = np.flatnonzero(alphas[:, 0] > 0.0)
    curves.errors[alphas[:, 0] == 0.0] = 0.0
    n_alphas = alphas.shape[1]
    left, first, last = varied, 0, max(2, round(_FIRST_PART * n_alphas))
    if data.n <= _FEW_ROWS:
        last = n_alphas
    while len(left) and first < n_alphas:
        curves.follow(left, first, last)
        left = [neuron for neuron in left if not has_risen(curves.errors[neuron, :last])]
        first, last = last, min(n_alphas, last + max(1, round(_PART * n_alphas)))
    alpha_index = choose_alpha(curves.errors, rule)
    return curves.refit(varied, alpha_index), curves.errors, curves.outcomes
