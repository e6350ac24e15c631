"""Small trainings for the tests of the native engine, and what they should come to in float64."""

from dataclasses import dataclass

import numpy as np
import torch
from facepatch.models.architecture import Architecture, initial_weights
from facepatch.training.engine_state import EngineState
from facepatch.training.streams import BatchOrder, PosteriorNoise
from torch.nn import functional

N_IMAGES = 60


def smooth_images(n, size, seed=0):
    """Return float32 (n, size, size) blobs under waves, in [0, 1]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    centre, width = rng.uniform(-0.4, 0.4, (n, 2, 1, 1)), rng.uniform(0.3, 0.7, (n, 2, 1, 1))
    wave = rng.uniform(0, 8, (n, 2, 1, 1))
    blob = np.exp(-(((x - centre[:, 0]) / width[:, 0]) ** 2))
    blob = blob * np.exp(-(((y - centre[:, 1]) / width[:, 1]) ** 2))
    return (blob * (0.5 + 0.5 * np.sin(wave[:, 0] * x + wave[:, 1] * y))).astype(np.float32)


@dataclass
class Case:
    """A training that any engine can be fed with."""

    family: str = "beta_vae"
    size: int = 32
    batch: int = 8
    latents: int = 10
    channels: tuple = (32, 32, 64, 64)
    hidden: int = 128
    beta: float = 4.0
    steps: int = 20
    learning_rate: float = 1e-4
    contrast: float = 1.0  # of the last layer: large values drive pixels into saturation

    def __post_init__(self):
        self.architecture = Architecture(
            self.family, self.size, self.latents, self.channels, self.hidden
        )
        if self.family != "beta_vae":
            self.beta = 1.0
        self.images = smooth_images(N_IMAGES, self.size)
        self.weights = initial_weights(self.architecture, 11)
        self.weights[f"decoder.deconv{len(self.channels)}.weight"] *= np.float32(self.contrast)
        self.order = BatchOrder(11, N_IMAGES, self.batch).read(0, self.steps)
        self.noise = None
        if self.architecture.variational:
            self.noise = PosteriorNoise(11, self.batch, self.latents).read(0, self.steps)

    def __str__(self):
        return f"{self.family} {self.size}px batch {self.batch} latents {self.latents}"

    def state(self):
        """Return the `EngineState` of K = 1 models before the first step."""
        weights = {name: array[None] for name, array in self.weights.items()}
        zeros = {name: np.zeros_like(array) for name, array in weights.items()}
        return EngineState(weights, zeros, zeros)

    def float64_gradient(self):
        """Return loss and gradients of the first batch, computed in float64 by PyTorch."""
        a = self.architecture
        w = {name: torch.tensor(v, dtype=torch.float64) for name, v in self.weights.items()}
        for tensor in w.values():
            tensor.requires_grad_()
        pixels = torch.tensor(self.images[self.order[0]], dtype=torch.float64)[:, None]
        maps = pixels
        for i in range(1, len(a.channels) + 1):
            name = f"encoder.conv{i}"
            maps = functional.conv2d(maps, w[f"{name}.weight"], w[f"{name}.bias"], 2, 1).relu()
        hidden = functional.linear(
            maps.flatten(1), w["encoder.hidden.weight"], w["encoder.hidden.bias"]
        )
        code = functional.linear(hidden.relu(), w["encoder.code.weight"], w["encoder.code.bias"])
        divergence = 0.0
        if a.variational:
            mean, log_variance = code.chunk(2, 1)
            noise = torch.tensor(self.noise[0], dtype=torch.float64)
            code = mean + (log_variance / 2).exp() * noise
            divergence = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum() / len(pixels)
        hidden = functional.linear(code, w["decoder.hidden.weight"], w["decoder.hidden.bias"])
        maps = functional.linear(
            hidden.relu(), w["decoder.grid.weight"], w["decoder.grid.bias"]
        ).relu()
        maps = maps.view(-1, a.channels[-1], a.grid, a.grid)
        for i in range(1, len(a.channels) + 1):
            name = f"decoder.deconv{i}"
            maps = functional.conv_transpose2d(maps, w[f"{name}.weight"], w[f"{name}.bias"], 2, 1)
            if i < len(a.channels):
                maps = maps.relu()
        if a.variational:
            error = functional.binary_cross_entropy_with_logits(maps, pixels, reduction="sum")
        else:
            error = (maps.sigmoid() - pixels).square().sum()
        loss = error / len(pixels) + self.beta * divergence
        loss.backward()
        return loss.item(), {name: tensor.grad.numpy() for name, tensor in w.items()}
