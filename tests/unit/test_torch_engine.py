"""Steps of the engine against losses written out in plain torch and torch's own Adam."""

import numpy as np
import pytest
import torch
from facepatch.models import networks
from facepatch.models.architecture import Architecture, initial_weights
from facepatch.training.engine_state import EngineState
from facepatch.training.torch_engine import Adam, TorchEngine
from torch.nn import functional

RNG = np.random.default_rng(0)
IMAGES = np.kron(RNG.random((40, 2, 2)) ** 3, np.ones((8, 8))).astype(np.float32)
LABELS = np.arange(40)


def _engine(architecture, seeds, betas, learning_rate=1e-3, precision="float32"):
    start = [initial_weights(architecture, seed) for seed in seeds]
    weights = {name: np.stack([w[name] for w in start]) for name in start[0]}
    zeros = {name: np.zeros_like(w) for name, w in weights.items()}
    labels = LABELS if architecture.family == "classifier" else None
    state = EngineState(weights, zeros, zeros)
    return TorchEngine(
        architecture, IMAGES, labels, betas, learning_rate, "cpu", precision, state, 0
    )


def _inputs(architecture, n_steps, n_models, batch=8):
    order = RNG.integers(0, len(IMAGES), (n_steps, n_models, batch))
    noise = RNG.standard_normal((n_steps, n_models, batch, architecture.latents), np.float32)
    shifts = RNG.integers(-2, 3, (n_steps, n_models, batch, 2))
    return (
        order,
        noise if architecture.variational else None,
        shifts if architecture.family == "classifier" else None,
    )


def _architecture(family):
    n_classes = len(IMAGES) if family == "classifier" else 0
    return Architecture(family, 16, latents=5, hidden=16, n_classes=n_classes)


def _plain_loss(architecture, weights, order, noise, shifts, beta):
    """The loss of paper_spec 2.1 and 2.2, from one model's tensors."""
    images = torch.tensor(IMAGES[order])
    if shifts is not None:
        images = networks.translate(images, torch.tensor(shifts))
    named = {name: weight[None] for name, weight in weights.items()}
    code, log_variance = networks.encode(named, architecture, images[:, None])
    if architecture.family == "classifier":
        logits = networks.classify(named, code)[0]
        return functional.cross_entropy(logits, torch.tensor(LABELS[order]))
    if architecture.family == "ae":
        pixels = torch.sigmoid(networks.decode(named, architecture, code))[:, 0]
        return ((pixels - images) ** 2).sum((1, 2)).mean()
    deviation = torch.exp(log_variance / 2)
    pixels = torch.sigmoid(networks.decode(named, architecture, code + deviation * noise))[:, 0]
    nll = functional.binary_cross_entropy(pixels, images, reduction="none").sum((1, 2))
    posterior = torch.distributions.Normal(code[0], deviation[0])
    prior = torch.distributions.Normal(0.0, 1.0)
    kl = torch.distributions.kl_divergence(posterior, prior).sum(1)
    return (nll + beta * kl).mean()


@pytest.mark.parametrize("family", ["beta_vae", "vae", "ae", "classifier"])
def test_twenty_steps_follow_plain_torch(family):
    architecture = _architecture(family)
    order, noise, shifts = _inputs(architecture, 20, 1)
    values = _engine(architecture, [3], [2.5]).advance(order, noise, shifts)
    weights = {
        name: torch.tensor(w).requires_grad_()
        for name, w in initial_weights(architecture, 3).items()
    }
    optimiser = torch.optim.Adam(list(weights.values()), lr=1e-3)
    losses = []
    for step in range(20):
        loss = _plain_loss(
            architecture,
            weights,
            order[step, 0],
            None if noise is None else torch.tensor(noise[step, 0]),
            None if shifts is None else shifts[step, 0],
            2.5,
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] != pytest.approx(losses[0], rel=1e-3)
    np.testing.assert_allclose(values.loss[:, 0], losses, rtol=1e-5)


@pytest.mark.parametrize("family", ["beta_vae", "ae", "classifier"])
def test_an_ensemble_follows_models_trained_alone(family):
    architecture = _architecture(family)
    order, noise, shifts = _inputs(architecture, 20, 3)
    betas = [0.5, 1.0, 4.0]
    together = _engine(architecture, [1, 2, 3], betas)
    values = together.advance(order, noise, shifts)
    for k, (seed, beta) in enumerate(zip([1, 2, 3], betas, strict=True)):
        one = slice(k, k + 1)
        alone = _engine(architecture, [seed], [beta])
        expected = alone.advance(
            order[:, one],
            None if noise is None else noise[:, one],
            None if shifts is None else shifts[:, one],
        )
        np.testing.assert_allclose(values.loss[:, k], expected.loss[:, 0], rtol=1e-5)
        np.testing.assert_allclose(values.kl[:, k], expected.kl[:, 0], rtol=1e-4, atol=1e-6)
        for name, weight in alone.state().weights.items():
            # An Adam step is at most the learning rate: 20 steps span 2e-2.
            np.testing.assert_allclose(together.state().weights[name][k], weight[0], atol=1e-5)


def test_divergence_and_reconstruction_add_up_to_the_loss():
    architecture = _architecture("beta_vae")
    values = _engine(architecture, [1], [3.0]).advance(*_inputs(architecture, 4, 1))
    total = values.reconstruction + 3 * values.kl.sum(2)
    np.testing.assert_allclose(values.loss, total, rtol=1e-6)


def test_bfloat16_products_stay_close_to_float32():
    architecture = _architecture("vae")
    inputs = _inputs(architecture, 5, 1)
    exact = _engine(architecture, [1], [1.0]).advance(*inputs)
    mixed = _engine(architecture, [1], [1.0], precision="bfloat16").advance(*inputs)
    assert not np.array_equal(exact.loss, mixed.loss)
    np.testing.assert_allclose(mixed.loss, exact.loss, rtol=2e-3)


def test_adam_is_the_published_one():
    start = torch.linspace(-1, 1, 50)
    mine, theirs = start.clone(), start.clone().requires_grad_()
    adam = Adam(mine, torch.zeros(50), torch.zeros(50), 0)
    optimiser = torch.optim.Adam([theirs], lr=0.01)
    generator = torch.Generator().manual_seed(0)
    for _ in range(100):
        gradient = torch.randn(50, generator=generator) * torch.logspace(-6, 3, 50)
        adam.step(gradient, 0.01)
        theirs.grad = gradient.clone()
        optimiser.step()
    assert (mine - start).abs().max() > 0.05
    torch.testing.assert_close(mine, theirs.detach(), rtol=1e-5, atol=1e-6)
