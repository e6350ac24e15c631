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

# Rows of the state of a path, one column a unit. They are read as state[_LEAST, j]: a view of
# a row would have its references counted, which takes as long as its arithmetic.
_LEAST, _PER_LAM, _SIGN, _MARGIN, _COLUMN, _RATIO = range(6)
# The further rows hold up to four sweeps that wait: their columns, and these over their pivots.
_AT_ONCE = 4
_SWEPT = _RATIO + 1
_FACTORS = _SWEPT + _AT_ONCE
_N_ROWS = _FACTORS + _AT_ONCE


@nb.njit(cache=True, error_model="numpy")
def _next_event(state):
    """Return the largest lam at which a unit enters or leaves, and the unit (-1: none).

    The line least - lam * per_lam of an inactive unit leaves the cone |.| <= lam * margin
    through the side of its value at lam = 0; that of an active unit (margin 0) changes
    sign if its value at 0 has the other sign. So each unit has one candidate.
    """
    for j in range(state.shape[1]):
        side = 1.0 if state[_LEAST, j] > 0.0 else -1.0
        rate = state[_MARGIN, j] + side * state[_PER_LAM, j]
        crosses = (rate > 1e-13) & (side * state[_SIGN, j] <= 0.0)
        state[_RATIO, j] = abs(state[_LEAST, j]) / rate if crosses else 0.0
    best, unit = 0.0, -1
    for j in range(state.shape[1]):
        if state[_RATIO, j] > best:
            best, unit = state[_RATIO, j], j
    return best, unit


@nb.njit(cache=True)
def _read_column(tableau, waiting, k, state):
    """Copy column k of the symmetric tableau, as it is after the sweeps that wait."""
    for j in range(k):
        state[_COLUMN, j] = tableau[k, j]
    for i in range(k, state.shape[1]):
        state[_COLUMN, i] = tableau[i, k]
    for m in range(waiting[0]):
        factor = state[_FACTORS + m, k]
        for j in range(state.shape[1]):
            state[_COLUMN, j] -= factor * state[_SWEPT + m, j]


@nb.njit(cache=True)
def _apply(tableau, state, n_units):
    """Subtract the `_AT_ONCE` sweeps that wait from the lower triangle."""
    for i in range(n_units):
        a, b = state[_FACTORS, i], state[_FACTORS + 1, i]
        c, d = state[_FACTORS + 2, i], state[_FACTORS + 3, i]
        for j in range((i + _PAD) // _PAD * _PAD):
            half = a * state[_SWEPT, j] + b * state[_SWEPT + 1, j]
            tableau[i, j] -= half + (c * state[_SWEPT + 2, j] + d * state[_SWEPT + 3, j])


@nb.njit(cache=True, error_model="numpy")
def _sweep(tableau, waiting, state, k, n_units):
    """Sweep the first `n_units` rows of the tableau on row k, whose column was read before.

    Row k is replaced at once. What the sweep takes from the others waits until `_AT_ONCE`
    sweeps do: then the tableau passes through the registers once for all of them.
    """
    inverse = 1.0 / state[_COLUMN, k]
    scale = abs(inverse)
    state[_COLUMN, k] = 0.0
    for j in range(k):
        tableau[k, j] = state[_COLUMN, j] * scale
    for i in range(k, n_units):
        tableau[i, k] = state[_COLUMN, i] * scale
    tableau[k, k] = -inverse
    last = waiting[0]
    for m in range(last):
        state[_SWEPT + m, k] = state[_FACTORS + m, k] = 0.0
    for j in range(state.shape[1]):
        state[_SWEPT + last, j] = state[_COLUMN, j]
        state[_FACTORS + last, j] = state[_COLUMN, j] * inverse
    waiting[0] = last + 1
    if waiting[0] == _AT_ONCE:
        _apply(tableau, state, n_units)
        waiting[0] = 0


@nb.njit(cache=True, error_model="numpy")
def _pivot(tableau, waiting, state, k, entering_sign, penalty):
    """Make unit k active with the given sign, or inactive if `entering_sign` is 0."""
    if entering_sign != 0.0:
        state[_PER_LAM, k] += entering_sign * penalty[k]
    pivot = state[_COLUMN, k]
    least_step, lam_step = state[_LEAST, k] / pivot, state[_PER_LAM, k] / pivot
    _sweep(tableau, waiting, state, k, penalty.shape[0])
    for j in range(state.shape[1]):
        state[_LEAST, j] -= state[_COLUMN, j] * least_step
        state[_PER_LAM, j] -= state[_COLUMN, j] * lam_step
    if entering_sign != 0.0:
        state[_LEAST, k], state[_PER_LAM, k] = least_step, lam_step
        state[_MARGIN, k] = 0.0
    else:
        state[_LEAST, k] = -least_step
        state[_PER_LAM, k] = -lam_step - state[_SIGN, k] * penalty[k]
        state[_MARGIN, k] = penalty[k]
    state[_SIGN, k] = entering_sign


@nb.njit(cache=True)
def _blocking_unit(state, lam, side):
    """Return the active unit that reaches 0 first when a collinear unit takes its place."""
    best, unit = np.inf, -1
    for j in range(state.shape[1]):
        step = side * state[_COLUMN, j] * state[_SIGN, j]
        if step > 1e-9:
            weight = (state[_LEAST, j] - lam * state[_PER_LAM, j]) * state[_SIGN, j]
            length = max(0.0, weight) / step
            if length < best:
                best, unit = length, j
    return unit


@nb.njit(cache=True)
def _enter(tableau, waiting, state, k, lam, penalty):
    """Let unit k enter; where it is collinear with the active ones, in exchange for one."""
    side = 1.0 if state[_LEAST, k] - lam * state[_PER_LAM, k] > 0.0 else -1.0
    if state[_COLUMN, k] < _COLLINEAR:
        grazing = state[_MARGIN, k] + side * state[_PER_LAM, k] < _GRAZING
        leaving = -1 if grazing else _blocking_unit(state, lam, side)
        if leaving < 0:
            state[_MARGIN, k] = np.inf
            return
        _read_column(tableau, waiting, leaving, state)
        _pivot(tableau, waiting, state, leaving, 0.0, penalty)
        _read_column(tableau, waiting, k, state)
        if state[_COLUMN, k] < _COLLINEAR:
            state[_MARGIN, k] = np.inf
            return
    _pivot(tableau, waiting, state, k, side, penalty)


@nb.njit(cache=True)
def _leave(tableau, waiting, state, k, gram, penalty):
    """Let unit k leave, and give units that were collinear with the active ones a new chance."""
    _pivot(tableau, waiting, state, k, 0.0, penalty)
    for j in range(gram.shape[0]):
        if state[_SIGN, j] == 0.0 and gram[j, j] > 0.0:
            state[_MARGIN, j] = penalty[j]


@nb.njit(cache=True)
def _start(gram, cross, penalty, tableau, state):
    n_units = gram.shape[0]
    for i in range(n_units):
        for j in range(i + 1):
            tableau[i, j] = gram[i, j]
    state[:] = 0.0
    state[_MARGIN] = np.inf
    for j in range(n_units):
        state[_LEAST, j] = cross[j]
        if gram[j, j] > 0.0:
            state[_MARGIN, j] = penalty[j]


@nb.njit(cache=True)
def _write_solution(state, lam, solutions, row):
    """Write z at lam on the present piece of the path."""
    for j in range(solutions.shape[1]):
        z = state[_LEAST, j] - lam * state[_PER_LAM, j]
        solutions[row, j] = z * abs(state[_SIGN, j])


@nb.njit(cache=True)
def _follow(gram, cross, penalty, lams, tableau, waiting, state, solutions, pieces):
    """Follow one path; return the number of events, or `_EXHAUSTED`."""
    _start(gram, cross, penalty, tableau, state)
    waiting[0] = 0
    lam, done, n_events = np.inf, 0, 0
    while True:
        event, k = _next_event(state)
        event = min(event, lam)
        first = done
        while done < lams.shape[0] and lams[done] >= event:
            pieces[done] = n_events
            done += 1
        if done > first:
            _write_solution(state, lams[first], solutions, first)
            _write_solution(state, lams[done - 1], solutions, done - 1)
        if done == lams.shape[0]:
            return n_events
        lam = event
        n_events += 1
        if n_events > 50 * gram.shape[0]:
            return _EXHAUSTED
        _read_column(tableau, waiting, k, state)
        if state[_SIGN, k] == 0.0:
            _enter(tableau, waiting, state, k, lam, penalty)
        else:
            _leave(tableau, waiting, state, k, gram, penalty)


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
        Filled with z at the first and the last lam of each linear piece: z between them lies
        on the line.
    pieces : int64 array (n_neurons, n_lams)
        Filled with the number of the linear piece that each lam lies on.
    violation : float64 array (n_neurons,)
        Filled with the largest miss of the optimality conditions at the last lam, as a
        share of lam; infinite where a path did not end within 50 events per unit.
    """
    n_units = gram.shape[0]
    # Rows of whole vectors spare the inner loops their remainders.
    padded = (n_units + _PAD - 1) // _PAD * _PAD
    tableau, state = np.zeros((padded, padded)), np.zeros((_N_ROWS, padded))
    waiting = np.zeros(1, np.int64)
    last = lams.shape[1] - 1
    for n in range(cross.shape[0]):
        n_events = _follow(
            gram, cross[n], penalty, lams[n], tableau, waiting, state, solutions[n], pieces[n]
        )
        violation[n] = np.inf
        # A neuron without variance has lam 0 and the exact solution 0.
        if n_events == 0 and lams[n, last] == 0.0:
            violation[n] = 0.0
        elif n_events != _EXHAUSTED:
            violation[n] = _violation(
                gram, cross[n], penalty, lams[n, last], solutions[n, last], state[_RATIO]
            )
