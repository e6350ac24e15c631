"""Pictures set side by side in one panel."""

import numpy as np

from facepatch.figures.style import SMALL_FONT_SIZE

__all__ = ["draw_tiles", "tiled"]

_GAP = 2  # pixels of white between pictures


def tiled(images):
    """Set images in a grid with white gaps.

    Parameters
    ----------
    images : array of shape (n_rows, n_columns, size, size)
        Grey values in [0, 1].

    Returns
    -------
    picture : array of shape (n_rows * (size + gap) - gap, n_columns * (size + gap) - gap)
    """
    images = np.asarray(images)
    n_rows, n_columns, height, width = images.shape
    padded = np.pad(images, [(0, 0), (0, 0), (0, _GAP), (0, _GAP)], constant_values=1.0)
    grid = padded.transpose(0, 2, 1, 3).reshape(
        n_rows * (height + _GAP), n_columns * (width + _GAP)
    )
    return grid[:-_GAP, :-_GAP]


def draw_tiles(axes, images, row_labels, column_labels=()):
    """Draw a grid of images with a label beside each row and, if given, below each column."""
    size = images.shape[2]
    middle = (size - 1) / 2
    axes.imshow(tiled(images), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_yticks([middle + (size + _GAP) * row for row in range(len(row_labels))], row_labels)
    axes.set_xticks(
        [middle + (size + _GAP) * column for column in range(len(column_labels))], column_labels
    )
    axes.tick_params(length=0, labelsize=SMALL_FONT_SIZE)
    for spine in axes.spines.values():
        spine.set_visible(False)
