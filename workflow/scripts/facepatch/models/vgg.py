"""VGG-16 with the head of VGG-Face, as a feature extractor.

Architecture of Parkhi, Vedaldi and Zisserman (2015): VGG-16, 2,622 identities, units of
fc7 as the representation (paper_spec 2.2).
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from facepatch.errors import InputError
from facepatch.models.run_inputs import embed

__all__ = ["FC7_UNITS", "IDENTITIES", "Vgg16", "fc7_embedding", "from_state", "random_vgg"]

IDENTITIES = 2622
FC7_UNITS = 4096
# Convolutions of each block; every block ends with a 2 x 2 maximum.
_BLOCKS = ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3)
# Mean of VGG-Face's three channel means (93.59, 104.76, 129.19). Grey images have no
# colours, and published conversions differ in the order of theirs: one mean for all
# three channels serves every conversion.
_MEAN_GREY = 109.18


class Vgg16(nn.Module):
    """VGG-16 for grey images.

    Parameters
    ----------
    image_size : int
        Side of the network's input in pixels, at least 32. Only the published 224 fits
        trained weights, since fc6 sees the whole last map.
    """

    def __init__(self, image_size):
        super().__init__()
        self.image_size = image_size
        channels = 3
        for block, widths in enumerate(_BLOCKS, start=1):
            for place, width in enumerate(widths, start=1):
                self.add_module(f"conv{block}_{place}", nn.Conv2d(channels, width, 3, padding=1))
                channels = width
        side = image_size // 2 ** len(_BLOCKS)
        self.fc6 = nn.Linear(channels * side**2, FC7_UNITS)
        self.fc7 = nn.Linear(FC7_UNITS, FC7_UNITS)
        self.fc8 = nn.Linear(FC7_UNITS, IDENTITIES)

    def units(self, images):
        """Return fc7 after its rectifier.

        Parameters
        ----------
        images : float tensor of shape (n, height, width), in [0, 1]
            Resized to the network's input if needed.

        Returns
        -------
        float tensor of shape (n, 4096)
        """
        x = images[:, None]
        size = (self.image_size, self.image_size)
        if x.shape[2:] != size:
            x = functional.interpolate(x, size, mode="bilinear", antialias=True)
        x = (x * 255 - _MEAN_GREY).expand(-1, 3, -1, -1)
        for block, widths in enumerate(_BLOCKS, start=1):
            for place in range(1, len(widths) + 1):
                x = functional.relu(self.get_submodule(f"conv{block}_{place}")(x))
            x = functional.max_pool2d(x, 2)
        x = functional.relu(self.fc6(x.flatten(1)))
        return functional.relu(self.fc7(x))

    def embed(self, images, batch_size=16, tick=None):
        """Return the fc7 units of many images as a float32 array of shape (n, 4096).

        Parameters
        ----------
        images : array of shape (n, height, width), in [0, 1]
        batch_size : int
        tick : callable, optional
            Called with the number of images done.
        """
        units = np.empty((len(images), FC7_UNITS), np.float32)
        with torch.inference_mode():
            for start in range(0, len(images), batch_size):
                batch = np.array(images[start : start + batch_size], np.float32)
                units[start : start + len(batch)] = self.units(torch.from_numpy(batch)).numpy()
                if tick is not None:
                    tick(start + len(batch))
        return units


def random_vgg(image_size, rng):
    """Return an untrained VGG-16.

    Weights are drawn from normal distributions of variance 2 / fan-in (He et al. 2015),
    so that activations keep their size through the layers; biases are 0.

    Parameters
    ----------
    image_size : int
    rng : numpy.random.Generator
    """
    state = {}
    for name, shape in _shapes(image_size).items():
        if name.endswith("bias"):
            state[name] = torch.zeros(shape)
        else:
            scale = np.float32(np.sqrt(2 / np.prod(shape[1:])))
            state[name] = torch.from_numpy(rng.standard_normal(shape, np.float32) * scale)
    return _assemble(image_size, state)


def from_state(state, image_size, where):
    """Return a VGG-16 with given weights.

    Parameters
    ----------
    state : dict of str to tensor
        Names as in this module (`conv1_1.weight` ... `fc8.bias`); `vgg_weights.canonical_names`
        makes them. A fully connected layer may be stored as a convolution.
    image_size : int
    where : str
        The file, for messages.

    Raises
    ------
    InputError
        If a layer is missing, has another shape or holds values that are not finite.
    """
    shapes = _shapes(image_size)
    remedy = "Obtain VGG-Face (VGG-16, 2,622 identities) as data/README.md describes."
    missing = [name for name in shapes if name not in state]
    if missing:
        found = f"no tensor for {len(missing)} of {len(shapes)} layers' parts, first {missing[0]!r}"
        raise InputError(where, found, "all layers of VGG-16 with the VGG-Face head", remedy)
    fitted = {}
    for name, shape in shapes.items():
        tensor = state[name].float()
        if tensor.numel() != np.prod(shape) or len(tensor) != shape[0]:
            found = f"{name} of shape {tuple(tensor.shape)}"
            if name == "fc6.weight" and tensor[0].numel() == 512 * 7 * 7:
                remedy = "Set models.vgg_weights.image_size to 224: these weights need it."
            raise InputError(where, found, f"shape {tuple(shape)}", remedy)
        if not torch.isfinite(tensor).all():
            raise InputError(where, f"NaN or infinity in {name}", "finite weights", remedy)
        fitted[name] = tensor.reshape(shape)
    return _assemble(image_size, fitted)


def fc7_embedding(test, heldout, ids, *, trained):
    """Return all fc7 units of the original images as an embedding.

    Parameters
    ----------
    test, heldout : arrays of shape (n_images, 4096)
    ids : (main ids, held-out ids)
    trained : bool
        Whether the weights are those of VGG-Face; kept as `extra["trained"]`, and by the
        models made from this one, so that no figure can take the one for the other.
    """
    units = [f"fc7_{index:04d}" for index in range(test.shape[1])]
    return embed(units, test, heldout, ids, extra={"trained": np.array(trained)})


def _shapes(image_size):
    with torch.device("meta"):
        return {name: tuple(part.shape) for name, part in Vgg16(image_size).state_dict().items()}


def _assemble(image_size, state):
    with torch.device("meta"):
        network = Vgg16(image_size)
    network.load_state_dict(state, assign=True)
    # Convolutions over pixels with their channels side by side ran 1.2 times as fast.
    return network.eval().to(memory_format=torch.channels_last)
