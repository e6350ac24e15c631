"""Batches write one result per model, take unchanged ones back, and refuse strange stimuli."""

import json
from dataclasses import asdict
from types import SimpleNamespace

import fit_encoding
import numpy as np
import pytest
import remix_alignment
from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.batches import target_neurons
from facepatch.encoding.fits import EncodingResult, encode, split_rows
from facepatch.errors import InputError
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses
from facepatch.seeds import generator

N_MAIN, N_HELDOUT, N_NEURONS = 120, 30, 7


def make_embedding(seed, ids, neurons=None):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((N_MAIN + N_HELDOUT, 5))
    live = np.array([True, True, True, False, True])
    extra = {} if neurons is None else {"neurons": np.array(neurons)}
    return Embedding(
        units=[f"unit_{unit}" for unit in range(5)],
        test=values[:N_MAIN],
        heldout=values[N_MAIN:],
        test_ids=ids[:N_MAIN],
        heldout_ids=ids[N_MAIN:],
        live=live,
        extra=extra,
    )


@pytest.fixture
def run(tmp_path):
    """Two models and a population on disk, and the `snakemake` objects of both scripts."""
    ids = np.array([f"face_{index:04d}" for index in range(N_MAIN + N_HELDOUT)])
    embeddings = [make_embedding(0, ids), make_embedding(1, ids, ["n2", "n5"])]
    paths = [tmp_path / f"{name}.npz" for name in ("one", "two")]
    for embedding, path in zip(embeddings, paths, strict=True):
        embedding.save(path)
    rng = np.random.default_rng(9)
    values = np.vstack([embeddings[0].test, embeddings[0].heldout])
    rates = values @ rng.standard_normal((5, N_NEURONS)) + rng.standard_normal((150, N_NEURONS))
    rates[:, 6] = 0.1
    Responses(
        neurons=np.array([f"n{n}" for n in range(N_NEURONS)]),
        test=rates[:N_MAIN],
        heldout=rates[N_MAIN:],
        test_ids=ids[:N_MAIN],
        heldout_ids=ids[N_MAIN:],
        reliability=np.full(N_NEURONS, np.nan),
        noise_ceiling=np.full(N_NEURONS, np.nan),
        silent=np.arange(N_NEURONS) == 6,
    ).save(tmp_path / "responses.npz")
    grid = {"n_folds": 5, "n_alphas": 20, "eps": 1e-2, "train_fraction": 0.8, "seed": 3}
    common = grid | {"models": ["one", "two"], "key": "code"}
    encodings = [tmp_path / "encoding" / f"{name}.npz" for name in ("one", "two")]
    heldout = [path.with_stem(path.stem + "_heldout") for path in encodings]
    fit = SimpleNamespace(
        input=SimpleNamespace(embeddings=paths, responses=tmp_path / "responses.npz"),
        output=SimpleNamespace(encoding=encodings, heldout=heldout),
        params=SimpleNamespace(**common, cache=tmp_path / "kept_encoding"),
        log=[],
    )
    scores = [tmp_path / "scores" / f"{name}.json" for name in ("one", "two")]
    score = SimpleNamespace(
        input=SimpleNamespace(
            embeddings=paths,
            encodings=encodings,
            heldout=heldout,
            responses=tmp_path / "responses.npz",
        ),
        output=SimpleNamespace(scores=scores),
        params=SimpleNamespace(**common, n_artificial=3, n_remix=5, cache=tmp_path / "kept_scores"),
        log=[],
    )
    return fit, score


def test_scripts_write_results_and_scores(run):
    fit, score = run
    fit_encoding.main(fit)
    remix_alignment.main(score)
    first, second = (EncodingResult.load(path) for path in fit.output.encoding)
    assert first.target.all()
    np.testing.assert_array_equal(np.flatnonzero(~second.target), [2, 5])
    np.testing.assert_array_equal(first.weights[3], 0)
    assert first.r2[6] == 0
    one, two = (json.loads(path.read_text()) for path in score.output.scores)
    recorded = {"test", "heldout", "heldout_main_recipe"}
    assert set(one) == recorded | {"artificial", "remix", "remix_gap", "remix_p"}
    assert (len(one["artificial"]), len(one["remix"])) == (3, 5)
    assert one["test"]["alignment"] - np.mean(one["remix"]) == pytest.approx(one["remix_gap"])
    assert one["test"]["explained_neurons"] == 6
    assert one["test"]["unexplained_fraction"] == pytest.approx(1 / 7)
    assert two["artificial"][0]["unexplained_fraction"] >= 1 / 5
    assert one["heldout"]["alignment"] > 0


def test_held_out_faces_are_scored_by_the_main_recipe_as_well(run):
    fit, score = run
    fit_encoding.main(fit)
    remix_alignment.main(score)
    two = json.loads(score.output.scores[1].read_text())
    embedding = Embedding.load(fit.input.embeddings[1])
    responses = Responses.load(fit.input.responses)
    rows = split_rows(N_HELDOUT, 0.8, generator(3, "held-out encoding split"))
    target = ~np.isin(responses.neurons, ["n2", "n5"])
    options = {"n_folds": 5, "n_alphas": 20, "eps": 1e-2}
    heldout = responses.heldout[:, target]
    result = encode(embedding.values("heldout"), heldout, *rows, **options)
    expected = alignment_score(result.weights, result.r2, embedding.live)
    assert two["heldout_main_recipe"] == pytest.approx(asdict(expected))


def test_unchanged_models_are_taken_back_and_changed_ones_are_not(run):
    fit, _ = run
    fit_encoding.main(fit)
    one, two = fit.output.encoding
    inode, before = one.stat().st_ino, two.read_bytes()
    for path in (*fit.output.encoding, *fit.output.heldout):
        path.unlink()
    embedding = Embedding.load(fit.input.embeddings[1])
    make_embedding(7, np.concatenate([embedding.test_ids, embedding.heldout_ids])).save(
        fit.input.embeddings[1]
    )
    fit_encoding.main(fit)
    assert one.stat().st_ino == inode
    assert two.read_bytes() != before


def test_scores_do_not_depend_on_the_batch(run):
    fit, score = run
    fit_encoding.main(fit)
    remix_alignment.main(score)
    together = [path.read_bytes() for path in score.output.scores]
    for part in (score.input.embeddings, score.input.encodings, score.input.heldout):
        part.reverse()
    score.output.scores.reverse()
    score.params.cache = score.params.cache.with_name("elsewhere")
    remix_alignment.main(score)
    assert [path.read_bytes() for path in score.output.scores[::-1]] == together


def test_without_held_out_images_there_is_no_held_out_score(run):
    fit, score = run
    responses = Responses.load(fit.input.responses)
    fields = {name: getattr(responses, name) for name in Responses.__dataclass_fields__}
    empty = {"heldout": responses.heldout[:0], "heldout_ids": responses.heldout_ids[:0]}
    Responses(**fields | empty).save(fit.input.responses)
    for path in fit.input.embeddings:
        embedding = Embedding.load(path)
        Embedding(
            units=embedding.units,
            test=embedding.test,
            test_ids=embedding.test_ids,
            live=embedding.live,
            heldout=embedding.heldout[:0],
            heldout_ids=embedding.heldout_ids[:0],
        ).save(path)
    fit_encoding.main(fit)
    remix_alignment.main(score)
    assert not EncodingResult.load(fit.output.heldout[0]).target.any()
    assert json.loads(score.output.scores[0].read_text())["heldout"] is None
    assert json.loads(score.output.scores[0].read_text())["heldout_main_recipe"] is None


def test_embeddings_of_other_stimuli_are_refused(run):
    fit, _ = run
    ids = np.array([f"house_{index}" for index in range(N_MAIN + N_HELDOUT)])
    make_embedding(0, ids).save(fit.input.embeddings[1])
    with pytest.raises(InputError, match=r"two\.npz.*not those of the responses"):
        fit_encoding.main(fit)


def test_the_neurons_of_a_subset_are_not_its_targets(run):
    fit, _ = run
    responses = Responses.load(fit.input.responses)
    subset = Embedding.load(fit.input.embeddings[1])
    np.testing.assert_array_equal(
        responses.neurons[~target_neurons(subset, responses)], ["n2", "n5"]
    )
    assert target_neurons(Embedding.load(fit.input.embeddings[0]), responses).all()
