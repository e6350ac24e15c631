"""Faces rebuilt from single neurons, gathered for the figure."""

from dataclasses import replace

import numpy as np
import pytest
from facepatch.figures.network_pictures import Reconstructions
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses
from facepatch.scores.faces_from_neurons import gather, reconstruct_models


class Painter:
    """A network whose images show the code itself."""

    def decode(self, codes):
        return np.asarray(codes, np.float32).reshape(-1, 2, 2)


@pytest.fixture
def population():
    """Four units, the last dead; neurons 2, 0, 1 carry units 0, 1, 2 without noise."""
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(60, 4)).astype(np.float32)
    codes[:, 3] = 0.25
    order = [1, 2, 0]
    ids = np.array([f"s{i:02d}" for i in range(60)])
    responses = Responses(
        neurons=np.array(["n0", "n1", "n2"]),
        test=5.0 - 2.0 * codes[:50, order],
        heldout=5.0 - 2.0 * codes[50:, order],
        test_ids=ids[:50],
        heldout_ids=ids[50:],
        reliability=np.ones(3),
        noise_ceiling=np.ones(3),
        silent=np.zeros(3, bool),
    )
    embedding = Embedding(
        units=["z0", "z1", "z2", "z3"],
        test=codes[:50],
        heldout=codes[50:],
        test_ids=ids[:50],
        heldout_ids=ids[50:],
        live=[True, True, True, False],
    )
    return embedding, responses


def test_noiseless_neurons_give_the_faces_back(population, tmp_path):
    embedding, responses = population
    found, r = reconstruct_models(
        [Painter()], [embedding], responses, families=["ae"], models=["ae-s00"]
    )
    originals = embedding.heldout.reshape(-1, 2, 2)
    made = gather(found, r, originals, responses.heldout_ids)
    assert np.allclose(made.decoded[0], originals, atol=1e-5)
    assert np.array_equal(made.autoencoded[0], originals)
    assert dict(zip(made.pair_unit, made.pair_neuron, strict=True)) == {
        "z0": "n2",
        "z1": "n0",
        "z2": "n1",
    }
    assert np.allclose(made.pair_r, 1)
    made.save(tmp_path / "faces.npz")
    read = Reconstructions.load(tmp_path / "faces.npz")
    for name in made.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(read, name), getattr(made, name))


def test_images_in_another_order_are_refused(population):
    embedding, responses = population
    shuffled = replace(embedding, heldout_ids=embedding.heldout_ids[::-1])
    with pytest.raises(ValueError, match="order"):
        reconstruct_models([Painter()], [shuffled], responses, families=["ae"], models=["m"])


def test_no_model_gives_empty_arrays():
    made = gather({}, {}, np.zeros((2, 4, 4)), ["a", "b"])
    assert len(made.models) == 0
    assert len(made.pair_r) == 0
