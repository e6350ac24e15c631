import numpy as np
import pytest
import safetensors.numpy
from facepatch.errors import InputError
from facepatch.models.architecture import Architecture, initial_weights
from facepatch.models.model_files import load_model, save_model

ARCHITECTURE = Architecture("beta_vae", 16, latents=3, hidden=8)


def test_what_goes_in_comes_out(tmp_path):
    weights = initial_weights(ARCHITECTURE, 1)
    save_model(tmp_path / "m.safetensors", "beta_vae-b4.0-s00", ARCHITECTURE, weights)
    model, architecture, loaded = load_model(tmp_path / "m.safetensors")
    assert model == "beta_vae-b4.0-s00"
    assert architecture == ARCHITECTURE
    assert loaded.keys() == weights.keys()
    for name, weight in weights.items():
        np.testing.assert_array_equal(weight, loaded[name])


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        weights = initial_weights(ARCHITECTURE, 1)
        save_model(tmp_path / name, "m", ARCHITECTURE, weights)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def _not_a_network(path):
    path.write_bytes(b"hello")


def _someone_elses(path):
    safetensors.numpy.save_file({"weight": np.zeros(3)}, path)


def _cut_off(path):
    save_model(path, "m", ARCHITECTURE, initial_weights(ARCHITECTURE, 1))
    path.write_bytes(path.read_bytes()[:-1])


def _incomplete(path):
    save_model(path, "m", ARCHITECTURE, initial_weights(ARCHITECTURE, 1))
    with safetensors.safe_open(path, "np") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    tensors.pop("decoder.deconv4.bias")
    safetensors.numpy.save_file(tensors, path, metadata)


def _missing(path):
    assert not path.exists()


@pytest.mark.parametrize("spoil", [_not_a_network, _someone_elses, _cut_off, _incomplete, _missing])
def test_anything_else_is_one_clear_message(spoil, tmp_path):
    path = tmp_path / "model.safetensors"
    spoil(path)
    with pytest.raises(InputError, match=r"model\.safetensors: found .*Delete the file"):
        load_model(path)
