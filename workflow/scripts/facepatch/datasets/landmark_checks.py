"""Checks of a dataset's landmarks against its stimuli and the sizes of its images."""

import numpy as np

from facepatch.datasets.landmark_table import read_landmarks
from facepatch.datasets.stimulus_table import mismatch
from facepatch.datasets.user_tables import read_table
from facepatch.errors import InputError

__all__ = ["check_landmarks"]

# In sides of the image: marks of a chin at the border may jitter across it.
_BEYOND = 1 / 16


def check_landmarks(path, stimuli, sizes):
    """Check that every stimulus has all landmarks, inside its image.

    Parameters
    ----------
    path : path
        `landmarks.csv`.
    stimuli : StimulusTable
    sizes : int array of shape (n_stimuli, 2)
        Width and height of each image in pixels.

    Raises
    ------
    InputError
        As `landmark_table.read_landmarks`, and for stimuli that `stimuli.csv` lacks and
        landmarks more than 1/16 of the image's longer side outside of it.
    """
    marks = read_landmarks(path, stimuli.ids)
    table = read_table(path, ("stimulus", "landmark", "x", "y"))
    codes, names = table.codes("stimulus")
    if set(names.tolist()) != set(stimuli.ids.tolist()):
        raise mismatch(str(path), names.tolist(), stimuli.ids.tolist(), "stimuli.csv")
    margin = _BEYOND * sizes.max(axis=1)[:, None, None] + 0.5
    outside = (marks.points < -margin) | (marks.points > sizes[:, None, :] - 1 + margin)
    if not outside.any():
        return
    faces = np.flatnonzero(outside.any(axis=(1, 2)))
    face, mark, _axis = np.argwhere(outside)[0]
    rows = (names[codes] == stimuli.ids[face]) & (table.texts("landmark") == marks.names[mark])
    x, y = marks.points[face, mark]
    raise InputError(
        table.where(np.flatnonzero(rows)[0]),
        f"landmark {str(marks.names[mark])!r} of stimulus {str(stimuli.ids[face])!r} at"
        f" ({x:g}, {y:g}), outside its image ({len(faces)} stimuli have such landmarks)",
        f"a point within {sizes[face][0]} x {sizes[face][1]} pixels",
        "Give landmarks in pixels of the original image, origin top left.",
    )
