"""The grouped forward passes against plain torch modules, one per model."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from facepatch.models import networks
from facepatch.models.architecture import Architecture, initial_weights
from torch import nn


def _encoder(architecture, weights):
    layers, n_in = [], 1
    for n_out in architecture.channels:
        layers += [nn.Conv2d(n_in, n_out, 4, stride=2, padding=1), nn.ReLU()]
        n_in = n_out
    layers += [nn.Flatten(), nn.Linear(architecture.flat, architecture.hidden), nn.ReLU()]
    n_code = architecture.latents * (2 if architecture.variational else 1)
    module = nn.Sequential(*layers, nn.Linear(architecture.hidden, n_code))
    return _loaded(module, weights, "encoder")


def _decoder(architecture, weights):
    grid, widths = architecture.grid, (*architecture.channels[::-1], 1)
    layers = [
        nn.Linear(architecture.latents, architecture.hidden),
        nn.ReLU(),
        nn.Linear(architecture.hidden, architecture.flat),
        nn.ReLU(),
        nn.Unflatten(1, (widths[0], grid, grid)),
    ]
    for n_in, n_out in pairwise(widths):
        layers += [nn.ConvTranspose2d(n_in, n_out, 4, stride=2, padding=1), nn.ReLU()]
    return _loaded(nn.Sequential(*layers[:-1]), weights, "decoder")


def _loaded(module, weights, part):
    values = [torch.tensor(w) for name, w in weights.items() if name.startswith(part)]
    module.load_state_dict(dict(zip(module.state_dict(), values, strict=True)))
    return module


@pytest.mark.parametrize("size", [16, 48])
@pytest.mark.parametrize("family", ["beta_vae", "ae"])
def test_two_models_at_once_are_two_plain_networks(family, size):
    architecture = Architecture(family, size, latents=6, hidden=24, channels=(4, 5, 6, 7))
    weights = [initial_weights(architecture, seed) for seed in (1, 2)]
    stacked = networks.stacked(weights)
    images = torch.rand(3, 2, size, size)
    code, log_variance = networks.encode(stacked, architecture, images)
    logits = networks.decode(stacked, architecture, code)
    for k in range(2):
        outputs = _encoder(architecture, weights[k])(images[:, k : k + 1])
        torch.testing.assert_close(code[k], outputs[:, :6])
        if architecture.variational:
            torch.testing.assert_close(log_variance[k], outputs[:, 6:])
        else:
            assert log_variance is None
        expected = _decoder(architecture, weights[k])(code[k])
        assert expected.std() > 1e-4
        torch.testing.assert_close(logits[:, k], expected[:, 0])


def test_classes_are_a_linear_layer_on_the_code():
    weights = {"classes.weight": torch.rand(2, 5, 3), "classes.bias": torch.rand(2, 5)}
    codes = torch.rand(2, 4, 3)
    for k in range(2):
        expected = codes[k] @ weights["classes.weight"][k].T + weights["classes.bias"][k]
        torch.testing.assert_close(networks.classify(weights, codes)[k], expected)


def test_stacking_and_unstacking():
    weights = [initial_weights(Architecture("vae", 16, latents=2), seed) for seed in (1, 2, 3)]
    for before, after in zip(weights, networks.unstacked(networks.stacked(weights)), strict=True):
        assert list(before) == list(after)
        for name in before:
            np.testing.assert_array_equal(before[name], after[name])


@pytest.mark.parametrize("shift", [(0, 0), (2, 0), (-1, 3), (5, -5)])
def test_translation_repeats_the_edge(shift):
    image = np.random.default_rng(0).random((1, 12, 12)).astype(np.float32)
    down, right = shift
    padded = np.pad(image[0], 5, mode="edge")
    expected = padded[5 - down : 17 - down, 5 - right : 17 - right]
    moved = networks.translate(torch.tensor(image), torch.tensor([shift]))
    np.testing.assert_array_equal(moved[0], expected)
