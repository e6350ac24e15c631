"""Pictures made by networks, as arrays on disk, so that drawing them needs no network."""

from dataclasses import dataclass

import numpy as np

from facepatch.files import write_npz

__all__ = ["Reconstructions", "Traversals"]


class _Arrays:
    """Named arrays that are written to and read from one pickle-free `.npz`."""

    def save(self, path):
        """Write the arrays."""
        write_npz(path, **{name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path):
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(**{name: file[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Traversals(_Arrays):
    """Traversals of the leading latents of some models.

    Attributes
    ----------
    models : array of str, shape (n_models,)
    udr : float array of shape (n_models,)
    values : float array of shape (n_values,)
        What the traversed latent is set to, in the prior's standard deviations.
    units : int array of shape (n_models, n_units)
        Traversed latents; -1 where a model has fewer.
    kl : float array of shape (n_models, n_units)
        Their mean divergence from the prior in nats.
    factors : array of str, shape (n_models, n_units)
        The known factor of largest |Spearman correlation|; empty without known factors.
    factor_r : float array of shape (n_models, n_units)
        That correlation.
    images : float32 array of shape (n_models, n_units, n_values, size, size)
    """

    models: np.ndarray
    udr: np.ndarray
    values: np.ndarray
    units: np.ndarray
    kl: np.ndarray
    factors: np.ndarray
    factor_r: np.ndarray
    images: np.ndarray


@dataclass(frozen=True)
class Reconstructions(_Arrays):
    """Held-out faces as several models rebuild them.

    Attributes
    ----------
    stimuli : array of str, shape (n_faces,)
    originals : float32 array of shape (n_faces, size, size)
    families, models : arrays of str, shape (n_models,)
    decoded : float32 array of shape (n_models, n_faces, size, size)
        From the matched neurons alone.
    autoencoded : float32 array of shape (n_models, n_faces, size, size)
        From the model's own code, the most that it could show.
    pair_model, pair_neuron, pair_unit : arrays of str, shape (n_pairs,)
        The matched pairs of all models.
    pair_r : float array of shape (n_pairs,)
        Their absolute correlation over the main images.
    """

    stimuli: np.ndarray
    originals: np.ndarray
    families: np.ndarray
    models: np.ndarray
    decoded: np.ndarray
    autoencoded: np.ndarray
    pair_model: np.ndarray
    pair_neuron: np.ndarray
    pair_unit: np.ndarray
    pair_r: np.ndarray
