"""Checks of a dataset's images as a set."""

from pathlib import Path

from facepatch.errors import InputError
from facepatch.files import inside
from facepatch.image_files import check_header, read_grey

__all__ = ["check_images", "image_path"]


def image_path(folder, stimuli, row):
    """Return the checked path of one stimulus's image and the words that say where it is named.

    Raises
    ------
    InputError
        If no image is named, or its path leaves the folder (links followed).
    """
    where = f"{Path(folder) / 'stimuli.csv'}, row {stimuli.rows[row]}"
    if not stimuli.images[row]:
        raise InputError(
            where, "no image", "the path of an image", "Name the image of every stimulus."
        )
    return inside(folder, str(stimuli.images[row]), where), where


def check_images(folder, stimuli, thorough):
    """Check that every stimulus has a readable image; return warnings.

    Parameters
    ----------
    folder : path
    stimuli : StimulusTable
    thorough : bool
        Whether to decode the pixels, not only the header.
    """
    for row in range(len(stimuli)):
        path, where = image_path(folder, stimuli, row)
        if thorough:
            read_grey(path, where)
        else:
            check_header(path, where)
    return []
