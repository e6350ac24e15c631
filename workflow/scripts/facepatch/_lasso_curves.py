"""Cross-validation curves and refits of all neurons on one training set, path by path."""

import numba as nb
import numpy as np

from facepatch._lasso_descent import descend
from facepatch._lasso_homotopy import follow_path, path_violation, workspace

__all__ = ["EXACT", "FAILED", "FELL_BACK", "fold_errors", "refit"]

# How a path was solved.
EXACT, FELL_BACK, FAILED = 0, 1, 2

# Largest miss of the optimality conditions, as a share of lam, at the end of a path.
_VIOLATION = 1e-7
_TOLERANCE = 1e-12
_MAX_SWEEPS = 2000


@nb.njit(cache=True)
def solve_path(gram, cross, penalty, lams, tableau, vectors, solutions, pieces):
    """Solve one path by homotopy, or by coordinate descent if that fails; return how.

    The arguments are those of `follow_path`.
    """
    n_units = gram.shape[0]
    n_events = follow_path(gram, cross, penalty, lams, tableau, vectors, solutions, pieces)
    if n_events >= 0:
        last = lams.shape[0] - 1
        miss = path_violation(gram, cross, penalty, lams[last], solutions[last], vectors[5])
        if miss <= _VIOLATION:
            return EXACT
    coefficients = np.zeros((lams.shape[0], n_units))
    good = descend(gram, cross, penalty, lams, _TOLERANCE, _MAX_SWEEPS, coefficients)
    solutions[:, :n_units] = coefficients
    pieces[:] = np.arange(lams.shape[0])
    return FELL_BACK if good else FAILED


@nb.njit(cache=True)
def _dot(a, b, n):
    """Return the sum of a * b over the first n entries, in four independent sums."""
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    whole = n // 4 * 4
    for j in range(0, whole, 4):
        s0 += a[j] * b[j]
        s1 += a[j + 1] * b[j + 1]
        s2 += a[j + 2] * b[j + 2]
        s3 += a[j + 3] * b[j + 3]
    for j in range(whole, n):
        s0 += a[j] * b[j]
    return (s0 + s1) + (s2 + s3)


@nb.njit(cache=True)
def _times(gram, z, out):
    """Write Gz into `out`, row by row of the units that z uses."""
    n_units = gram.shape[0]
    out[:] = 0.0
    for i in range(n_units):
        if z[i] != 0.0:
            row, weight = gram[i], z[i]
            for j in range(n_units):
                out[j] += weight * row[j]


@nb.njit(cache=True)
def _curve(solutions, pieces, lams, gram, cross, squares, gain, product, errors):
    """Fill the squared error of a path on held-out rows at every lam.

    On one linear piece the error is a quadratic of lam, so its two ends give all of it.
    """
    n_units, n_lams = gram.shape[0], lams.shape[0]
    first = 0
    while first < n_lams:
        last = first
        while last + 1 < n_lams and pieces[last + 1] == pieces[first]:
            last += 1
        start, end = solutions[first], solutions[last]
        _times(gram, start, product)
        linear = _dot(cross, start, n_units)
        errors[first] = squares - 2.0 * linear + gain * _dot(product, start, n_units)
        if last > first:
            between = squares - linear - _dot(cross, end, n_units)
            between += gain * _dot(product, end, n_units)
            _times(gram, end, product)
            errors[last] = squares - 2.0 * _dot(cross, end, n_units)
            errors[last] += gain * _dot(product, end, n_units)
            for a in range(first + 1, last):
                t = (lams[first] - lams[a]) / (lams[first] - lams[last])
                errors[a] = (1.0 - t) ** 2 * errors[first] + t * t * errors[last]
                errors[a] += 2.0 * t * (1.0 - t) * between
        first = last + 1


@nb.njit(cache=True)
def fold_errors(gram, cross, penalty, lams, test_gram, test_cross, test_squares, gain, errors):
    """Fill the held-out squared error of every neuron at every lam of its own grid.

    Parameters
    ----------
    gram, cross, penalty : arrays
        A `ScaledProblem`'s: (n_units, n_units), (n_neurons, n_units), (n_units,).
    lams : float64 array (n_neurons, n_lams)
    test_gram, test_cross, test_squares : arrays
        Of the held-out rows, in the scale of z: the error of z is
        test_squares - 2 test_cross z + gain z' test_gram z.
    gain : float64 array (n_neurons,)
    errors : float64 array (n_neurons, n_lams)
        Filled.

    Returns
    -------
    outcome : int8 array (n_neurons,)
        `EXACT`, `FELL_BACK` or `FAILED`.
    """
    n_neurons, n_lams = lams.shape
    tableau, vectors = workspace(gram.shape[0])
    solutions = np.empty((n_lams, vectors.shape[1]))
    pieces = np.empty(n_lams, np.int64)
    outcome = np.empty(n_neurons, np.int8)
    for n in range(n_neurons):
        outcome[n] = solve_path(
            gram, cross[n], penalty, lams[n], tableau, vectors, solutions, pieces
        )
        _curve(
            solutions,
            pieces,
            lams[n],
            test_gram,
            test_cross[n],
            test_squares[n],
            gain[n],
            vectors[5],
            errors[n],
        )
    return outcome


@nb.njit(cache=True)
def refit(gram, cross, penalty, lams, weights):
    """Fill the solution of every neuron at one lam each; return outcomes as `fold_errors`.

    Parameters
    ----------
    gram, cross, penalty : arrays
        As for `fold_errors`.
    lams : float64 array (n_neurons,)
    weights : float64 array (n_neurons, n_units)
        Filled with z.
    """
    n_units = gram.shape[0]
    tableau, vectors = workspace(n_units)
    solutions = np.empty((1, vectors.shape[1]))
    pieces = np.empty(1, np.int64)
    outcome = np.empty(lams.shape[0], np.int8)
    for n in range(lams.shape[0]):
        outcome[n] = solve_path(
            gram, cross[n], penalty, lams[n : n + 1], tableau, vectors, solutions, pieces
        )
        weights[n] = solutions[0, :n_units]
    return outcome
