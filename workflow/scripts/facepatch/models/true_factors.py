"""The generative factors of a dataset as the units of a perfect model."""

import numpy as np

from facepatch.errors import InputError
from facepatch.models.run_inputs import embed, split_ids

__all__ = ["factor_embedding"]


def factor_embedding(stimuli, n_units, *, where="stimuli.csv"):
    """Return the true factors as the units of a model, padded with dead units.

    They are the ceiling of every score: no learned code can know more of a rendered
    face. The padding gives them as many units as the β-VAEs have latents, since the
    alignment score depends on that number (paper_spec 3.1.4, row "true factors 14 + 36
    dead").

    Parameters
    ----------
    stimuli : StimulusTable
        With the known factors.
    n_units : int
        Units in all; no padding if it is at most the number of factors.
    where : str
        The file, for messages.

    Returns
    -------
    Embedding
        Units named as the factors, then ``dead_14`` and so on. No train part.

    Raises
    ------
    InputError
        If the dataset has no factors.
    """
    names = list(stimuli.factors)
    if not names:
        raise InputError(
            where,
            "no column whose name starts with 'factor_'",
            "at least one generative factor for the family 'factors'",
            "Add the columns, or leave the family 'factors' out of the configuration.",
        )
    dead = [f"dead_{index:02d}" for index in range(len(names), n_units)]
    values = np.pad(stimuli.factor_matrix(), ((0, 0), (0, len(dead))))
    test, heldout = (values[stimuli.of(split)] for split in ("main", "heldout"))
    return embed([*names, *dead], test, heldout, split_ids(stimuli))
