import numpy as np
import pytest
import torch
from facepatch.errors import InputError
from facepatch.models import reconstruction
from facepatch.models.architecture import Architecture, initial_weights
from facepatch.models.likelihood import excess_nll
from facepatch.models.model_files import save_model
from facepatch.models.network_embedding import embed_network
from facepatch.models.reconstruction import Autoencoder, load_decoder, load_network

IMAGES = np.random.default_rng(0).random((30, 16, 16)).astype(np.float32)


def _network(family, latents=4, n_classes=0):
    architecture = Architecture(family, 16, latents=latents, hidden=16, n_classes=n_classes)
    weights = initial_weights(architecture, 2)
    # Divergences on both sides of the threshold
    weights["encoder.code.weight"][0] *= 30
    return Autoencoder(architecture, weights)


def test_divergence_is_that_of_torch(monkeypatch):
    network = _network("beta_vae")
    described = network.describe(IMAGES)
    pixels = torch.tensor(IMAGES)[:, None]
    mean, log_variance = reconstruction.networks.encode(
        network._weights, network.architecture, pixels
    )
    posterior = torch.distributions.Normal(mean[0], torch.exp(log_variance[0] / 2))
    expected = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    np.testing.assert_allclose(described.kl, expected.mean(0), rtol=1e-4)
    np.testing.assert_allclose(described.codes, mean[0], atol=1e-7)
    expected = excess_nll(IMAGES, network.decode(described.codes))
    np.testing.assert_allclose(described.nll, expected, rtol=1e-6)


def test_batches_do_not_show(monkeypatch):
    network = _network("vae")
    whole = network.describe(IMAGES)
    monkeypatch.setattr(reconstruction, "BATCH", 7)
    parts = network.describe(IMAGES)
    for name in ("codes", "kl", "nll"):
        np.testing.assert_allclose(getattr(whole, name), getattr(parts, name), atol=1e-6)
    np.testing.assert_allclose(network.decode(whole.codes), network.decode(parts.codes), atol=1e-6)


def test_no_images_are_no_codes():
    described = _network("ae").describe(IMAGES[:0])
    assert described.codes.shape == (0, 4)
    assert described.kl is None


def test_traversal_changes_one_unit():
    network = _network("ae")
    code = np.array([0.1, -0.2, 0.3, 0.4])
    images = network.traverse(code, 2, [-1.0, 0.3, 1.0])
    np.testing.assert_allclose(images[1], network.decode(code[None])[0], atol=1e-6)
    np.testing.assert_allclose(images[0], network.decode([[0.1, -0.2, -1, 0.4]])[0], atol=1e-6)
    assert not np.allclose(images[0], images[2], atol=1e-4)


def test_live_units_of_a_vae_exceed_the_threshold():
    network = _network("beta_vae")
    kl = network.describe(IMAGES).kl
    threshold = float(np.sort(kl)[2] + np.sort(kl)[3]) / 2
    ids = [f"s{k}" for k in range(30)]
    embedding = embed_network(network, IMAGES, IMAGES, IMAGES[:2], ids, ids[:2], threshold)
    assert embedding.n_live == 1
    assert embedding.live[np.argmax(kl)]
    np.testing.assert_array_equal(embedding.kl, kl)
    assert {split: len(nll) for split, nll in embedding.nll.items()} == {
        "train": 30,
        "test": 30,
        "heldout": 2,
    }


def test_live_units_of_a_classifier_vary():
    network = _network("classifier", n_classes=30)
    network._weights["encoder.code.weight"][0, 1] = 0
    ids = [f"s{k}" for k in range(30)]
    embedding = embed_network(network, IMAGES, IMAGES, IMAGES[:2], ids, ids[:2])
    assert list(embedding.live) == [True, False, True, True]
    assert embedding.kl is None
    assert embedding.nll == {}


def test_a_classifier_cannot_decode(tmp_path):
    path = tmp_path / "classifier-n4.safetensors"
    architecture = Architecture("classifier", 16, latents=4, n_classes=3)
    save_model(path, "classifier-n4", architecture, initial_weights(architecture, 1))
    assert load_network(path).architecture == architecture
    with pytest.raises(InputError, match="cannot reconstruct"):
        load_decoder(path)
