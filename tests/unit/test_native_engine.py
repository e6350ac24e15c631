"""The native engine against PyTorch, step by step, and against float64, layer by layer."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from facepatch.training import native_library  # noqa: E402
from facepatch.training.native_engine import NativeEngine, NativeNetwork  # noqa: E402
from facepatch.training.native_library import FLAGS, build_library, load_library  # noqa: E402
from facepatch.training.torch_engine import TorchEngine  # noqa: E402
from native_case import Case  # noqa: E402

SHAPES = [
    Case("beta_vae", size=64, batch=16, latents=50, steps=20),
    Case("ae", size=64, batch=8, latents=50, steps=20),
    Case("vae", size=32, batch=8, latents=10, steps=20),
    Case("beta_vae", size=16, batch=24, latents=64, steps=20),  # maps of one pixel
    Case("ae", size=48, batch=8, latents=5, steps=20),  # maps of an odd side
    Case("beta_vae", size=32, batch=16, latents=17, channels=(16, 48, 80), hidden=48, steps=20),
    Case("vae", size=256, batch=8, latents=20, channels=(16, 16, 32, 32), steps=20),
]


@pytest.fixture(scope="module")
def library():
    try:
        return load_library()
    except native_library.NativeUnavailableError as reason:
        pytest.skip(f"no native library: {reason}")


def torch_engine(case, precision="float32"):
    return TorchEngine(
        case.architecture, case.images, None, [case.beta], case.learning_rate,
        "cpu", precision, case.state(), 0,
    )  # fmt: skip


def torch_values(case):
    engine = torch_engine(case)
    noise = None if case.noise is None else case.noise[:, None]
    return engine, engine.advance(case.order[:, None], noise, None)


def network_of(library, case, precision="float32"):
    network = NativeNetwork(library, case.architecture, case.batch, precision)
    network.write("weights", case.weights)
    return network


def train(network, case, first=0, last=None):
    noise = None if case.noise is None else case.noise[first:last]
    return network.train(
        case.images, case.order[first:last], noise, case.beta, case.learning_rate, first
    )


@pytest.mark.parametrize("case", SHAPES, ids=str)
def test_losses_are_those_of_torch(library, case):
    engine, expected = torch_values(case)
    for precision, tolerance in (("float32", 1e-6), ("bfloat16", 1e-4)):
        network = network_of(library, case, precision)
        values = train(network, case)
        for name in ("loss", "reconstruction"):
            np.testing.assert_allclose(
                getattr(values, name), getattr(expected, name), rtol=tolerance, err_msg=precision
            )
        # In bfloat16 single units drift apart sooner than their sum, which the loss holds.
        compared = slice(None) if precision == "float32" else slice(1)
        kl, expected_kl = values.kl[compared], expected.kl[compared]
        np.testing.assert_allclose(kl, expected_kl, rtol=0.03, atol=1e-6)
    start, trained = case.weights, engine.state().weights
    in_float32 = network_of(library, case)
    train(in_float32, case)
    for name, weights in in_float32.read("weights").items():
        moved = np.linalg.norm(trained[name][0] - start[name])
        assert np.linalg.norm(weights - trained[name][0]) < 0.02 * moved, name


def errors(gradients, expected):
    """Return the relative error of each layer's gradient."""
    return {
        name: np.linalg.norm(gradient - expected[name]) / np.linalg.norm(expected[name])
        for name, gradient in gradients.items()
    }


def torch_gradient(case, precision):
    engine = torch_engine(case, precision)
    noise = None if case.noise is None else case.noise[:1, None]
    engine.advance(case.order[:1, None], noise, None)
    # After one step Adam's running mean is a tenth of the gradient.
    return {name: mean[0] / 0.1 for name, mean in engine.state().first.items()}


@pytest.mark.parametrize("case", SHAPES, ids=str)
def test_gradients_of_every_layer_are_those_of_float64(library, case):
    expected_loss, expected = case.float64_gradient()
    # In bfloat16 the measure is what rounding does to the same network in PyTorch.
    rounding = errors(torch_gradient(case, "bfloat16"), expected)
    for precision in ("float32", "bfloat16"):
        network = network_of(library, case, precision)
        values = train(network, case, last=1)
        accuracy = {"float32": 1e-6, "bfloat16": 1e-4}[precision]
        assert values.loss[0, 0] == pytest.approx(expected_loss, rel=accuracy)
        for name, error in errors(network.read("gradient"), expected).items():
            bound = 1e-5 if precision == "float32" else 3 * rounding[name]
            assert error < bound, (precision, name, error)


@pytest.mark.parametrize("lanes", [4, 16])
def test_layouts_of_other_machines_give_the_same_losses(library, tmp_path, lanes):
    flags = (*FLAGS, "-O1", f"-DFACEPATCH_LANES={lanes}")
    other = load_library(build_library(flags, tmp_path))
    assert other.facepatch_lanes() == lanes
    for case in (SHAPES[3], SHAPES[5]):
        for precision in ("float32", "bfloat16"):
            expected = train(network_of(library, case, precision), case, last=5)
            values = train(network_of(other, case, precision), case, last=5)
            np.testing.assert_allclose(
                values.loss, expected.loss, rtol=1e-6 if precision == "float32" else 1e-5
            )


@pytest.mark.parametrize("family", ["beta_vae", "ae"])
def test_saturated_pixels_have_the_right_loss(library, family):
    case = Case(family, size=32, steps=1, contrast=3000.0)
    expected_loss, expected = case.float64_gradient()
    network = network_of(library, case)
    assert train(network, case).loss[0, 0] == pytest.approx(expected_loss, rel=1e-5)
    for name, error in errors(network.read("gradient"), expected).items():
        assert error < 1e-4, name


def test_weights_come_back_as_they_went_in(library):
    case = Case("vae", size=48, latents=7)
    network = network_of(library, case)
    for name, array in network.read("weights").items():
        np.testing.assert_array_equal(array, case.weights[name])


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_interrupted_steps_give_the_same_bits(library, precision):
    case = Case("beta_vae", steps=9)
    whole = network_of(library, case, precision)
    values = train(whole, case)
    first = network_of(library, case, precision)
    before = train(first, case, last=4)
    second = NativeNetwork(library, case.architecture, case.batch, precision)
    for which in ("weights", "first", "second"):
        second.write(which, first.read(which))
    after = train(second, case, first=4)
    np.testing.assert_array_equal(np.concatenate([before.loss, after.loss]), values.loss)
    for which in ("weights", "first", "second"):
        for name, array in second.read(which).items():
            np.testing.assert_array_equal(array, whole.read(which)[name])


def test_engine_trains_each_of_its_models_by_itself(library):
    case = Case("beta_vae", steps=6)
    one = case.state()
    two = {
        which: {name: np.concatenate([a, a[::-1] * 2]) for name, a in getattr(one, which).items()}
        for which in ("weights", "first", "second")
    }
    engine = NativeEngine(
        case.architecture, case.images, None, [4.0, 0.5], 1e-4, "cpu", "float32",
        type(one)(**two), 0,
    )  # fmt: skip
    order = np.stack([case.order, case.order[::-1]], axis=1)
    noise = np.stack([case.noise, case.noise[::-1]], axis=1)
    values = engine.advance(order[:2], noise[:2], None)
    more = engine.advance(order[2:], noise[2:], None)
    loss = np.concatenate([values.loss, more.loss])
    assert loss.shape == (6, 2)
    np.testing.assert_array_equal(loss[:, :1], train(network_of(library, case), case).loss)
    other = NativeNetwork(library, case.architecture, case.batch, "float32")
    other.write("weights", {name: array[1] for name, array in two["weights"].items()})
    expected = other.train(case.images, case.order[::-1], case.noise[::-1], 0.5, 1e-4, 0)
    np.testing.assert_array_equal(loss[:, 1:], expected.loss)
    name = "decoder.hidden.weight"
    np.testing.assert_array_equal(engine.state().weights[name][1], other.read("weights")[name])


def test_training_ends_at_a_loss_that_is_not_finite(library):
    case = Case("ae", steps=6)
    case.images[case.order[3, 0], 0, 0] = np.nan
    first_bad = next(s for s in range(6) if case.order[3, 0] in case.order[s])
    network = network_of(library, case)
    values = train(network, case)
    assert len(values.loss) == first_bad + 1
    assert np.isfinite(values.loss[:-1]).all()
    assert np.isnan(values.loss[-1])
    assert all(np.isfinite(array).all() for array in network.read("weights").values())


@pytest.mark.parametrize(
    "layer", ["encoder.conv1", "encoder.hidden", "encoder.code", "decoder.grid", "decoder.deconv2"]
)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_no_layer_hides_a_weight_that_is_not_a_number(library, layer, precision):
    case = Case("beta_vae", steps=1)
    case.weights[f"{layer}.weight"].flat[3] = np.nan
    assert np.isnan(train(network_of(library, case, precision), case).loss[0, 0])


@pytest.mark.parametrize(
    ("case", "what"),
    [
        (dict(channels=(32, 40)), "40 channels"),
        (dict(hidden=100), "100 hidden"),
        (dict(size=24, channels=(32, 32, 64)), "24 pixels"),
        (dict(size=272), "272 pixels"),
    ],
)
def test_what_the_library_cannot_do_is_said(library, case, what):
    with pytest.raises(ValueError, match=what):
        NativeNetwork(library, Case(**case).architecture, 8, "float32")


def test_wrong_arrays_are_refused_before_they_reach_the_library(library):
    case = Case("beta_vae", steps=2)
    network = network_of(library, case)
    with pytest.raises(ValueError, match="rows outside"):
        network.train(case.images[:3], case.order, case.noise, 1.0, 1e-4, 0)
    with pytest.raises(ValueError, match="noise"):
        network.train(case.images, case.order, case.noise[:, :, :3], 1.0, 1e-4, 0)
    with pytest.raises(ValueError, match="float32"):
        network.train(case.images.astype(float), case.order, case.noise, 1.0, 1e-4, 0)
