"""Whole trainings with the native engine: the choice of it, resuming, and bad numbers."""

import dataclasses

import numpy as np
import pytest

pytest.importorskip("torch")

from facepatch.errors import InputError
from facepatch.models.architecture import Architecture
from facepatch.training import engines, native_library
from facepatch.training import trainer as training
from facepatch.training.engines import choose_engine, choose_engine_precision
from facepatch.training.native_library import NativeUnavailableError, load_library
from facepatch.training.trainer import TrainingSpec, TrainingStoppedError, train
from native_case import smooth_images

IMAGES = smooth_images(40, 32)
ARCHITECTURE = Architecture("beta_vae", 32, latents=6, hidden=32)
SPEC = TrainingSpec("model", 5, ARCHITECTURE, steps=30, batch_size=8, beta=2.0, snapshots=(0.5,))


@pytest.fixture
def library():
    try:
        return load_library()
    except NativeUnavailableError as reason:
        pytest.skip(f"no native library: {reason}")


@pytest.fixture
def no_compiler(monkeypatch):
    monkeypatch.setenv("CXX", "compiler-that-is-not-there")
    load_library.cache_clear()
    yield
    load_library.cache_clear()


class StopAfter:
    """Say stop when asked for the n-th time."""

    def __init__(self, n):
        self.left = n

    def __call__(self):
        self.left -= 1
        return self.left <= 0


@pytest.mark.parametrize("family", ["beta_vae", "vae", "ae"])
def test_trainings_end_where_torch_ends(library, family):
    spec = dataclasses.replace(SPEC, architecture=Architecture(family, 32, latents=6, hidden=32))
    native, torch = (train([spec], IMAGES, engine=engine)[0] for engine in ("native", "torch"))
    for column in ("loss", "reconstruction"):
        np.testing.assert_allclose(native.curve[column], torch.curve[column], rtol=1e-6)
    np.testing.assert_array_equal(native.curve["n_live"], torch.curve["n_live"])
    for name, weights in torch.weights.items():
        np.testing.assert_allclose(native.weights[name], weights, atol=2e-4)


def test_stopping_again_and_again_changes_no_bit(library, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "MAX_CHUNK", 3)
    whole = train([SPEC], IMAGES, engine="native")[0]
    checkpoint = tmp_path / "checkpoint.safetensors"
    stops = 0
    while True:
        try:
            pieces = train(
                [SPEC], IMAGES, engine="native", checkpoint=checkpoint, stop=StopAfter(4)
            )[0]
            break
        except TrainingStoppedError:
            stops += 1
    assert stops >= 3
    for ours, theirs in (
        (whole.weights, pieces.weights),
        (whole.snapshots[0.5], pieces.snapshots[0.5]),
    ):
        for name, weights in ours.items():
            np.testing.assert_array_equal(weights, theirs[name])
    np.testing.assert_array_equal(whole.curve["loss"], pieces.curve["loss"])


def test_a_checkpoint_of_the_other_engine_is_not_continued(library, tmp_path, capsys):
    checkpoint = tmp_path / "checkpoint.safetensors"
    with pytest.raises(TrainingStoppedError):
        train([SPEC], IMAGES, engine="torch", checkpoint=checkpoint, stop=StopAfter(2))
    trained = train([SPEC], IMAGES, engine="native", checkpoint=checkpoint)[0]
    assert "made under other settings" in capsys.readouterr().out
    fresh = train([SPEC], IMAGES, engine="native")[0]
    np.testing.assert_array_equal(trained.curve["loss"], fresh.curve["loss"])


def test_a_loss_that_is_not_finite_ends_the_training_with_a_message(library):
    images = IMAGES.copy()
    images[3, 5, 5] = np.inf
    with pytest.raises(InputError, match=r"training of model, step .*Lower the learning rate"):
        train([SPEC], images, engine="native")


def test_auto_is_native_where_it_can_be(library):
    assert choose_engine("auto", ARCHITECTURE, 8, "cpu") == "native"
    assert choose_engine("native", ARCHITECTURE, 8, "cpu") == "native"
    assert choose_engine("torch", ARCHITECTURE, 8, "cpu") == "torch"
    classifier = Architecture("classifier", 32, n_classes=4)
    assert choose_engine("native", classifier, 8, "cpu") == "torch"
    assert choose_engine("auto", ARCHITECTURE, 8, "cuda") == "torch"
    with pytest.raises(InputError, match="native' with device cuda"):
        choose_engine("native", ARCHITECTURE, 8, "cuda")
    assert choose_engine_precision("bfloat16", "native", "cpu") == "bfloat16"
    expected = "bfloat16" if library.facepatch_has_bfloat16() else "float32"
    assert choose_engine_precision("auto", "native", "cpu") == expected


def test_a_network_that_the_library_lacks_trains_in_torch(library, capsys):
    narrow = Architecture("vae", 32, hidden=20)
    assert choose_engine("auto", narrow, 8, "cpu") == "torch"
    assert "lacks 20 hidden units, not a multiple of 16" in capsys.readouterr().out
    with pytest.raises(InputError, match="lacks 20 hidden units"):
        choose_engine("native", narrow, 8, "cpu")


def test_without_a_compiler_auto_says_so_in_one_line_and_takes_torch(no_compiler, capsys):
    assert choose_engine("auto", ARCHITECTURE, 8, "cpu") == "torch"
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "no C++ compiler found" in said
    assert native_library.REMEDY in said
    with pytest.raises(InputError, match="no C\\+\\+ compiler found"):
        choose_engine("native", ARCHITECTURE, 8, "cpu")


def test_every_engine_has_its_own_identity(library):
    identities = {e.identity("cpu", p) for e in engines.ENGINES.values() for p in ("a", "b")}
    assert len(identities) == 2 * len(engines.ENGINES)
