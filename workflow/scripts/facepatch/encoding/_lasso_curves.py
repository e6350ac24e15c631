"""Held-out error of whole Lasso paths from the Gram of the held-out rows."""

import numba as nb
import numpy as np

__all__ = ["path_errors"]


@nb.njit(cache=True)
def _dot(a, b):
    """Return the sum of a * b in four independent sums, in a fixed order."""
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    whole = a.shape[0] // 4 * 4
    for j in range(0, whole, 4):
        s0 += a[j] * b[j]
        s1 += a[j + 1] * b[j + 1]
        s2 += a[j + 2] * b[j + 2]
        s3 += a[j + 3] * b[j + 3]
    for j in range(whole, a.shape[0]):
        s0 += a[j] * b[j]
    return (s0 + s1) + (s2 + s3)


@nb.njit(cache=True)
def _times(gram, z, used, out):
    """Write Gz into `out`, four rows at a time of the units that z uses."""
    count = 0
    for i in range(z.shape[0]):
        if z[i] != 0.0:
            used[count] = i
            count += 1
    out[:] = 0.0
    whole = count // 4 * 4
    for i in range(0, whole, 4):
        a, b, c, d = used[i], used[i + 1], used[i + 2], used[i + 3]
        z_a, z_b, z_c, z_d = z[a], z[b], z[c], z[d]
        row_a, row_b, row_c, row_d = gram[a], gram[b], gram[c], gram[d]
        for j in range(out.shape[0]):
            out[j] += (z_a * row_a[j] + z_b * row_b[j]) + (z_c * row_c[j] + z_d * row_d[j])
    for i in range(whole, count):
        row, weight = gram[used[i]], z[used[i]]
        for j in range(out.shape[0]):
            out[j] += weight * row[j]


@nb.njit(cache=True)
def _errors(path, pieces, lams, gram, cross, squares, gain, used, product, errors):
    """Fill the squared error of one path at every lam.

    On one linear piece the error is a quadratic of lam, so its two ends give all of it.
    """
    first = 0
    while first < lams.shape[0]:
        last = first
        while last + 1 < lams.shape[0] and pieces[last + 1] == pieces[first]:
            last += 1
        start, end = path[first], path[last]
        _times(gram, start, used, product)
        linear = _dot(cross, start)
        errors[first] = squares - 2.0 * linear + gain * _dot(product, start)
        if last > first:
            linear_end = _dot(cross, end)
            between = squares - linear - linear_end + gain * _dot(product, end)
            _times(gram, end, used, product)
            errors[last] = squares - 2.0 * linear_end + gain * _dot(product, end)
            # A neuron without variance has a grid of zeros.
            span = max(lams[first] - lams[last], 1e-300)
            for a in range(first + 1, last):
                t = (lams[first] - lams[a]) / span
                errors[a] = (1.0 - t) ** 2 * errors[first] + t * t * errors[last]
                errors[a] += 2.0 * t * (1.0 - t) * between
        first = last + 1


@nb.njit(cache=True)
def path_errors(solutions, pieces, lams, gram, cross, squares, gain, errors):
    """Fill the squared error of every neuron's path on held-out rows.

    The error of z is squares - 2 cross z + gain z' gram z.

    Parameters
    ----------
    solutions : float64 array (n_neurons, n_lams, n_units)
    pieces : int64 array (n_neurons, n_lams)
        Number of the linear piece of the path that each lam lies on.
    lams : float64 array (n_neurons, n_lams)
    gram, cross : float64 arrays (n_units, n_units), (n_neurons, n_units)
        Of the held-out rows, in the scale of z.
    squares, gain : float64 arrays (n_neurons,)
    errors : float64 array (n_neurons, n_lams)
        Filled.
    """
    used, product = np.empty(gram.shape[0], np.int64), np.empty(gram.shape[0])
    for n in range(cross.shape[0]):
        _errors(
            solutions[n],
            pieces[n],
            lams[n],
            gram,
            cross[n],
            squares[n],
            gain[n],
            used,
            product,
            errors[n],
        )
