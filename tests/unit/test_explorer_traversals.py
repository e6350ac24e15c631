"""Strips of faces for the interactive page: which units, how far, and as which pictures."""

import base64
import io

import explorer_case as case
import numpy as np
import pandas as pd
import pytest
from facepatch.explorer.tiles import TraversalTiles, png_data_uri
from facepatch.explorer.traverse import traversal_tiles, traversed_models
from PIL import Image


def test_png_is_read_back_by_an_independent_reader():
    picture = np.random.default_rng(1).integers(0, 256, (16, 48), np.uint8)
    header, data = png_data_uri(picture).split(",")
    assert header == "data:image/png;base64"
    read = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    np.testing.assert_array_equal(read, picture)


@pytest.mark.parametrize("picture", [np.zeros((2, 2)), np.zeros((2, 2, 3), np.uint8)])
def test_png_refuses_what_is_no_grey_picture(picture):
    with pytest.raises(ValueError, match="grey picture"):
        png_data_uri(picture)


class Painter:
    """A decoder whose image is the code itself, repeated."""

    def traverse(self, code, unit, values):
        codes = np.tile(np.asarray(code, float), (len(values), 1))
        codes[:, unit] = values
        return np.repeat(codes[:, :2, None], 2, axis=2) / 255


def test_beta_vaes_are_traversed_in_prior_deviations_by_falling_divergence():
    embedding = case.embedding_of(0)
    found = traversal_tiles([Painter()], [embedding], models=["m"], n_units=3, n_steps=3, span=2.0)
    assert found.units.tolist() == [4, 3, 2]
    assert found.steps.tolist() == [-2.0, 0.0, 2.0]
    assert found.models.tolist() == ["m"] * 3


def test_dead_units_are_not_traversed():
    found = traversal_tiles(
        [Painter()], [case.embedding_of(0)], models=["m"], n_units=99, n_steps=2, span=1.0
    )
    assert found.units.tolist() == [4, 3, 2, 0]


def test_an_autoencoder_is_traversed_in_deviations_of_its_own_code():
    values = np.array([[10.0, 50.0], [30.0, 50.0], [20.0, 50.0]])
    embedding = case.Embedding(
        units=["a", "b"], test=values, heldout=values[:0], test_ids=list("xyz"),
        heldout_ids=[], live=np.array([True, False]),
    )  # fmt: skip
    found = traversal_tiles([Painter()], [embedding], models=["ae"], n_units=5, n_steps=3, span=2.0)
    assert found.units.tolist() == [0]
    sd = np.sqrt(200 / 3)
    expected = np.rint([20 - 2 * sd, 20, 20 + 2 * sd])
    assert found.tiles[0, :, 0, 0].tolist() == expected.tolist()
    assert (found.tiles[0, :, 1] == 50).all()


def test_a_model_without_live_units_has_no_strip():
    embedding = case.embedding_of(0)
    object.__setattr__(embedding, "live", np.zeros(5, bool))
    found = traversal_tiles([Painter()], [embedding], models=["m"], n_units=3, n_steps=2, span=1.0)
    assert found.strips("m") == []


def test_tiles_are_read_back(tmp_path):
    case.tiles().save(tmp_path / "tiles.npz")
    loaded = TraversalTiles.load(tmp_path / "tiles.npz")
    for name in ("models", "units", "steps", "tiles"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(case.tiles(), name))


def test_traversed_are_the_selected_of_highest_udr_and_one_vae_and_ae():
    models = pd.DataFrame(
        dict(
            family=["beta_vae"] * 4 + ["vae", "vae", "ae", "pca"],
            model=["b0", "b1", "b2", "b3", "v0", "v1", "a0", "p0"],
            selected=[True, True, False, True, True, True, True, True],
            udr=[0.1, 0.3, 0.9, 0.2] + [np.nan] * 4,
            instance=[False, True, False, False, False, True, True, True],
        )
    )
    assert traversed_models(models, 2) == ["b1", "b3", "v1", "a0"]
