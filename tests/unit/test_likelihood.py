import numpy as np
import pytest
from facepatch.models.likelihood import excess_nll
from sklearn.metrics import log_loss


def test_against_log_loss_with_weighted_labels():
    rng = np.random.default_rng(0)
    images, reconstructions = rng.random((2, 4, 4)), rng.uniform(0.05, 0.95, (2, 4, 4))
    found = excess_nll(images, reconstructions)
    for k in range(2):
        x = images[k].ravel()
        # A grey pixel counts as white with weight x and as black with weight 1 - x.
        labels, weights = np.repeat([1, 0], len(x)), np.concatenate([x, 1 - x])
        crossed, own = (
            log_loss(labels, np.tile(y, 2), sample_weight=weights)
            for y in (reconstructions[k].ravel(), x)
        )
        assert found[k] == pytest.approx(crossed - own, rel=1e-10)


def test_perfect_reconstruction_scores_zero():
    images = np.random.default_rng(0).random((3, 5, 5))
    np.testing.assert_allclose(excess_nll(images, images), 0, atol=1e-12)


def test_black_and_white_pixels_are_clipped():
    images = np.array([[0.0, 1.0]])
    np.testing.assert_allclose(excess_nll(images, images), 1e-6, rtol=1e-3)
    np.testing.assert_allclose(excess_nll(images, 1 - images), -np.log(1e-6), rtol=1e-9)


def test_uninformative_grey():
    # BCE(x, 1/2) is ln 2 whatever x; BCE(x, x) is the entropy of x.
    assert excess_nll([[0.25]], [[0.5]])[0] == pytest.approx(
        np.log(2) + 0.25 * np.log(0.25) + 0.75 * np.log(0.75)
    )
