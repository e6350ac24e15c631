import numpy as np
import pandas as pd
import pytest
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses
from facepatch.scores.folds import FoldedRegression, assign_folds, single_predictor_variance
from facepatch.scores.variance import VarianceScorer, single_unit_ratios, variance_tables
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import PredefinedSplit, cross_val_predict


def _reference(model, x, y, folds):
    predicted = cross_val_predict(model, x, y, cv=PredefinedSplit(folds))
    return 1 - ((y - predicted) ** 2).sum(axis=0) / ((y - y.mean(axis=0)) ** 2).sum(axis=0)


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(3, 1, (120, 6)) @ rng.normal(size=(6, 6))
    y = x @ rng.normal(size=(6, 5)) + rng.normal(0, 4, (120, 5))
    return x, y, assign_folds(120, 10, rng)


def test_folds_are_balanced_and_seeded():
    folds = assign_folds(107, 10, np.random.default_rng(1))
    assert set(np.bincount(folds)) == {10, 11}
    assert (folds == assign_folds(107, 10, np.random.default_rng(1))).all()
    assert sorted(assign_folds(3, 10, np.random.default_rng(1))) == [0, 1, 2]


def test_least_squares_equals_scikit_learn(data):
    x, y, folds = data
    regression = FoldedRegression(x, folds)
    assert not regression.ridge
    expected = _reference(LinearRegression(), x, y, folds)
    assert expected.min() > 0.1
    np.testing.assert_allclose(regression.explained_variance(y), expected, atol=1e-7)


@pytest.mark.parametrize("n_predictors", [40, 200])
def test_ridge_equals_scikit_learn_at_the_chosen_penalty(n_predictors):
    # Narrower and wider than there are rows; the penalty is chosen on the other folds.
    rng = np.random.default_rng(2)
    x = rng.normal(size=(90, n_predictors))
    y = x[:, :5] @ rng.normal(size=(5, 3)) + rng.normal(size=(90, 3))
    folds = assign_folds(90, 5, rng)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    errors = []
    for penalty in n_predictors * 10.0 ** np.arange(-3, 3.25, 0.5):
        predicted = cross_val_predict(Ridge(penalty), scaled, y, cv=PredefinedSplit(folds))
        squares = (y - predicted) ** 2
        errors.append([squares[folds == fold].sum(axis=0) for fold in range(5)])
    errors = np.array(errors)
    total = np.zeros(3)
    for fold in range(5):
        others = np.delete(errors, fold, axis=1).sum(axis=1)
        total += errors[others.argmin(axis=0), fold, np.arange(3)]
    expected = 1 - total / ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    regression = FoldedRegression(x, folds)
    assert regression.ridge
    assert expected.max() > 0.1
    np.testing.assert_allclose(regression.explained_variance(y), np.maximum(expected, 0), atol=1e-9)


def test_noise_explains_nothing_and_a_copy_everything(data):
    x, _, folds = data
    noise = np.random.default_rng(3).normal(size=(120, 20))
    explained = FoldedRegression(x, folds).explained_variance(np.column_stack([noise, x @ x[0]]))
    assert explained.min() == 0
    assert explained[:20].mean() < 0.02
    assert explained[20] == pytest.approx(1, abs=1e-7)


def test_a_target_that_never_varies_is_undefined(data):
    x, y, folds = data
    y = np.column_stack([y[:, 0], np.full(120, 2.0)])
    explained = FoldedRegression(x, folds).explained_variance(y)
    assert np.isnan(explained[1])
    assert np.isnan(single_predictor_variance(x, y, folds)[1]).all()


def test_duplicate_and_single_image_predictors_do_no_harm(data):
    x, y, folds = data
    spike = np.zeros((120, 1))
    spike[17] = 1  # varies in one fold only, like a rectified unit that answers one face
    odd = np.column_stack([x, x[:, 0], np.full(120, 5.0), spike])
    plain = FoldedRegression(x, folds).explained_variance(y)
    with np.errstate(all="raise"):
        found = FoldedRegression(odd, folds).explained_variance(y)
        alone = single_predictor_variance(odd, y, folds)
    np.testing.assert_allclose(found, plain, atol=0.02)
    assert np.isfinite(alone).all()
    assert (alone[:, 7] == 0).all()


def test_single_predictors_equal_scikit_learn(data):
    x, y, folds = data
    found = single_predictor_variance(x, y, folds)
    for unit in range(6):
        expected = _reference(LinearRegression(), x[:, [unit]], y, folds)
        np.testing.assert_allclose(found[:, unit], np.maximum(expected, 0), atol=1e-12)


def _responses(n_neurons=8, n_images=100, seed=4):
    rng = np.random.default_rng(seed)
    responses = rng.normal(5, 1, (n_images, n_neurons))
    responses[:, -1] = 2.0
    return Responses(
        neurons=np.array([f"n{i}" for i in range(n_neurons)]),
        test=responses,
        heldout=responses[:10],
        test_ids=np.array([f"i{i}" for i in range(n_images)]),
        heldout_ids=np.array([f"h{i}" for i in range(10)]),
        reliability=np.full(n_neurons, 0.5),
        noise_ceiling=np.linspace(0.1, 0.8, n_neurons),
        silent=np.arange(n_neurons) == n_neurons - 1,
    )


def _embedding(responses, columns, **more):
    n_units = columns.shape[1]
    return Embedding(
        units=[f"u{i}" for i in range(n_units)],
        test=columns,
        heldout=columns[:10],
        test_ids=responses.test_ids,
        heldout_ids=responses.heldout_ids,
        **({"live": np.ones(n_units, bool)} | more),
    )


def test_scorer_masks_dead_units_silent_and_drawn_neurons():
    responses = _responses()
    drawn = responses.test[:, :2] + responses.test[:, 2:4]
    live = np.array([True, True, False])
    columns = np.column_stack([drawn, np.arange(100)])
    model = _embedding(responses, columns, live=live, extra={"neurons": np.array(["n0", "n1"])})
    found = VarianceScorer(responses, 10, 1).score(model)
    assert list(np.isnan(found.encoding)) == [True, True, *[False] * 5, True]
    assert list(np.isnan(found.decoding)) == [False, False, True]
    assert found.encoding[2] > 0.3
    assert found.best_single_unit[2] == pytest.approx(found.encoding[2], abs=0.1)


def test_rows_are_matched_by_image_not_by_place():
    responses = _responses()
    model = _embedding(responses, responses.test[:, :3])
    turned = Embedding(
        units=model.units,
        test=model.test[::-1],
        heldout=model.heldout,
        test_ids=model.test_ids[::-1],
        heldout_ids=model.heldout_ids,
        live=model.live,
    )
    scorer = VarianceScorer(responses, 10, 1)
    np.testing.assert_array_equal(scorer.score(model).encoding, scorer.score(turned).encoding)
    assert scorer.score(model).encoding[0] > 0.99


def test_a_model_without_live_units_explains_nothing():
    responses = _responses()
    model = _embedding(responses, np.ones((100, 2)), live=np.zeros(2, bool))
    found = VarianceScorer(responses, 10, 1).score(model)
    assert (found.encoding[:-1] == 0).all()
    summary, _ = variance_tables([{"family": "vae", "id": "v"}], [model], responses, 10, 1)
    assert summary.set_index("direction").loc["decoding", "n"] == 0


def test_tables_and_ratio_to_the_aam():
    responses = _responses()
    records = [
        {"family": "beta_vae", "id": "b0"},
        {"family": "beta_vae", "id": "b1"},
        {"family": "aam", "id": "aam-k2x2"},
    ]
    columns = responses.test[:, :4]
    models = [_embedding(responses, columns[:, [0]]), _embedding(responses, columns[:, [1]])]
    models.append(_embedding(responses, columns))
    summary, per_neuron = variance_tables(records, models, responses, 10, 1)
    head = ["family", "model", "direction", "median", "mean"]
    assert list(summary.columns[:5]) == head
    head = ["family", "model", "neuron", "encoding", "best_single_unit", "noise_ceiling"]
    assert list(per_neuron.columns) == head
    row = per_neuron[(per_neuron["model"] == "b0") & (per_neuron["neuron"] == "n0")].iloc[0]
    assert row["encoding"] == pytest.approx(1, abs=1e-6)
    table = pd.DataFrame(
        {
            "family": [r["family"] for r in records],
            "model": [r["id"] for r in records],
            "n_units": [1, 1, 4],
            "selected": [True, False, True],
        }
    )
    ratios = single_unit_ratios(per_neuron, table)
    assert set(ratios["model"]) == {"b0"}
    assert set(ratios["reference"]) == {"aam-k2x2"}
    by_neuron = ratios.set_index("neuron")["ratio"]
    assert by_neuron["n0"] == pytest.approx(1, abs=1e-6)
    assert by_neuron["n1"] == pytest.approx(0, abs=0.05)
    assert "n7" not in by_neuron
    assert single_unit_ratios(per_neuron, table[:2]).empty
