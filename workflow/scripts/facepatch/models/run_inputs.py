"""What all baseline families share: reading images, naming rows, telling dead units."""

import numpy as np

from facepatch.datasets.stimulus_table import SPLITS
from facepatch.errors import InputError
from facepatch.models.embedding import Embedding

__all__ = ["check_components", "embed", "read_images", "split_ids", "varying"]


def split_ids(stimuli):
    """Return the ids of the main and of the held-out stimuli of a `StimulusTable`."""
    return [stimuli.ids[stimuli.of(split)] for split in SPLITS]


def read_images(path):
    """Map an `.npy` of shape (n, height, width) into memory as (n, height * width)."""
    images = np.load(path, mmap_mode="r", allow_pickle=False)
    return images.reshape(len(images), -1)


def varying(values):
    """Tell which columns of an images x units array vary beyond rounding of float32.

    Returns
    -------
    bool array of shape (n_units,)
        False where the range over the images is at most 1e-6 of the largest value.
    """
    if len(values) == 0:
        return np.zeros(values.shape[1], bool)
    return np.ptp(values, axis=0) > 1e-6 * np.abs(values).max(axis=0)


def embed(units, test, heldout, ids, *, train=None, extra=None):
    """Make the embedding of a model without a prior: units are live if they vary.

    Parameters
    ----------
    units : sequence of str, length n_units
    test, heldout, train : arrays of shape (n_images, n_units)
    ids : (main ids, held-out ids)
    extra : dict of str to array, optional

    Returns
    -------
    Embedding
        `live` is True where a unit varies over the main images (paper_spec 5, item 3:
        the KL threshold of VAEs has no meaning here).
    """
    test = np.asarray(test, np.float32)
    return Embedding(
        units=np.asarray(units, str),
        train=train,
        test=test,
        heldout=heldout,
        test_ids=ids[0],
        heldout_ids=ids[1],
        live=varying(test),
        extra=extra or {},
    )


def check_components(n_components, n_images, n_inputs, what):
    """Raise if `n_components` directions cannot be learned from so little data.

    Parameters
    ----------
    n_components : int
        Largest number asked for.
    n_images, n_inputs : int
        Images to learn from, and numbers per image (pixels, coordinates, units).
    what : str
        Name of the family and its numbers: ``"PCA of pixels"``.

    Raises
    ------
    InputError
        If there are not more images than components, or fewer numbers than components.
    """
    if n_components >= n_images:
        raise InputError(
            f"{what}, n_components",
            f"{n_components} components for {n_images} images",
            f"at most {max(n_images - 1, 0)} (one fewer than the main stimuli)",
            "Add stimuli, or lower the number of components in the configuration.",
        )
    if n_components > n_inputs:
        raise InputError(
            f"{what}, n_components",
            f"{n_components} components for {n_inputs} numbers per image",
            f"at most {n_inputs}",
            "Enlarge the images, or lower the number of components in the configuration.",
        )
