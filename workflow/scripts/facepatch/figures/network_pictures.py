"""Pictures made by networks, as arrays on disk, so that drawing them needs no network."""

from dataclasses import dataclass

import numpy as np

from facepatch.array_record import ArrayRecord

__all__ = ["Reconstructions", "Traversals"]


@dataclass(frozen=True)
class Traversals(ArrayRecord):
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
class Reconstructions(ArrayRecord):
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
