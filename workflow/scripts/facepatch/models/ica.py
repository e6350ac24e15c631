"""Independent components of pixels by FastICA."""

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning

from facepatch.models.pca import project

__all__ = ["IndependentComponents", "fit_ica"]


@dataclass(frozen=True)
class IndependentComponents:
    """A linear code whose units are as independent as FastICA could make them.

    Attributes
    ----------
    mean : float64 array of shape (n_inputs,)
    components : float64 array of shape (n_components, n_inputs)
        Unmixing rows: `(data - mean) @ components.T` are units of variance 1.
    mixing : float64 array of shape (n_inputs, n_components)
        `mean + units @ mixing.T` gives the data back within the whitened subspace.
    n_iterations : int
    converged : bool
        False if the unmixing still moved by more than `tolerance` at the last iteration.
    """

    mean: np.ndarray
    components: np.ndarray
    mixing: np.ndarray
    n_iterations: int
    converged: bool

    def arrays(self):
        """Return the model as named arrays."""
        return {"mean": self.mean, "components": self.components, "mixing": self.mixing}

    def transform(self, data):
        """Return the units of `data` (n, n_inputs) as (n, n_components) in float64."""
        return project(data, self.mean, self.components)

    def inverse(self, units):
        """Return the data (n, n_inputs) that `units` (n, n_components) stand for."""
        return self.mean + np.asarray(units) @ self.mixing.T


def fit_ica(pca, data, rng, *, max_iterations=1000, tolerance=1e-4):
    """Rotate whitened principal components until they are independent.

    FastICA (Hyvärinen and Oja 2000), symmetric, log cosh contrast, from a random start.

    Parameters
    ----------
    pca : PrincipalComponents
        Whitening of the same `data`, shared by all seeds; its size is the model's.
    data : array of shape (n_images, n_inputs)
        The images that `pca` was fitted on.
    rng : numpy.random.Generator
        Draws the starting rotation.
    max_iterations : int
    tolerance : float

    Returns
    -------
    IndependentComponents
    """
    n_components = len(pca.variance)
    scale = np.sqrt(pca.variance)
    solver = FastICA(
        algorithm="parallel",
        fun="logcosh",
        whiten=False,
        max_iter=max_iterations,
        tol=tolerance,
        w_init=rng.standard_normal((n_components, n_components)),
    )
    with warnings.catch_warnings():
        # Whether it converged is kept with the model instead.
        warnings.simplefilter("ignore", ConvergenceWarning)
        solver.fit(pca.transform(data) / scale)
    rotation = solver.components_
    return IndependentComponents(
        mean=pca.mean,
        components=rotation @ (pca.components / scale[:, None]),
        mixing=(pca.components.T * scale) @ rotation.T,
        n_iterations=int(solver.n_iter_),
        converged=bool(solver.n_iter_ < max_iterations),
    )
