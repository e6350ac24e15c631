from types import SimpleNamespace

import draw_neurons
import embed_factors
import import_embeddings
import numpy as np
import pandas as pd
import pytest
import rotate_units
from facepatch.errors import InputError
from facepatch.models.embedding import Embedding
from facepatch.models.neuron_subsets import draw_neurons as draw
from facepatch.models.rotation import rotation_of_live
from facepatch.neurons.responses import Responses

MAIN = [f"m{k}" for k in range(30)]
HELDOUT = [f"h{k}" for k in range(5)]


def _responses(n_neurons=12, silent=()):
    rng = np.random.default_rng(0)
    rates = rng.poisson(5, (35, n_neurons)).astype(float)
    rates[:, list(silent)] = 0
    nothing = np.full(n_neurons, np.nan)
    return Responses(
        neurons=np.array([f"n{k:02d}" for k in range(n_neurons)]),
        test=rates[:30],
        heldout=rates[30:],
        test_ids=np.array(MAIN),
        heldout_ids=np.array(HELDOUT),
        reliability=nothing,
        noise_ceiling=nothing,
        silent=np.isin(np.arange(n_neurons), list(silent)),
    )


def _beta_vae(live, seed):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((65, len(live))) * np.linspace(0.5, 2, len(live))
    return Embedding(
        units=[f"z{k}" for k in range(len(live))],
        train=values[35:],
        test=values[:30],
        heldout=values[30:35],
        test_ids=MAIN,
        heldout_ids=HELDOUT,
        live=live,
        kl=np.where(live, 1.0, 0.0),
    )


def _selection(path, n_live):
    frame = pd.DataFrame(
        {
            "model": [f"beta_vae-b1.0-s{k:02d}" for k in range(len(n_live))],
            "udr": 0.5,
            "n_live": n_live,
            "n_units": 10,
            "selected": True,
            "rank": range(len(n_live) - 1, -1, -1),
        }
    )
    frame.to_csv(path, index=False)
    return path


def _draw_neurons(folder, responses, n_live, seed=1):
    responses.save(folder / "responses.npz")
    models = [{"id": f"neurons-s{k:02d}", "rank": k} for k in range(len(n_live))]
    outputs = [folder / f"{model['id']}.npz" for model in models]
    draw_neurons.main(
        SimpleNamespace(
            input=SimpleNamespace(
                selection=_selection(folder / "selection.csv", n_live[::-1]),
                responses=folder / "responses.npz",
            ),
            output=SimpleNamespace(embeddings=outputs),
            params=SimpleNamespace(models=models, seed=seed),
            log=[],
        )
    )
    return [Embedding.load(path) for path in outputs]


def test_subsets_are_as_sparse_as_the_beta_vaes_of_their_rank(tmp_path):
    responses = _responses(silent=(3, 7))
    subsets = _draw_neurons(tmp_path, responses, [3, 0, 1, 5])
    assert [subset.n_live for subset in subsets] == [3, 0, 1, 5]
    for subset in subsets:
        drawn = subset.extra["neurons"]
        places = np.flatnonzero(np.isin(responses.neurons, drawn))
        assert len(subset.units) == 10
        assert list(subset.units[: len(drawn)]) == list(drawn)
        assert not set(drawn) & {"n03", "n07"}
        assert np.array_equal(subset.values("test")[:, : len(drawn)], responses.test[:, places])
        assert np.array_equal(subset.heldout[:, : len(drawn)], responses.heldout[:, places])
        assert not subset.test[:, len(drawn) :].any()
        assert subset.train.shape == (0, 10)


def test_at_most_half_of_the_neurons_that_respond_are_drawn():
    silent = np.zeros(9, bool)
    silent[[1, 4]] = True
    rng = np.random.default_rng(0)
    draws = [draw(silent, 50, rng) for _ in range(200)]
    assert {len(drawn) for drawn in draws} == {3}
    assert set(np.concatenate(draws)) == {0, 2, 3, 5, 6, 7, 8}


def test_other_seeds_draw_other_neurons(tmp_path):
    first, second = (_draw_neurons(tmp_path, _responses(), [5], seed)[0] for seed in (1, 2))
    assert list(first.extra["neurons"]) != list(second.extra["neurons"])


@pytest.mark.parametrize("n_live", [0, 1, 2, 6])
def test_a_rotation_mixes_live_units_only_and_keeps_lengths(n_live):
    live = np.zeros(8, bool)
    live[[1, 2, 4, 5, 6, 7][:n_live]] = True
    matrix = rotation_of_live(live, np.random.default_rng(0))
    assert matrix @ matrix.T == pytest.approx(np.eye(8), abs=1e-12)
    assert np.array_equal(matrix[~live], np.eye(8)[~live])
    if n_live > 1:
        assert (np.abs(matrix[np.ix_(live, live)]) < 0.999).all()


def test_rotations_are_uniform_over_directions():
    rng = np.random.default_rng(0)
    first = np.array([rotation_of_live(np.ones(3, bool), rng)[0] for _ in range(4000)])
    # Each coordinate of a uniform direction in space is uniform on [-1, 1].
    assert first.mean(axis=0) == pytest.approx(0, abs=0.04)
    assert np.quantile(first, [0.1, 0.5, 0.9]) == pytest.approx([-0.8, 0, 0.8], abs=0.04)


def test_the_rotated_control_says_the_same_of_each_image_with_the_same_sparsity(tmp_path):
    live = np.array([True, False, True, True, False, True, False, True, True, False])
    sources = [f"beta_vae-b1.0-s{k:02d}" for k in range(2)]
    originals = [_beta_vae(live, seed) for seed in range(2)]
    for source, embedding in zip(sources, originals, strict=True):
        embedding.save(tmp_path / f"{source}.npz")
    models = [{"id": f"beta_vae_rotated-r{k:02d}", "rank": k} for k in range(2)]
    outputs = [tmp_path / f"{model['id']}.npz" for model in models]
    rotate_units.main(
        SimpleNamespace(
            input=SimpleNamespace(
                selection=_selection(tmp_path / "selection.csv", [6, 6]),
                embeddings=[tmp_path / f"{source}.npz" for source in sources],
            ),
            output=SimpleNamespace(embeddings=outputs),
            params=SimpleNamespace(models=models, sources=sources, seed=1),
            log=[],
        )
    )
    for path, source, original in zip(outputs, sources[::-1], originals[::-1], strict=True):
        rotated = Embedding.load(path)
        assert str(rotated.extra["source"]) == source
        assert np.array_equal(rotated.live, live)
        assert rotated.kl is None
        for split in ("train", "test", "heldout"):
            before, after = original.values(split), rotated.values(split)
            assert after @ after.T == pytest.approx(before @ before.T, abs=1e-4)
            assert not np.allclose(after, before)


def _stimuli(path, factors=True):
    frame = pd.DataFrame({"stimulus": MAIN + HELDOUT, "image": "", "split": "main"})
    frame.loc[30:, "split"] = "heldout"
    if factors:
        frame["factor_age"] = np.linspace(20, 60, 35)
        frame["factor_fixed"] = 3.0
    frame.to_csv(path, index=False)
    return path


def _embed_factors(folder, n_units, **options):
    smk = SimpleNamespace(
        input=SimpleNamespace(stimuli=_stimuli(folder / "stimuli.csv", **options)),
        output=SimpleNamespace(embedding=folder / "factors-true.npz"),
        params=SimpleNamespace(n_units=n_units),
        log=[],
    )
    embed_factors.main(smk)
    return Embedding.load(smk.output.embedding)


def test_true_factors_are_padded_to_the_size_of_the_beta_vaes(tmp_path):
    factors = _embed_factors(tmp_path, 5)
    assert list(factors.units) == ["age", "fixed", "dead_02", "dead_03", "dead_04"]
    assert factors.live.tolist() == [True, False, False, False, False]
    ages = np.linspace(20, 60, 35)
    assert factors.test[:, 0] == pytest.approx(ages[:30], rel=1e-6)
    assert factors.heldout[:, 0] == pytest.approx(ages[30:], rel=1e-6)
    assert len(_embed_factors(tmp_path, 1).units) == 2


def test_a_dataset_without_factors_has_no_such_family(tmp_path):
    with pytest.raises(InputError, match="no column whose name starts with 'factor_'"):
        _embed_factors(tmp_path, 5, factors=False)


def _import(folder, frame):
    frame.to_csv(folder / "mine.csv", index=False)
    smk = SimpleNamespace(
        input=SimpleNamespace(
            files=[folder / "mine.csv"], stimuli=_stimuli(folder / "stimuli.csv")
        ),
        output=SimpleNamespace(embeddings=[folder / "external-mine.npz"]),
        log=[],
    )
    import_embeddings.main(smk)
    return Embedding.load(smk.output.embeddings[0])


def _external_frame():
    names = ["unused", *HELDOUT[::-1], *MAIN[::-1]]
    return pd.DataFrame({"stimulus": names, "u0": np.arange(36.0), "u1": 2.5})


def test_external_rows_are_put_in_the_order_of_the_run_by_id(tmp_path):
    embedding = _import(tmp_path, _external_frame())
    assert list(embedding.test_ids) == MAIN
    assert embedding.test[:, 0].tolist() == list(range(35, 5, -1))
    assert embedding.heldout[:, 0].tolist() == [5, 4, 3, 2, 1]
    assert embedding.live.tolist() == [True, False]


def test_external_embeddings_must_cover_the_run(tmp_path):
    with pytest.raises(InputError, match=r"mine\.csv.*'m7'"):
        _import(tmp_path, _external_frame().query("stimulus != 'm7'"))
