"""Traversals of latents."""

import numpy as np
from facepatch.figures.network_pictures import Traversals
from facepatch.models.embedding import Embedding
from facepatch.models.traversal import closest_factors, traverse_models, traverse_units


class Painter:
    """A network whose images show the code itself, one value a pixel."""

    def traverse(self, code, unit, values):
        codes = np.tile(np.asarray(code, float), (len(values), 1))
        codes[:, unit] = values
        return np.pad(codes, [(0, 0), (0, 4 - codes.shape[1])]).reshape(-1, 2, 2)


def embedding(codes, kl):
    n_units = codes.shape[1]
    ids = [f"s{i}" for i in range(len(codes))]
    return Embedding(
        units=[f"z{i}" for i in range(n_units)],
        test=codes,
        heldout=codes[:0],
        test_ids=ids,
        heldout_ids=[],
        live=np.ones(n_units, bool),
        kl=np.asarray(kl),
    )


def test_leading_units_move_and_the_others_stay_at_the_typical_face():
    codes = np.array([[9.0, 0, 0], [1, 2, 3], [-7, 4, 6]])
    units, images = traverse_units(Painter(), codes, [0.1, 3.0, 2.0], 2, np.array([-2.0, 2.0]))
    assert units.tolist() == [1, 2]
    assert images[0].reshape(2, 4).tolist() == [[1, -2, 3, 0], [1, 2, 3, 0]]
    assert images[1].reshape(2, 4).tolist() == [[1, 2, -2, 0], [1, 2, 2, 0]]


def test_factors_are_named_by_the_order_of_images_not_by_scale():
    rng = np.random.default_rng(0)
    factors = rng.normal(size=(50, 2))
    codes = np.stack([-np.exp(factors[:, 1]), factors[:, 0] ** 3, np.zeros(50)], axis=1)
    names, r = closest_factors(codes, factors, ["age", "beard"])
    assert names[:2].tolist() == ["beard", "age"]
    assert np.allclose(r, [1, 1, 0])
    nameless, zero = closest_factors(codes, factors[:, :0], [])
    assert set(nameless) == {""}
    assert not zero.any()


def test_models_with_fewer_units_are_padded_and_the_file_keeps_all(tmp_path):
    rng = np.random.default_rng(1)
    codes = rng.normal(size=(20, 3)).astype(np.float32)
    made = traverse_models(
        [Painter(), Painter()],
        [embedding(codes, [1.0, 2.0, 3.0]), embedding(codes[:, :1], [5.0])],
        models=["a", "b"],
        udr=[0.5, 0.4],
        factors=codes[:, [2]],
        factor_names=["yaw"],
        n_units=2,
        values=np.linspace(-1, 1, 3),
    )
    assert made.units.tolist() == [[2, 1], [0, -1]]
    assert made.kl[0].tolist() == [3, 2]
    assert np.isnan(made.kl[1, 1])
    assert made.factors[0, 0] == "yaw"
    assert np.isclose(made.factor_r[0, 0], 1)
    assert made.images.shape == (2, 2, 3, 2, 2)
    made.save(tmp_path / "traversals.npz")
    read = Traversals.load(tmp_path / "traversals.npz")
    for name in made.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(read, name), getattr(made, name))
