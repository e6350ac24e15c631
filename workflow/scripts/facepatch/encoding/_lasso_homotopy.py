"""Exact Lasso paths by homotopy: principal pivots on a Gram matrix with unit diagonal.

Between two events (a unit enters or leaves) the solution of

    minimise over z:  z'Gz / 2 - q'z + lam * sum(penalty * |z|)

is linear in lam. `least - lam * per_lam` holds, for every unit, its weight if it is active
and its correlation with the residual if it is not. An event is one sweep of a symmetric
tableau, of which only the lower triangle is kept: minus the inverse Gram of the active
units, its product with the other units, and their Schur complement.

Numba's cache of compiled code looks at the file of the function that is called from Python
and at no other: all that `follow_paths` calls stands here.

References: Osborne, Presnell and Turlach 2000; Efron et al. 2004; the sweep operator of
Beaton 1964.
"""

import numba as nb
import numpy as np

__all__ = ["follow_paths"]

# A unit whose Schur complement is below this share of its Gram is a combination of the
# active ones to the last digits.
_COLLINEAR = 1e-10
# Below this rate a correlation runs along its bound instead of crossing it.
_GRAZING = 1e-8
_PAD = 8

_EXHAUSTED = -1


@nb.njit(cache=True, error_model="numpy")
def _next_event(least, per_lam, sign, margin, ratio):
    """Return the largest lam at which a unit enters or leaves, and the unit (-1: none).

    The line least - lam * per_lam of an inactive unit leaves the cone |.| <= lam * margin
    through the side of its value at lam = 0; that of an active unit (margin 0) changes
    sign if its value at 0 has the other sign. So each unit has one candidate.
    """
    for j in range(least.shape[0]):
        side = 1.0 if least[j] > 0.0 else -1.0
        rate = margin[j] + side * per_lam[j]
        crosses = (rate > 1e-13) & (side * sign[j] <= 0.0)
        ratio[j] = abs(least[j]) / rate if crosses else 0.0
    best, unit = 0.0, -1
    for j in range(least.shape[0]):
        if ratio[j] > best:
            best, unit = ratio[j], j
    return best, unit


@nb.njit(cache=True)
def _read_column(tableau, k, column):
    """Copy column k of the symmetric tableau, of which the lower triangle is stored."""
    for j in range(k):
        column[j] = tableau[k, j]
    for i in range(k, column.shape[0]):
        column[i] = tableau[i, k]


@nb.njit(cache=True, error_model="numpy")
def _sweep(tableau, column, k, n_units):
    """Sweep the first `n_units` rows of the tableau on row k, whose column was read before."""
    inverse = 1.0 / column[k]
    column[k] = 0.0
    for i in range(n_units):
        factor = column[i] * inverse
        row = tableau[i]
        for j in range((i + _PAD) // _PAD * _PAD):
            row[j] -= factor * column[j]
    scale = abs(inverse)
    for j in range(k):
        tableau[k, j] = column[j] * scale
    for i in range(k, n_units):
        tableau[i, k] = column[i] * scale
    tableau[k, k] = -inverse


@nb.njit(cache=True, error_model="numpy")
def _pivot(tableau, vectors, k, entering_sign, penalty):
    """Make unit k active with the given sign, or inactive if `entering_sign` is 0."""
    least, per_lam, sign, margin, column = (
        vectors[0],
        vectors[1],
        vectors[2],
        vectors[3],
        vectors[4],
    )
    if entering_sign != 0.0:
        per_lam[k] += entering_sign * penalty[k]
    pivot = column[k]
    least_step, lam_step = least[k] / pivot, per_lam[k] / pivot
    _sweep(tableau, column, k, penalty.shape[0])
    for j in range(least.shape[0]):
        least[j] -= column[j] * least_step
        per_lam[j] -= column[j] * lam_step
    if entering_sign != 0.0:
        least[k], per_lam[k] = least_step, lam_step
        margin[k] = 0.0
    else:
        least[k], per_lam[k] = -least_step, -lam_step - sign[k] * penalty[k]
        margin[k] = penalty[k]
    sign[k] = entering_sign


@nb.njit(cache=True)
def _blocking_unit(vectors, lam, side):
    """Return the active unit that reaches 0 first when a collinear unit takes its place."""
    least, per_lam, sign, column = vectors[0], vectors[1], vectors[2], vectors[4]
    best, unit = np.inf, -1
    for j in range(least.shape[0]):
        step = side * column[j] * sign[j]
        if step > 1e-9:
            length = max(0.0, (least[j] - lam * per_lam[j]) * sign[j]) / step
            if length < best:
                best, unit = length, j
    return unit


@nb.njit(cache=True)
def _enter(tableau, vectors, k, lam, penalty):
    """Let unit k enter; where it is collinear with the active ones, in exchange for one."""
    least, per_lam, margin, column = vectors[0], vectors[1], vectors[3], vectors[4]
    side = 1.0 if least[k] - lam * per_lam[k] > 0.0 else -1.0
    if column[k] < _COLLINEAR:
        grazing = margin[k] + side * per_lam[k] < _GRAZING
        leaving = -1 if grazing else _blocking_unit(vectors, lam, side)
        if leaving < 0:
            margin[k] = np.inf
            return
        _read_column(tableau, leaving, column)
        _pivot(tableau, vectors, leaving, 0.0, penalty)
        _read_column(tableau, k, column)
        if column[k] < _COLLINEAR:
            margin[k] = np.inf
            return
    _pivot(tableau, vectors, k, side, penalty)


@nb.njit(cache=True)
def _leave(tableau, vectors, k, gram, penalty):
    """Let unit k leave, and give units that were collinear with the active ones a new chance."""
    sign, margin = vectors[2], vectors[3]
    _pivot(tableau, vectors, k, 0.0, penalty)
    for j in range(gram.shape[0]):
        if sign[j] == 0.0 and gram[j, j] > 0.0:
            margin[j] = penalty[j]


@nb.njit(cache=True)
def _start(gram, cross, penalty, tableau, vectors):
    n_units = gram.shape[0]
    for i in range(n_units):
        for j in range(i + 1):
            tableau[i, j] = gram[i, j]
    vectors[:] = 0.0
    vectors[0, :n_units] = cross
    vectors[3] = np.inf
    for j in range(n_units):
        if gram[j, j] > 0.0:
            vectors[3, j] = penalty[j]


@nb.njit(cache=True)
def _follow(gram, cross, penalty, lams, tableau, vectors, solutions, pieces):
    """Follow one path; return the number of events, or `_EXHAUSTED`."""
    least, per_lam, sign = vectors[0], vectors[1], vectors[2]
    _start(gram, cross, penalty, tableau, vectors)
    lam, done, n_events = np.inf, 0, 0
    while True:
        event, k = _next_event(least, per_lam, sign, vectors[3], vectors[5])
        event = min(event, lam)
        while done < lams.shape[0] and lams[done] >= event:
            row, here = solutions[done], lams[done]
            for j in range(gram.shape[0]):
                row[j] = (least[j] - here * per_lam[j]) * abs(sign[j])
            pieces[done] = n_events
            done += 1
        if done == lams.shape[0]:
            return n_events
        lam = event
        n_events += 1
        if n_events > 50 * gram.shape[0]:
            return _EXHAUSTED
        _read_column(tableau, k, vectors[4])
        if sign[k] == 0.0:
            _enter(tableau, vectors, k, lam, penalty)
        else:
            _leave(tableau, vectors, k, gram, penalty)


@nb.njit(cache=True)
def _violation(gram, cross, penalty, lam, z, slope):
    """Return by how much z misses the optimality conditions at lam, as a share of lam.

    `slope` is overwritten with the correlations q - Gz.
    """
    n_units = gram.shape[0]
    slope[:n_units] = cross
    for i in range(n_units):
        if z[i] != 0.0:
            row, weight = gram[i], z[i]
            for j in range(n_units):
                slope[j] -= weight * row[j]
    worst = 0.0
    for j in range(n_units):
        if gram[j, j] > 0.0:
            bound = lam * penalty[j]
            if z[j] > 0.0:
                miss = abs(slope[j] - bound)
            elif z[j] < 0.0:
                miss = abs(slope[j] + bound)
            else:
                miss = abs(slope[j]) - bound
            worst = max(worst, miss / bound)
    return worst


@nb.njit(cache=True)
def follow_paths(gram, cross, penalty, lams, solutions, pieces, violation):
    """Follow the path of every neuron down its own grid of lam.

    Parameters
    ----------
    gram : float64 array (n_units, n_units)
        Unit diagonal; 0 for a unit that may not be used.
    cross : float64 array (n_neurons, n_units)
    penalty : float64 array (n_units,)
    lams : float64 array (n_neurons, n_lams)
        Falling.
    solutions : float64 array (n_neurons, n_lams, n_units)
        Filled with z at each lam.
    pieces : int64 array (n_neurons, n_lams)
        Filled with the number of the linear piece that each lam lies on.
    violation : float64 array (n_neurons,)
        Filled with the largest miss of the optimality conditions at the last lam, as a
        share of lam; infinite where a path did not end within 50 events per unit.
    """
    n_units = gram.shape[0]
    # Rows of whole vectors spare the inner loops their remainders.
    padded = (n_units + _PAD - 1) // _PAD * _PAD
    tableau, vectors = np.zeros((padded, padded)), np.zeros((6, padded))
    last = lams.shape[1] - 1
    for n in range(cross.shape[0]):
        n_events = _follow(
            gram, cross[n], penalty, lams[n], tableau, vectors, solutions[n], pieces[n]
        )
        violation[n] = np.inf
        # A neuron without variance has lam 0 and the exact solution 0.
        if n_events == 0 and lams[n, last] == 0.0:
            violation[n] = 0.0
        elif n_events != _EXHAUSTED:
            violation[n] = _violation(
                gram, cross[n], penalty, lams[n, last], solutions[n, last], vectors[5]
            )
