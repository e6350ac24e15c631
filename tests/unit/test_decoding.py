from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tabulate_correlation
import tabulate_decoding
import tabulate_variance
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses
from facepatch.scores import decoding
from facepatch.scores.decoded_faces import decode_faces, distance_table
from facepatch.scores.pairing import Pair
from scipy.spatial.distance import cosine
from sklearn.linear_model import LinearRegression


@pytest.mark.parametrize("shape", [(5, 3), (4, 4), (3, 5)])
def test_matching_equals_brute_force(shape):
    r = np.random.default_rng(0).uniform(size=shape)
    neuron, unit = decoding.match_neurons(r)
    tall = r if shape[0] >= shape[1] else r.T
    places = np.arange(tall.shape[1])
    best = max(
        tall[list(rows), places].sum() for rows in permutations(range(len(tall)), len(places))
    )
    assert r[neuron, unit].sum() == pytest.approx(best, abs=1e-12)
    assert len(set(neuron)) == len(set(unit)) == min(shape)
    assert list(unit) == sorted(unit)


def _pairs(n_neurons=6, n_units=4, noise=0.5, seed=1):
    rng = np.random.default_rng(seed)
    units = rng.normal(2, 3, (130, n_units))
    mixing = np.zeros((n_units, n_neurons))
    mixing[range(n_units), rng.permutation(n_neurons)[:n_units]] = rng.choice([-2, 3], n_units)
    neurons = 5 + units @ mixing + noise * rng.normal(size=(130, n_neurons))
    live, target = np.ones(n_units, bool), np.ones(n_neurons, bool)
    return [
        Pair(units[s], neurons[s], live, target) for s in (slice(100), slice(100, None))
    ], mixing


def test_noise_free_neurons_are_matched_and_decode_exactly():
    pairs, mixing = _pairs(noise=0)
    result = decoding.decode_one_to_one(*pairs)
    assert (mixing[result.unit, result.neuron] != 0).all()
    np.testing.assert_allclose(result.decoded, result.true, atol=1e-12)
    assert decoding.cosine_distances(result.true, result.decoded).max() < 1e-12
    assert decoding.identification_accuracy(result.true, result.decoded) == 1
    codes = result.codes(np.full(4, 9.0))
    np.testing.assert_allclose(codes, pairs[1].units, atol=1e-10)


def test_decoded_codes_equal_scikit_learns_line_per_unit():
    pairs, _ = _pairs()
    pairs[0].live[1] = pairs[1].live[1] = False
    result = decoding.decode_one_to_one(*pairs)
    assert 1 not in result.unit
    codes = result.codes(np.arange(4.0))
    assert (codes[:, 1] == 1).all()
    for unit, neuron in zip(result.unit, result.neuron, strict=True):
        line = LinearRegression().fit(pairs[0].responses[:, [neuron]], pairs[0].units[:, unit])
        expected = line.predict(pairs[1].responses[:, [neuron]])
        np.testing.assert_allclose(codes[:, unit], expected, atol=1e-10)
    distances = decoding.cosine_distances(result.true, result.decoded)
    expected = [cosine(*rows) for rows in zip(result.true, result.decoded, strict=True)]
    np.testing.assert_allclose(distances, expected, atol=1e-12)


def test_identification_equals_pairwise_correlations():
    rng = np.random.default_rng(2)
    true = rng.normal(size=(20, 5))
    decoded = true + rng.normal(size=(20, 5))
    hits = 0
    for image in range(20):
        r = [np.corrcoef(decoded[image], other)[0, 1] for other in true]
        hits += int(np.argmax(r) == image)
    assert 0 < hits < 20
    assert decoding.identification_accuracy(true, decoded) == pytest.approx(hits / 20)
    assert decoding.identification_accuracy(true, np.zeros((20, 5))) == 0
    assert np.isnan(decoding.identification_accuracy(true[:, :1], decoded[:, :1]))


def test_a_constant_code_has_no_direction():
    with np.errstate(all="raise"):
        distances = decoding.cosine_distances(np.ones((2, 3)), np.array([[0, 0, 0], [2, 2, 2.0]]))
    assert np.isnan(distances[0])
    assert distances[1] == pytest.approx(0)


@pytest.fixture
def run(tmp_path):
    pairs, _ = _pairs()
    ids = [np.array([f"{k}{i}" for i in range(n)]) for k, n in (("main", 100), ("new", 30))]
    neurons = np.array([f"n{i}" for i in range(6)])
    statistics = np.full(6, 0.5), np.full(6, 0.5), np.zeros(6, bool)
    values = pairs[0].responses, pairs[1].responses
    responses = Responses(neurons, *values, *ids, *statistics)
    responses.save(tmp_path / "responses.npz")
    units = pairs[0].units, pairs[1].units

    def embedding(copies, **more):
        wide = [np.tile(part, (1, copies)) for part in units]
        names = [f"u{i}" for i in range(4 * copies)]
        return Embedding(names, *wide, *ids, live=np.ones(4 * copies, bool), **more)

    models = {"ae": embedding(1, train=units[0][:, ::-1]), "classifier": embedding(2)}
    for name, model in models.items():
        model.save(tmp_path / f"{name}.npz")
    table = pd.DataFrame({"family": list(models), "model": list(models), "n_units": [4, 8]})
    table.assign(selected=True).to_csv(tmp_path / "models.csv", index=False)
    smk = SimpleNamespace(
        input=SimpleNamespace(
            embeddings=[tmp_path / f"{name}.npz" for name in models],
            responses=tmp_path / "responses.npz",
            models=tmp_path / "models.csv",
        ),
        output=SimpleNamespace(
            **{name: tmp_path / f"{name}_out.csv" for name in ("table", "per_neuron", "ratios")}
        ),
        params=SimpleNamespace(models=[{"family": m, "id": m} for m in models], n_folds=5, seed=1),
        log=[],
    )
    return smk, models, responses


def test_decoding_table_leaves_out_models_wider_than_the_population(run):
    smk, _, _ = run
    tabulate_decoding.main(smk)
    table = pd.read_csv(smk.output.table).set_index("family")
    head = ["model", "n_matched", "median_cosine_distance", "identification_accuracy"]
    assert list(table.columns[:4]) == head
    assert 0 < table.loc["ae", "median_cosine_distance"] < 0.1
    assert table.loc["ae", "identification_accuracy"] > 0.8
    assert table.loc["classifier", "n_matched"] == 6
    assert np.isnan(table.loc["classifier", "median_cosine_distance"])
    assert table.loc["classifier", "note"] == "more live units than neurons"


def test_light_scores_write_the_contracts_columns(run):
    smk, _, _ = run
    tabulate_correlation.main(smk)
    table = pd.read_csv(smk.output.table)
    head = ["family", "model", "split", "correlation_ratio", "unit_proportion", "sd_abs_r"]
    assert list(table.columns[:6]) == head
    assert list(table["split"]) == ["test", "heldout"] * 2
    ae = table[table["family"] == "ae"]
    # Four units, each the only correlate of a neuron; two neurons are noise.
    assert (ae["unit_proportion"] >= 0.75).all()
    tabulate_variance.main(smk)
    table = pd.read_csv(smk.output.table)
    assert list(table.columns[:5]) == ["family", "model", "direction", "median", "mean"]
    assert list(table["direction"]) == ["encoding", "decoding"] * 2
    assert len(pd.read_csv(smk.output.per_neuron)) == 12
    assert list(pd.read_csv(smk.output.ratios).columns) == ["neuron", "model", "ratio", "reference"]


def test_faces_are_rebuilt_from_the_neurons_of_the_code(run):
    _, models, responses = run
    model = models["ae"]

    def decode(codes):  # an image whose four pixels are the code
        return np.asarray(codes).reshape(-1, 2, 2)

    faces = decode_faces(model, responses, decode)
    assert set(faces.units) == {"u0", "u1", "u2", "u3"}
    originals = decode(model.heldout)
    table = distance_table({("ae", "ae"): faces}, originals, model.heldout_ids)
    assert (table["own_distance"] == 0).all()
    expected = [np.sqrt(np.mean(d**2)) for d in faces.from_neurons - originals]
    np.testing.assert_allclose(table["distance"], expected)
    assert table["distance"].median() < 0.5
    assert list(table["n_matched"]) == [4] * 30
