"""Embeddings that users bring along: rows put into the run's order by stimulus id."""

import numpy as np

from facepatch.datasets.stimulus_table import SPLITS, mismatch
from facepatch.models.run_inputs import embed, split_ids

__all__ = ["external_embedding"]


def external_embedding(ids, units, values, stimuli, *, where):
    """Return a user's table of units as the embedding of a model.

    Parameters
    ----------
    ids : sequence of str
        Stimulus of each row, each once. Rows of other stimuli than the run's are ignored.
    units : sequence of str
    values : array of shape (n_rows, n_units)
    stimuli : StimulusTable
    where : str
        The file, for messages.

    Returns
    -------
    Embedding
        No train part: the images of a user's model are not flipped. Constant units are
        dead.

    Raises
    ------
    InputError
        If a stimulus has no row; names the first ten ids without a partner on each side.
    """
    row = {name: index for index, name in enumerate(ids)}
    if any(name not in row for name in stimuli.ids):
        raise mismatch(where, ids, stimuli.ids, "stimuli.csv")
    ordered = np.asarray(values)[[row[name] for name in stimuli.ids]]
    test, heldout = (ordered[stimuli.of(split)] for split in SPLITS)
    return embed(units, test, heldout, split_ids(stimuli))
