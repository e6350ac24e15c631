"""Shapes and initial weights of the trained networks, without any training library.

The networks of paper_spec 2.1 and 2.2: four strided convolutions, one hidden
layer, a code, and for the auto-encoding families the mirror image of all that.
Weights are plain arrays under names such as ``encoder.conv1.weight``, in the
layout of PyTorch, so that any engine can be fed with them.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from facepatch.seeds import generator

__all__ = ["FAMILIES", "KERNEL", "Architecture", "initial_weights", "parameter_shapes"]

FAMILIES = ("beta_vae", "vae", "ae", "classifier")
KERNEL = 4


@dataclass(frozen=True)
class Architecture:
    """What fixes the shape of a network.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    image_size : int
        Side of the square grey images in pixels, a multiple of 2 ** len(channels).
    latents : int
        Units of the code.
    channels : tuple of int
        Filters of the encoder's convolutions; the decoder mirrors them.
    hidden : int
        Width of the fully connected layer on either side of the code.
    n_classes : int
        Classes of the classifier's softmax, 0 for every other family.
    """

    family: str
    image_size: int
    latents: int = 50
    channels: tuple = (32, 32, 64, 64)
    hidden: int = 128
    n_classes: int = 0

    def __post_init__(self):
        object.__setattr__(self, "channels", tuple(int(c) for c in self.channels))
        if self.family not in FAMILIES:
            raise ValueError(f"unknown family {self.family!r}, expected one of {FAMILIES}")
        if self.image_size < 1 or self.image_size % 2 ** len(self.channels):
            multiple = 2 ** len(self.channels)
            raise ValueError(f"image size {self.image_size} is not a multiple of {multiple}")
        if min(self.latents, self.hidden, *self.channels) < 1:
            raise ValueError("latents, hidden and channels must be at least 1")
        if (self.n_classes > 0) != (self.family == "classifier"):
            raise ValueError(f"{self.n_classes} classes make no sense for family {self.family}")

    @property
    def variational(self):
        """Whether the code is a Gaussian posterior rather than a point."""
        return self.family in ("beta_vae", "vae")

    @property
    def reconstructs(self):
        """Whether the network has a decoder."""
        return self.family != "classifier"

    @property
    def grid(self):
        """Side in pixels of the last convolution's feature maps."""
        return self.image_size // 2 ** len(self.channels)

    @property
    def flat(self):
        """Number of values in the last convolution's feature maps."""
        return self.channels[-1] * self.grid**2


def parameter_shapes(architecture):
    """Return the weights' names and shapes, in the network's order.

    Convolutions are (out, in, 4, 4), transposed convolutions (in, out, 4, 4) and
    linear layers (out, in). A variational encoder's last layer holds the means
    in its first `latents` rows and the log-variances in the rest.

    Returns
    -------
    shapes : dict of str to tuple of int
    """
    a = architecture
    shapes = {}

    def layer(name, weight, n_out):
        shapes[f"{name}.weight"] = weight
        shapes[f"{name}.bias"] = (n_out,)

    widths = (1, *a.channels)
    for i, (n_in, n_out) in enumerate(pairwise(widths), 1):
        layer(f"encoder.conv{i}", (n_out, n_in, KERNEL, KERNEL), n_out)
    layer("encoder.hidden", (a.hidden, a.flat), a.hidden)
    n_code = a.latents * (2 if a.variational else 1)
    layer("encoder.code", (n_code, a.hidden), n_code)
    if not a.reconstructs:
        layer("classes", (a.n_classes, a.latents), a.n_classes)
        return shapes
    layer("decoder.hidden", (a.hidden, a.latents), a.hidden)
    layer("decoder.grid", (a.flat, a.hidden), a.flat)
    for i, (n_in, n_out) in enumerate(pairwise(widths[::-1]), 1):
        layer(f"decoder.deconv{i}", (n_in, n_out, KERNEL, KERNEL), n_out)
    return shapes


def initial_weights(architecture, seed):
    """Draw the weights that training starts from.

    Weights and biases are uniform in +-1 / sqrt(fan-in), PyTorch's default for these
    layers, where fan-in is the product of all sizes of the weight but the first. Each
    parameter has its own stream, named after it.

    Parameters
    ----------
    architecture : Architecture
    seed : int
        The model's seed.

    Returns
    -------
    weights : dict of str to float32 array
    """
    weights = {}
    shapes = parameter_shapes(architecture)
    for name, shape in shapes.items():
        fan_in = math.prod(shapes[f"{name.rpartition('.')[0]}.weight"][1:])
        bound = 1 / math.sqrt(fan_in)
        rng = generator(seed, "initial weights", name)
        weights[name] = rng.uniform(-bound, bound, shape).astype(np.float32)
    return weights
