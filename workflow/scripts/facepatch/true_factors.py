"""The generative factors of a dataset as the units of a perfect model."""

import numpy as np

from facepatch.errors import InputError

__all__ = ["PREFIX", "factor_units"]

PREFIX = "factor_"


def factor_units(names, values, stimuli, n_units, *, where):
    """Return the true factors as units, padded with dead ones.

    They are the ceiling of every score: no learned code can know more of a rendered
    face. The padding gives them as many units as the β-VAEs have latents, since the
    alignment score depends on that number (paper_spec 3.1.4, row "true factors 14 + 36
    dead").

    Parameters
    ----------
    names : sequence of str
        Columns ``factor_<name>`` of `stimuli.csv`.
    values : array of shape (n_stimuli, n_factors)
    stimuli : sequence of str, length n_stimuli
        Ids, for messages.
    n_units : int
        Units in all; no padding if it is at most the number of factors.
    where : str
        The file, for messages.

    Returns
    -------
    units : list of str
        Factor names without the prefix, then ``dead_15`` and so on.
    values : float64 array of shape (n_stimuli, max(n_factors, n_units))

    Raises
    ------
    InputError
        If there are no factors, or one of them is missing or not finite for a stimulus.
    """
    if len(names) == 0:
        raise InputError(
            where,
            "no column whose name starts with 'factor_'",
            "at least one generative factor for the family 'factors'",
            "Add the columns, or leave the family 'factors' out of the configuration.",
        )
    values = np.asarray(values, float)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        raise InputError(
            f"{where}, stimulus {stimuli[row]!r}, column {names[column]!r}",
            "no finite number",
            "a number for every stimulus",
            "Fill in the factor, or leave the family 'factors' out of the configuration.",
        )
    units = [name.removeprefix(PREFIX) for name in names]
    padding = [f"dead_{index:02d}" for index in range(len(units), n_units)]
    zeros = np.zeros((len(values), len(padding)))
    return units + padding, np.hstack([values, zeros])
