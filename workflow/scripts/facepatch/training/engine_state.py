"""What training engines take and give, without any training library."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

__all__ = ["EngineState", "StepValues"]


@dataclass(frozen=True)
class EngineState:
    """All that a step changes; every dict has the order of the network's parameters.

    Attributes
    ----------
    weights, first, second : dict of str to float32 array of shape (K, ...)
        Parameters, and Adam's running means of their gradients and squared gradients.
    """

    PARTS: ClassVar = ("weights", "first", "second")

    weights: dict
    first: dict
    second: dict


@dataclass(frozen=True)
class StepValues:
    """What every step of an `advance` came to.

    Attributes
    ----------
    loss, reconstruction : float64 arrays of shape (n_steps, K)
        Mean over the batch, in nats per image (squared error for the autoencoder).
    kl : float64 array of shape (n_steps, K, latents), or (n_steps, K, 0)
        Mean divergence of each latent from the prior in nats, for variational families.
    """

    loss: np.ndarray
    reconstruction: np.ndarray
    kl: np.ndarray
