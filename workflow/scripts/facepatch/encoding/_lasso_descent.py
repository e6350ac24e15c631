"""Lasso by cyclic coordinate descent on a Gram matrix: slow, and safe on any input.

This is the fallback of the homotopy (`_lasso_homotopy`), which is faster and exact but can lose
its way where columns are collinear to the last digits.
"""

import numba as nb

__all__ = ["descend"]


@nb.njit(cache=True)
def _sweep(gram, penalty, lam, z, slope):
    """Update every coordinate once; return the largest change of a coefficient."""
    largest = 0.0
    for j in range(gram.shape[0]):
        diagonal = gram[j, j]
        if diagonal <= 0.0:
            continue
        pull = slope[j] + diagonal * z[j]
        bound = lam * penalty[j]
        updated = 0.0
        if pull > bound:
            updated = (pull - bound) / diagonal
        elif pull < -bound:
            updated = (pull + bound) / diagonal
        change = updated - z[j]
        if change != 0.0:
            z[j] = updated
            row = gram[j]
            for i in range(gram.shape[0]):
                slope[i] -= change * row[i]
            largest = max(largest, abs(change))
    return largest


@nb.njit(cache=True)
def descend(gram, cross, penalty, lams, tolerance, max_sweeps, coefficients):
    """Minimise z'Gz/2 - q'z + lam * sum(penalty * |z|) along a falling grid of lam.

    Parameters
    ----------
    gram : float64 array (n_units, n_units), C-contiguous
        Unit diagonal; a unit whose diagonal is 0 keeps the weight 0.
    cross : float64 array (n_units,)
    penalty : float64 array (n_units,)
    lams : float64 array (n_lams,), falling
    tolerance : float
        A grid value is done when one sweep changes no coefficient by more than this.
    max_sweeps : int
        Sweeps over all units allowed per grid value.
    coefficients : float64 array (n_lams, n_units)
        Filled with the solutions.

    Returns
    -------
    converged : bool
        Whether every grid value met the tolerance.
    """
    z = coefficients[0]
    z[:] = 0.0
    slope = cross.copy()
    converged = True
    for a in range(lams.shape[0]):
        if a > 0:
            coefficients[a] = coefficients[a - 1]
        z = coefficients[a]
        change = 1.0
        sweeps = 0
        while change > tolerance and sweeps < max_sweeps:
            change = _sweep(gram, penalty, lams[a], z, slope)
            sweeps += 1
        converged = converged and change <= tolerance
    return converged
