"""Principal components: of pixels, of network units, of shapes and appearances."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh

from facepatch.errors import InputError
from facepatch.models.run_inputs import check_components

__all__ = ["PrincipalComponents", "fit_pca", "project"]

# Columns are centred and widened to float64 in blocks, so that 2,800 images of
# 256 x 256 pixels never stand in memory twice.
_BLOCK = 4096


@dataclass(frozen=True)
class PrincipalComponents:
    """An orthonormal basis of the directions of largest variance.

    Attributes
    ----------
    mean : float64 array of shape (n_inputs,)
    components : float64 array of shape (n_components, n_inputs)
        Orthonormal rows, by falling variance. The entry of largest size is positive.
    variance : float64 array of shape (n_components,)
        Variance of the training data along each component (divisor n - 1).
    """

    mean: np.ndarray
    components: np.ndarray
    variance: np.ndarray

    def first(self, n_components):
        """Return the model of the first `n_components` only."""
        return PrincipalComponents(
            self.mean, self.components[:n_components], self.variance[:n_components]
        )

    def arrays(self):
        """Return the model as named arrays."""
        return {"mean": self.mean, "components": self.components, "variance": self.variance}

    def transform(self, data):
        """Return the coefficients of `data` (n, n_inputs) as (n, n_components) in float64."""
        return project(data, self.mean, self.components)

    def inverse(self, coefficients):
        """Return the data (n, n_inputs) that `coefficients` (n, n_components) stand for."""
        return self.mean + np.asarray(coefficients) @ self.components


def fit_pca(data, n_components, *, what="PCA"):
    """Find the `n_components` directions of largest variance of `data`.

    The eigenvectors of the smaller of the two Gram matrices (images x images or
    inputs x inputs) in float64, which gives every smaller model as a prefix.

    Parameters
    ----------
    data : array of shape (n_images, n_inputs)
    n_components : int
        At least 1.
    what : str
        What is decomposed, for messages.

    Returns
    -------
    PrincipalComponents

    Raises
    ------
    InputError
        If there are not more images than components, fewer inputs than components, or
        if the images vary along fewer directions than components (identical images).
    """
    n_images, n_inputs = data.shape
    check_components(n_components, n_images, n_inputs, what)
    mean = np.concatenate(
        [data[:, part].mean(axis=0, dtype=np.float64) for part in _blocks(n_inputs)]
    )
    wide = n_inputs > n_images
    gram = _row_gram(data, mean) if wide else _column_gram(data, mean)
    last = len(gram) - 1
    values, vectors = eigh(gram, subset_by_index=(last - n_components + 1, last))
    values, vectors = values[::-1], vectors[:, ::-1]
    _check_rank(values, np.trace(gram) + n_images * (mean**2).sum(), len(gram), n_images, what)
    components = vectors.T
    if wide:
        components = np.empty((n_components, n_inputs))
        for part in _blocks(n_inputs):
            components[:, part] = vectors.T @ (data[:, part] - mean[part])
        components /= np.sqrt(values)[:, None]
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    return PrincipalComponents(mean, components * np.sign(largest), values / (n_images - 1))


def project(data, mean, components):
    """Return `(data - mean) @ components.T` in float64, without a float64 copy of `data`.

    Parameters
    ----------
    data : array of shape (n, n_inputs)
    mean : array of shape (n_inputs,)
    components : array of shape (n_components, n_inputs)
    """
    coefficients = np.zeros((len(data), len(components)))
    for part in _blocks(len(mean)):
        coefficients += (data[:, part] - mean[part]) @ components[:, part].T
    return coefficients


def _blocks(n_inputs):
    return [slice(start, min(start + _BLOCK, n_inputs)) for start in range(0, n_inputs, _BLOCK)]


def _row_gram(data, mean):
    gram = np.zeros((len(data), len(data)))
    for part in _blocks(len(mean)):
        centred = data[:, part] - mean[part]
        gram += centred @ centred.T
    return gram


def _column_gram(data, mean):
    centred = data - mean
    return centred.T @ centred


def _check_rank(values, total, order, n_images, what):
    """Raise if the smallest eigenvalue kept is no more than rounding error of the data."""
    floor = max(total, np.finfo(float).tiny) * order * np.finfo(float).eps
    rank = int((values > floor).sum())
    if rank < len(values):
        found = "identical images" if rank == 0 else f"images that vary along {rank} directions"
        raise InputError(
            f"{what}, the {n_images} main stimuli",
            found,
            f"at least {len(values)} directions of variation, one per component",
            "Check that the images differ from each other, or lower the number of components.",
        )
