"""Exact Lasso paths by homotopy on the inverse Gram of the active units.

The path is that of `facepatch.encoding._lasso_homotopy`. There every event costs n_units^2; here it
costs n_units times the number of active units, which wins where many units stay at 0.

Numba's cache of compiled code looks at the file of the function that is called from Python
and at no other: all that `follow_sparse_path` calls stands here.
"""

import numba as nb
import numpy as np

__all__ = ["follow_sparse_path"]

# A unit whose Schur complement is below this share of its Gram is a combination of the
# active ones to the last digits.
_COLLINEAR = 1e-10
# Below this rate a correlation runs along its bound instead of crossing it.
_GRAZING = 1e-8


@nb.njit(cache=True)
def _combine(gram, units, factors, count, out):
    """Write the sum of `factors` times the rows `units` of the Gram, four rows at a time."""
    out[:] = 0.0
    whole = count // 4 * 4
    for i in range(0, whole, 4):
        f_a, f_b, f_c, f_d = factors[i], factors[i + 1], factors[i + 2], factors[i + 3]
        row_a, row_b = gram[units[i]], gram[units[i + 1]]
        row_c, row_d = gram[units[i + 2]], gram[units[i + 3]]
        for j in range(out.shape[0]):
            out[j] += (f_a * row_a[j] + f_b * row_b[j]) + (f_c * row_c[j] + f_d * row_d[j])
    for i in range(whole, count):
        row, factor = gram[units[i]], factors[i]
        for j in range(out.shape[0]):
            out[j] += factor * row[j]


@nb.njit(cache=True)
def _times_inverse(inverse, vector, count, out):
    """Write the product of the symmetric inverse with `vector`, both of size `count`."""
    out[:count] = 0.0
    for i in range(count):
        row, factor = inverse[i], vector[i]
        for j in range(count):
            out[j] += factor * row[j]


@nb.njit(cache=True)
def _insert(inverse, product, schur, count):
    """Extend the inverse by one unit: `product` is the inverse times its Gram column."""
    for i in range(count):
        row, factor = inverse[i], product[i] / schur
        for j in range(count):
            row[j] += factor * product[j]
        row[count] = -factor
        inverse[count, i] = -factor
    inverse[count, count] = 1.0 / schur


@nb.njit(cache=True)
def _remove(inverse, active, weights, place, count):
    """Take the unit at `place` out of the inverse and out of the list of active units."""
    last = count - 1
    for j in range(count):
        inverse[place, j], inverse[last, j] = inverse[last, j], inverse[place, j]
    for i in range(count):
        inverse[i, place], inverse[i, last] = inverse[i, last], inverse[i, place]
    active[place], weights[place] = active[last], weights[last]
    column = inverse[last]
    for i in range(last):
        row, factor = inverse[i], column[i] / column[last]
        for j in range(last):
            row[j] -= factor * column[j]


@nb.njit(cache=True, error_model="numpy")
def _next_entry(lam, correlation, rate, penalty, closed):
    """Return by how much lam falls until an inactive unit meets its bound, and the unit.

    The line of a correlation leaves the cone |.| <= lam * penalty through the side of its
    value at lam = 0, so each unit has one candidate.
    """
    best, unit = lam, -1
    for j in range(correlation.shape[0]):
        if closed[j]:
            continue
        side = 1.0 if correlation[j] - lam * rate[j] > 0.0 else -1.0
        speed = penalty[j] - side * rate[j]
        slack = lam * penalty[j] - side * correlation[j]
        if speed > 1e-13 and slack < best * speed:
            best, unit = max(slack, 0.0) / speed, j
    return best, unit


@nb.njit(cache=True)
def _next_exit(fall, weights, steps, sign, active, count):
    """Return the first place in the active list whose weight reaches 0 within `fall`."""
    place = -1
    for i in range(count):
        if steps[i] * sign[active[i]] < 0.0 and -weights[i] / steps[i] < fall:
            fall, place = -weights[i] / steps[i], i
    return max(fall, 0.0), place


@nb.njit(cache=True)
def _blocking_place(weights, product, sign, active, side, count):
    """Return which active unit reaches 0 first when a collinear unit takes its place."""
    best, place = np.inf, -1
    for i in range(count):
        speed = side * product[i] * sign[active[i]]
        if speed > 1e-9 and weights[i] * sign[active[i]] / speed < best:
            best, place = weights[i] * sign[active[i]] / speed, i
    return place, best


@nb.njit(cache=True)
def _enter(gram, inverse, active, weights, sign, closed, k, side, grazing, count):
    """Let unit k enter and return the number of active units.

    A unit that is collinear with the active ones takes the place of the one that its
    growth drives to 0, or stays out for now if its correlation only runs along the bound.
    """
    column, product = np.empty(count + 1), np.empty(count + 1)
    for i in range(count):
        column[i] = gram[k, active[i]]
    _times_inverse(inverse, column, count, product)
    schur = gram[k, k] - (column[:count] * product[:count]).sum()
    weight = 0.0
    closed[k] = True
    if schur < _COLLINEAR:
        if grazing:
            return count
        place, weight = _blocking_place(weights, product, sign, active, side, count)
        if place < 0:
            return count
        weights[:count] -= side * weight * product[:count]
        leaving = active[place]
        _remove(inverse, active, weights, place, count)
        sign[leaving], closed[leaving] = 0.0, False
        count -= 1
        for i in range(count):
            column[i] = gram[k, active[i]]
        _times_inverse(inverse, column, count, product)
        schur = gram[k, k] - (column[:count] * product[:count]).sum()
        if schur < _COLLINEAR:
            return count
    _insert(inverse, product, schur, count)
    active[count], weights[count], sign[k] = k, side * weight, side
    return count + 1


@nb.njit(cache=True)
def _resume(gram, cross, start, start_inverse, active, weights, inverse, sign, correlation):
    """Take over the active units of a solution; return how many there are."""
    count = 0
    correlation[:] = cross
    for j in range(gram.shape[0]):
        if start[j] != 0.0:
            active[count], weights[count] = j, start[j]
            sign[j] = 1.0 if start[j] > 0.0 else -1.0
            correlation -= start[j] * gram[j]
            count += 1
    inverse[:count, :count] = start_inverse
    return count


@nb.njit(cache=True)
def follow_sparse_path(gram, cross, penalty, lams, start_lam, start, start_inverse, solutions):
    """Follow one path down a falling grid of lam, from a solution that is known.

    Parameters
    ----------
    gram, cross, penalty : float64 arrays (n_units, n_units), (n_units,), (n_units,)
        The diagonal is 1; 0 for a unit that may not be used.
    lams : float64 array (n_lams,)
        Falling, none above `start_lam`.
    start_lam, start : float, float64 array (n_units,)
        A solution and its lam; zeros where the path begins.
    start_inverse : float64 array (n_active, n_active)
        Inverse Gram of the units of `start` that are not 0.
    solutions : float64 array (n_lams, n_units)
        Filled with z at each lam.

    Returns
    -------
    complete : bool
        False if 50 events per unit did not suffice.
    """
    n_units = gram.shape[0]
    inverse = np.empty((n_units + 1, n_units + 1))
    active = np.empty(n_units + 1, np.int64)
    weights, steps, pull = np.zeros(n_units + 1), np.zeros(n_units + 1), np.zeros(n_units + 1)
    correlation, rate, sign = np.empty(n_units), np.zeros(n_units), np.zeros(n_units)
    count = _resume(gram, cross, start, start_inverse, active, weights, inverse, sign, correlation)
    usable = np.diag(gram) > 0.0
    closed = (sign != 0.0) | ~usable
    lam, done = start_lam, 0
    for _ in range(50 * n_units + 1):
        for i in range(count):
            pull[i] = sign[active[i]] * penalty[active[i]]
        _times_inverse(inverse, pull, count, steps)
        _combine(gram, active, steps, count, rate)
        fall, entering = _next_entry(lam, correlation, rate, penalty, closed)
        fall, leaving = _next_exit(fall, weights, steps, sign, active, count)
        while done < lams.shape[0] and lams[done] >= lam - fall:
            solutions[done] = 0.0
            for i in range(count):
                solutions[done, active[i]] = weights[i] + (lam - lams[done]) * steps[i]
            done += 1
        if done == lams.shape[0]:
            return True
        lam -= fall
        correlation -= fall * rate
        weights[:count] += fall * steps[:count]
        if leaving >= 0:
            sign[active[leaving]] = 0.0
            _remove(inverse, active, weights, leaving, count)
            count -= 1
            closed = (sign != 0.0) | ~usable
        elif entering >= 0:
            side = 1.0 if correlation[entering] > 0.0 else -1.0
            grazing = penalty[entering] - side * rate[entering] < _GRAZING
            count = _enter(
                gram, inverse, active, weights, sign, closed, entering, side, grazing, count
            )
        else:
            return False
    return False
