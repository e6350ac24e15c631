"""Landmarks of faces, from a dataset's table to arrays in the coordinates of prepared images."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepatch.datasets.image_files import check_header
from facepatch.datasets.stimuli import crop_geometry
from facepatch.datasets.user_tables import listed, read_table
from facepatch.errors import InputError
from facepatch.files import inside

__all__ = ["LandmarkTable", "flip_landmarks", "prepared_landmarks", "read_landmarks"]


@dataclass(frozen=True)
class LandmarkTable:
    """The landmarks of all stimuli.

    Attributes
    ----------
    names : array of str, shape (n_landmarks,)
        In the order in which the file first names them.
    points : float64 array of shape (n_stimuli, n_landmarks, 2)
        x and y in pixels.
    mirror : int array of shape (n_landmarks,)
        Index of the landmark that each one becomes under a left-right flip.
    """

    names: np.ndarray
    points: np.ndarray
    mirror: np.ndarray


def read_landmarks(path, stimuli):
    """Read `landmarks.csv` for the stimuli of a run.

    Parameters
    ----------
    path : path
        Columns `stimulus, landmark, x, y, mirror` (contract, section 2).
    stimuli : sequence of str
        Ids in the order of the result; rows of other stimuli are ignored.

    Returns
    -------
    LandmarkTable

    Raises
    ------
    InputError
        If a landmark of a stimulus is missing or given twice, or if `mirror` names no
        landmark, differs between stimuli, or is not its own inverse.
    """
    table = read_table(path, ("stimulus", "landmark", "x", "y", "mirror"))
    face, face_ids = table.codes("stimulus")
    mark, names = table.codes("landmark")
    place = {name: row for row, name in enumerate(stimuli)}
    row_of_face = np.array([place.get(name, -1) for name in face_ids])
    rows = row_of_face[face]
    used = np.flatnonzero(rows >= 0)
    cell = rows[used] * len(names) + mark[used]
    points = np.full((len(stimuli) * len(names), 2), np.nan)
    points[cell] = np.column_stack([table.numbers("x"), table.numbers("y")])[used]
    count = np.bincount(cell, minlength=len(points))
    _check_count(table, count, cell, used, stimuli, names)
    mirror = _mirror(table, mark, names)
    return LandmarkTable(names, points.reshape(len(stimuli), len(names), 2), mirror)


def prepared_landmarks(path, stimuli, folder, size):
    """Read the landmarks of a run in pixels of its prepared images.

    Parameters
    ----------
    path : path
        The dataset's `landmarks.csv`, in pixels of the original images.
    stimuli : StimulusTable
    folder : path
        The dataset's folder: the size of each original tells how it was cropped.
    size : int
        Side of the prepared images.

    Returns
    -------
    LandmarkTable
        Rows in the order of `stimuli`.

    Raises
    ------
    InputError
        As `read_landmarks`, and for an image that is missing or unreadable.
    """
    table = read_landmarks(path, stimuli.ids)
    points = np.empty_like(table.points)
    for row, (name, image) in enumerate(zip(stimuli.ids, stimuli.images, strict=True)):
        where = f"{Path(folder) / 'stimuli.csv'}, stimulus {str(name)!r}"
        width, height = check_header(inside(folder, str(image), where), where)
        scale, *offset = crop_geometry(width, height, size)
        points[row] = (table.points[row] + 0.5) * scale - offset - 0.5
    return LandmarkTable(table.names, points, table.mirror)


def flip_landmarks(points, mirror, width):
    """Return the landmarks of left-right flipped images.

    The x coordinates are reflected, and each point gets the name of its mirror partner:
    the left corner of the mouth in the picture is the right one after a flip.

    Parameters
    ----------
    points : array of shape (n_stimuli, n_landmarks, 2)
    mirror : int array of shape (n_landmarks,)
    width : int
        Width of the images in pixels.
    """
    flipped = points.copy()
    flipped[..., 0] = width - 1 - flipped[..., 0]
    return flipped[:, mirror]


def _check_count(table, count, cell, used, stimuli, names):
    wrong = np.flatnonzero(count != 1)
    if not len(wrong):
        return
    stimulus, landmark = divmod(int(wrong[0]), len(names))
    if count[wrong[0]] > 1:
        again = used[np.flatnonzero(cell == wrong[0])[1]]
        raise InputError(
            table.where(again),
            f"landmark {str(names[landmark])!r} of stimulus {str(stimuli[stimulus])!r} again",
            "each landmark of a stimulus once",
            "Remove one of the rows.",
        )
    missing = np.unique(wrong[count[wrong] == 0] // len(names))
    raise InputError(
        f"{table.path}, stimulus {str(stimuli[stimulus])!r}",
        f"no landmark {str(names[landmark])!r} "
        f"(stimuli with missing landmarks: {listed(np.asarray(stimuli)[missing])})",
        f"all {len(names)} landmarks of every stimulus",
        "Add the rows, or leave the family 'aam' out of the configuration.",
    )


def _mirror(table, mark, names):
    """Return the index of each landmark's mirror partner."""
    partners = table.texts("mirror")
    index = {name: place for place, name in enumerate(names)}
    first = np.unique(mark, return_index=True)[1]
    for row in np.flatnonzero(partners != partners[first][mark]):
        raise InputError(
            table.where(row),
            f"mirror {str(partners[row])!r} for landmark {str(names[mark[row]])!r}",
            f"{str(partners[first][mark[row]])!r} as in row {first[mark[row]] + 2}",
            "Give a landmark the same mirror partner for every stimulus.",
        )
    for row in first:
        name, partner = str(names[mark[row]]), str(partners[row])
        if partner not in index or partners[first][index[partner]] != name:
            raise InputError(
                table.where(row),
                f"mirror {partner!r} for landmark {name!r}",
                "the landmark that it becomes under a flip, and that becomes it in turn",
                "Correct the column 'mirror'; a landmark on the midline is its own partner.",
            )
    return np.array([index[partner] for partner in partners[first]])
