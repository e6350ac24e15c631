"""Held-out error of whole Lasso paths."""

import numba as nb
import numpy as np

__all__ = ["HeldOutRows", "path_errors"]

_PAD = 8


class HeldOutRows:
    """The held-out rows of one fold, in as few rows as give the same errors.

    With more rows than units, an orthogonal turn of the rows leaves a triangle of units and
    below it a part of the neurons that no unit can reach: |y - Uz|^2 = |t - Rz|^2 + rest.

    Parameters
    ----------
    units : float64 array (n_rows, n_units)
        In the scale of the solutions z.
    neurons : float64 array (n_rows, n_neurons)

    Attributes
    ----------
    units : float64 array (n_units, n_places)
        R transposed, in whole vectors.
    reach : int64 array (n_units,)
        Places of each unit that may differ from 0, in whole vectors.
    targets : float64 array (n_neurons, n_places)
    rest : float64 array (n_neurons,)
    n : int
        Rows held out.
    """

    def __init__(self, units, neurons):
        self.n, n_units = units.shape
        self.rest = np.zeros(neurons.shape[1])
        reach = np.full(n_units, self.n)
        if self.n > n_units:
            turn, units = np.linalg.qr(units)
            squares = np.einsum("ij,ij->j", neurons, neurons)
            neurons = turn.T @ neurons
            reached = np.einsum("ij,ij->j", neurons, neurons)
            self.rest = np.maximum(squares - reached, 0.0)
            reach = np.arange(1, n_units + 1)
        padding = ((0, 0), (0, -len(units) % _PAD))
        self.units = np.ascontiguousarray(np.pad(units.T, padding))
        self.targets = np.ascontiguousarray(np.pad(neurons.T, padding))
        self.reach = (reach + _PAD - 1) // _PAD * _PAD


@nb.njit(cache=True, fastmath={"reassoc"})
def _dot(a, b):
    """Return the sum of a * b, in vectors: in an order of its own, but always the same."""
    total = 0.0
    for j in range(a.shape[0]):
        total += a[j] * b[j]
    return total


@nb.njit(cache=True)
def _residual(units, reach, target, scale, z, used, out):
    """Write target - scale * z @ units into `out` and return its sum of squares."""
    count = 0
    for j in range(z.shape[0]):
        used[count] = j
        count += z[j] != 0.0
    out[:] = target
    whole = count // 4 * 4
    for i in range(0, whole, 4):
        a, b, c, d = used[i], used[i + 1], used[i + 2], used[i + 3]
        z_a, z_b, z_c, z_d = scale * z[a], scale * z[b], scale * z[c], scale * z[d]
        for j in range(reach[d]):
            half = z_a * units[a, j] + z_b * units[b, j]
            out[j] -= half + (z_c * units[c, j] + z_d * units[d, j])
    for i in range(whole, count):
        a = used[i]
        weight = scale * z[a]
        for j in range(reach[a]):
            out[j] -= weight * units[a, j]
    return _dot(out, out)


@nb.njit(cache=True)
def _errors(path, pieces, lams, units, reach, target, rest, scale, used, start, end, errors):
    """Fill the squared error of one path at every lam.

    On one linear piece the error is a quadratic of lam, so its two ends give all of it.
    """
    first = 0
    while first < lams.shape[0]:
        last = first
        while last + 1 < lams.shape[0] and pieces[last + 1] == pieces[first]:
            last += 1
        squares = _residual(units, reach, target, scale, path[first], used, start)
        errors[first] = rest + squares
        if last > first:
            squares_end = _residual(units, reach, target, scale, path[last], used, end)
            errors[last] = rest + squares_end
            between = 2.0 * _dot(start, end)
            # A neuron without variance has a grid of zeros.
            span = max(lams[first] - lams[last], 1e-300)
            for a in range(first + 1, last):
                t = (lams[first] - lams[a]) / span
                s = 1.0 - t
                errors[a] = rest + (s * s * squares + t * t * squares_end + s * t * between)
        first = last + 1


@nb.njit(cache=True)
def path_errors(solutions, pieces, lams, units, reach, targets, rest, scale, errors):
    """Fill the squared error of every neuron's path on held-out rows.

    Parameters
    ----------
    solutions : float64 array (n_neurons, n_lams, n_units)
        Read at the first and the last lam of each piece.
    pieces : int64 array (n_neurons, n_lams)
        Number of the linear piece of the path that each lam lies on.
    lams : float64 array (n_neurons, n_lams)
    units, reach, targets, rest : arrays
        Of `HeldOutRows`; targets and rest of these neurons.
    scale : float64 array (n_neurons,)
        Neurons' scale in the solutions.
    errors : float64 array (n_neurons, n_lams)
        Filled.
    """
    used = np.empty(units.shape[0] + 1, np.int64)
    start, end = np.empty(units.shape[1]), np.empty(units.shape[1])
    for n in range(targets.shape[0]):
        _errors(
            solutions[n],
            pieces[n],
            lams[n],
            units,
            reach,
            targets[n],
            rest[n],
            scale[n],
            used,
            start,
            end,
            errors[n],
        )
