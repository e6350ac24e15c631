"""From image files to the arrays that models see."""

from pathlib import Path

import numpy as np
from PIL import Image

from facepatch.datasets.image_files import read_grey
from facepatch.files import atomic_path, inside

__all__ = ["crop_geometry", "mirrored", "prepare", "prepare_images", "save_images"]


def crop_geometry(width, height, size):
    """Return how the centred square crop maps original to prepared pixels.

    A point at pixel coordinates (x, y) of the original (centres of pixels at whole
    numbers, origin top left) lies at ``x' = (x + 0.5) * scale - offset_x - 0.5``,
    ``y' = (y + 0.5) * scale - offset_y - 0.5`` of the prepared image.

    Parameters
    ----------
    width, height : int
        Size of the original in pixels.
    size : int
        Side of the prepared image in pixels.

    Returns
    -------
    scale, offset_x, offset_y : float
        Prepared pixels per original pixel, and what is cut off left and top, in prepared
        pixels.

    Examples
    --------
    >>> crop_geometry(200, 100, 50)
    (0.5, 25.0, 0.0)
    """
    side = min(width, height)
    scale = size / side
    return scale, (width - side) / 2 * scale, (height - side) / 2 * scale


def prepare(grey, size):
    """Crop an image to its centred square and resize it.

    Parameters
    ----------
    grey : float array of shape (height, width), in [0, 1]
    size : int
        Side of the result in pixels.

    Returns
    -------
    float32 array of shape (size, size), in [0, 1]
        Shrinking averages over the area that each new pixel covers (no aliasing); an
        image of the right size passes unchanged.
    """
    height, width = grey.shape
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    image = Image.fromarray(np.ascontiguousarray(grey, dtype=np.float32))
    box = (left, top, left + side, top + side)
    resized = image.resize((size, size), Image.Resampling.BILINEAR, box=box)
    return np.clip(np.asarray(resized), 0, 1)


def prepare_images(folder, stimuli, split, size, tick=None):
    """Read, crop and resize all images of a split.

    Parameters
    ----------
    folder : path
        The dataset's folder.
    stimuli : StimulusTable
        Rows in the order of the result.
    split : str
        `main` or `heldout`.
    size : int
        Side in pixels.
    tick : callable, optional
        Called with the number of images done.

    Returns
    -------
    float32 array of shape (n, size, size), in [0, 1]

    Raises
    ------
    InputError
        For an image that is missing, outside the folder or unreadable.
    """
    rows = stimuli.of(split)
    images = np.empty((len(rows), size, size), np.float32)
    for done, row in enumerate(rows):
        where = f"{Path(folder) / 'stimuli.csv'}, stimulus {str(stimuli.ids[row])!r}"
        path = inside(folder, str(stimuli.images[row]), where)
        images[done] = prepare(read_grey(path, where), size)
        if tick is not None:
            tick(done + 1)
    return images


def mirrored(images):
    """Return images of shape (n, size, size) flipped left-right (paper_spec 1.1)."""
    return np.ascontiguousarray(images[:, :, ::-1])


def save_images(path, images):
    """Write images as a pickle-free `.npy` that can be memory-mapped."""
    with atomic_path(path) as temporary:
        np.save(temporary, images, allow_pickle=False)
