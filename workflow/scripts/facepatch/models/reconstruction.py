"""Trained networks at work: codes of images, images of codes, traversals of the code."""

from dataclasses import dataclass

import numpy as np
import torch

from facepatch.errors import InputError
from facepatch.models import networks
from facepatch.models.likelihood import excess_nll
from facepatch.models.model_files import load_model

__all__ = ["Autoencoder", "CodeStatistics", "load_decoder", "load_network"]

BATCH = 32  # small enough for the caches; larger ones take 1.5 times as long on a CPU


@dataclass(frozen=True)
class CodeStatistics:
    """What a network says of a set of images.

    Attributes
    ----------
    codes : float32 array of shape (n_images, latents)
        Posterior means, or the code.
    kl : float64 array of shape (latents,), or None
        Mean divergence of each latent from the prior in nats, for variational families.
    nll : float64 array of shape (n_images,), or None
        `facepatch.models.likelihood.excess_nll` of the reconstruction from `codes`, for families
        with a decoder.
    """

    codes: np.ndarray
    kl: np.ndarray | None
    nll: np.ndarray | None


class Autoencoder:
    """A trained network of any family, on the CPU; decoding needs a family with a decoder.

    Parameters
    ----------
    architecture : facepatch.models.architecture.Architecture
    weights : dict of str to float32 array
    """

    def __init__(self, architecture, weights):
        torch.set_num_threads(1)  # so that sums have one order, whatever the cores
        self.architecture = architecture
        self._weights = networks.stacked([weights])

    @torch.inference_mode()
    def describe(self, images):
        """Return the `CodeStatistics` of images, float arrays (n_images, size, size) in [0, 1]."""
        codes, kl, nll = [], [], []
        for first in range(0, len(images), BATCH):
            batch = np.array(images[first : first + BATCH], np.float32)
            pixels = torch.tensor(batch)[:, None]
            code, log_variance = networks.encode(self._weights, self.architecture, pixels)
            codes.append(code[0].numpy())
            if log_variance is not None:
                mean, log_variance = code[0].double(), log_variance[0].double()
                terms = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1)
                kl.append(terms.sum(0).numpy())
            if self.architecture.reconstructs:
                nll.append(excess_nll(batch, self._decode(code)))
        n_units = self.architecture.latents
        return CodeStatistics(
            np.concatenate(codes) if codes else np.zeros((0, n_units), np.float32),
            np.sum(kl, axis=0) / len(images) if kl else None,
            np.concatenate(nll) if nll else None,
        )

    def _decode(self, code):
        logits = networks.decode(self._weights, self.architecture, code)
        return torch.sigmoid(logits[:, 0]).numpy()

    @torch.inference_mode()
    def decode(self, codes):
        """Return the images of codes.

        Parameters
        ----------
        codes : array of shape (n_images, latents)

        Returns
        -------
        images : float32 array of shape (n_images, size, size)
            Grey values in [0, 1].
        """
        codes = np.asarray(codes, np.float32)
        size = self.architecture.image_size
        images = np.empty((len(codes), size, size), np.float32)
        for first in range(0, len(codes), BATCH):
            batch = torch.tensor(codes[first : first + BATCH])[None]
            images[first : first + BATCH] = self._decode(batch)
        return images

    def traverse(self, code, unit, values):
        """Return the images of one code with one unit set to each of `values` in turn.

        Parameters
        ----------
        code : array of shape (latents,)
        unit : int
        values : array of shape (n_values,)

        Returns
        -------
        images : float32 array of shape (n_values, size, size)
        """
        codes = np.tile(np.asarray(code, np.float32), (len(values), 1))
        codes[:, unit] = values
        return self.decode(codes)


def load_network(path):
    """Return the `Autoencoder` of a weights file; raises `InputError` if it is none."""
    _, architecture, weights = load_model(path)
    return Autoencoder(architecture, weights)


def load_decoder(path):
    """Return the network of a weights file, which must have a decoder.

    Raises
    ------
    InputError
        If the file is not a network of this workflow, or one without a decoder.
    """
    network = load_network(path)
    if not network.architecture.reconstructs:
        raise InputError(
            str(path),
            f"a network of family {network.architecture.family}, which cannot reconstruct",
            "an autoencoder, a VAE or a beta-VAE",
            "Name a model of one of these families.",
        )
    return network
