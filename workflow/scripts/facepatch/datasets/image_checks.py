"""Checks of a dataset's images as a set."""

import hashlib
from pathlib import Path

import numpy as np

from facepatch.datasets.image_files import check_header, read_grey
from facepatch.datasets.user_tables import listed
from facepatch.errors import InputError
from facepatch.files import inside
from facepatch.progress import Progress

__all__ = ["check_images"]


def check_images(folder, stimuli, thorough):
    """Check that every stimulus has a readable image.

    Parameters
    ----------
    folder : path
    stimuli : StimulusTable
    thorough : bool
        Whether to decode the pixels, not only the headers.

    Returns
    -------
    sizes : int array of shape (n_stimuli, 2)
        Width and height of each image in pixels.
    warnings : list of str
        Images of the same split that are copies of each other, and blank images.

    Raises
    ------
    InputError
        If an image is missing, outside the folder or unreadable; if a held-out image is
        also a main one; if all main images are alike.
    """
    sizes = np.empty((len(stimuli), 2), np.int64)
    digests, blank = [], []
    progress = Progress("check images", len(stimuli), unit="images")
    for row in range(len(stimuli)):
        progress.update(row)
        path, where = _image_path(folder, stimuli, row)
        if not thorough:
            sizes[row] = check_header(path, where)
            digests.append(str(path))
            continue
        grey = read_grey(path, where)
        sizes[row] = grey.shape[::-1]
        digests.append(hashlib.sha256(repr(grey.shape).encode() + grey.tobytes()).hexdigest())
        if grey.min() == grey.max():
            blank.append(str(stimuli.ids[row]))
    warnings = _check_copies(folder, stimuli, digests)
    if blank:
        warnings.append(f"{folder}: {len(blank)} images of one grey value: {listed(blank)}")
    return sizes, warnings


def _image_path(folder, stimuli, row):
    """Return the path of a stimulus's image and the words that say where it is named."""
    where = f"{Path(folder) / 'stimuli.csv'}, row {stimuli.rows[row]}"
    if not stimuli.images[row]:
        raise InputError(
            where, "no image", "the path of an image", "Name the image of every stimulus."
        )
    try:
        path = inside(folder, str(stimuli.images[row]), where)
        path.is_file()
    except (OSError, RuntimeError) as error:
        # A name that is too long for the file system, or links in a circle.
        raise InputError(
            where,
            f"the path {str(stimuli.images[row])[:80]!r} ({type(error).__name__})",
            "a path that leads to a file",
            "Correct the cell.",
        ) from None
    return path, where


def _check_copies(folder, stimuli, digests):
    """Compare images by digest (of pixels, or of paths if pixels were not read)."""
    first, copies = {}, []
    for row, digest in enumerate(digests):
        original = first.setdefault(digest, row)
        if original == row:
            continue
        if stimuli.split[original] != stimuli.split[row]:
            raise InputError(
                f"{Path(folder) / 'stimuli.csv'}, row {stimuli.rows[row]}",
                f"the held-out image of {str(stimuli.ids[row])!r}, identical with the main image of"
                f" {str(stimuli.ids[original])!r} (row {stimuli.rows[original]})",
                "held-out images that no model is trained on",
                "Remove one of the two stimuli.",
            )
        copies.append(f"{stimuli.ids[row]} = {stimuli.ids[original]}")
    main = stimuli.of("main")
    if len(main) > 1 and len({digests[row] for row in main}) == 1:
        raise InputError(
            str(folder),
            f"{len(main)} main images that are all identical",
            "different images",
            "Check how the images were exported.",
        )
    if not copies:
        return []
    return [f"{folder}: {len(copies)} images are copies of others: {listed(copies)}"]
