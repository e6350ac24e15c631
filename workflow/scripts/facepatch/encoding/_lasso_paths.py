"""Paths of many neurons on one training set: homotopy, and descent where that fails."""

import numpy as np

from facepatch.encoding._lasso_curves import HeldOutRows, path_errors
from facepatch.encoding._lasso_descent import descend
from facepatch.encoding._lasso_homotopy import follow_paths

__all__ = ["EXACT", "FAILED", "FELL_BACK", "held_out_errors", "solve"]

# How a path was solved.
EXACT, FELL_BACK, FAILED = 0, 1, 2

# Largest miss of the optimality conditions at the end of a path, as a share of lam.
_VIOLATION = 1e-7
_TOLERANCE = 1e-12
_MAX_SWEEPS = 2000
# Neurons solved at once: their paths stay in the processor's cache.
_CHUNK = 16


def solve(problem, neurons, lams):
    """Solve the paths of some neurons.

    Parameters
    ----------
    problem : ScaledProblem
    neurons : slice
    lams : array (n_neurons, n_lams)
        Falling, of these neurons.

    Returns
    -------
    solutions : array (n_neurons, n_lams, n_units)
        Filled at the first and the last lam of each piece.
    pieces : int array (n_neurons, n_lams)
        Number of the linear piece of the path that each lam lies on.
    outcome : int8 array (n_neurons,)
        `EXACT`, `FELL_BACK` (coordinate descent converged) or `FAILED` (it did not).
    """
    cross = problem.cross[neurons]
    solutions = np.empty((*lams.shape, cross.shape[1]))
    pieces = np.empty(lams.shape, np.int64)
    violation = np.empty(len(lams))
    follow_paths(problem.gram, cross, problem.penalty, lams, solutions, pieces, violation)
    outcome = np.zeros(len(lams), np.int8)
    for n in np.flatnonzero(violation > _VIOLATION):
        good = descend(
            problem.gram, cross[n], problem.penalty, lams[n], _TOLERANCE, _MAX_SWEEPS, solutions[n]
        )
        pieces[n] = np.arange(lams.shape[1])
        outcome[n] = FELL_BACK if good else FAILED
    return solutions, pieces, outcome


def held_out_errors(problem, units, neurons, alphas):
    """Return the error of all paths of a training set on its held-out rows.

    Parameters
    ----------
    problem : ScaledProblem
        Of the training rows.
    units, neurons : arrays (n_rows, n_units), (n_rows, n_neurons)
        Held-out rows, centred by the training rows' means.
    alphas : array (n_neurons, n_alphas)

    Returns
    -------
    errors : array (n_neurons, n_alphas)
        Mean squared error.
    outcome : int8 array (n_neurons,)
        As for `solve`.
    """
    rows = HeldOutRows(units * problem.unit_scale, neurons)
    lams = alphas * problem.lam_per_alpha[:, None]
    errors = np.empty(alphas.shape)
    outcome = np.empty(len(alphas), np.int8)
    for start in range(0, len(alphas), _CHUNK):
        some = slice(start, start + _CHUNK)
        solutions, pieces, outcome[some] = solve(problem, some, lams[some])
        path_errors(
            solutions,
            pieces,
            lams[some],
            rows.units,
            rows.reach,
            rows.targets[some],
            rows.rest[some],
            problem.neuron_scale[some],
            errors[some],
        )
    return errors / rows.n, outcome
