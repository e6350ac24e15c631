"""Standardising columns by the statistics of given rows, with constant columns at 0."""

import numpy as np

__all__ = ["column_scale", "standardised"]


def column_scale(values):
    """Return the mean and the standard deviation of each column.

    Parameters
    ----------
    values : array of shape (n_rows, n_columns)

    Returns
    -------
    mean, scale : float arrays of shape (n_columns,)
        `scale` is infinite for a column that varies by rounding alone, so that
        ``(values - mean) / scale`` is 0 there and never a blown-up rounding error.
    """
    values = np.asarray(values, float)
    mean, scale = values.mean(axis=0), values.std(axis=0)
    return mean, np.where(scale > 1e-12 * np.abs(values).max(axis=0), scale, np.inf)


def standardised(values):
    """Return the columns with mean 0 and standard deviation 1, constant ones all 0."""
    mean, scale = column_scale(values)
    return (values - mean) / scale
