import math

import numpy as np
import pytest
from facepatch.models.architecture import Architecture, initial_weights, parameter_shapes


def test_size_of_the_published_network():
    # Summed by hand from paper_spec 2.1: 64 x 64 pixels, 50 latents, hidden width 128.
    convolutions = 16 * (1 * 32 + 32 * 32 + 32 * 64 + 64 * 64)
    encoder = convolutions + (32 + 32 + 64 + 64) + (1024 * 128 + 128) + (128 * 100 + 100)
    decoder = (50 * 128 + 128) + (128 * 1024 + 1024) + convolutions + (64 + 32 + 32 + 1)
    shapes = parameter_shapes(Architecture("beta_vae", 64))
    assert sum(math.prod(shape) for shape in shapes.values()) == encoder + decoder


def test_families_differ_only_where_they_must():
    vae = parameter_shapes(Architecture("vae", 32))
    ae = parameter_shapes(Architecture("ae", 32))
    assert vae == parameter_shapes(Architecture("beta_vae", 32))
    assert {name for name in vae if vae[name] != ae[name]} == {
        "encoder.code.weight",
        "encoder.code.bias",
    }
    classifier = parameter_shapes(Architecture("classifier", 32, latents=7, n_classes=11))
    assert classifier["encoder.code.weight"] == (7, 128)
    assert classifier["classes.weight"] == (11, 7)
    assert not any(name.startswith("decoder") for name in classifier)


@pytest.mark.parametrize("size", [16, 48, 256])
def test_any_multiple_of_16(size):
    shapes = parameter_shapes(Architecture("ae", size))
    assert shapes["encoder.hidden.weight"] == (128, 64 * (size // 16) ** 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"family": "gan"},
        {"image_size": 40},
        {"image_size": 0},
        {"latents": 0},
        {"n_classes": 3},
        {"family": "classifier"},
    ],
)
def test_impossible_architectures(wrong):
    with pytest.raises(ValueError, match=r"family|multiple|at least|classes"):
        Architecture(**{"family": "vae", "image_size": 32} | wrong)


def test_initial_weights_are_uniform_in_their_bounds():
    weights = initial_weights(Architecture("vae", 32), seed=3)
    values = weights["encoder.conv2.weight"]
    bound = 1 / math.sqrt(32 * 16)
    assert values.dtype == np.float32
    assert np.abs(values).max() <= bound
    assert values.var() == pytest.approx(bound**2 / 3, rel=0.05)
    assert np.abs(weights["encoder.conv2.bias"]).max() <= bound


def test_each_parameter_has_its_own_stream():
    first = initial_weights(Architecture("vae", 32), seed=3)
    again = initial_weights(Architecture("vae", 32, latents=9), seed=3)
    other = initial_weights(Architecture("vae", 32), seed=4)
    for name, values in first.items():
        assert not np.array_equal(values, other[name])
        if values.shape == again[name].shape and name != "decoder.hidden.bias":
            np.testing.assert_array_equal(values, again[name])
