"""Encoding models against scikit-learn's pipeline and against known answers."""

import numpy as np
import pytest
from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import (
    EncodingResult,
    encode,
    encode_heldout,
    r2_score,
    split_rows,
    z_score,
)
from sklearn.linear_model import LassoCV
from sklearn.metrics import r2_score as sklearn_r2
from sklearn.preprocessing import StandardScaler

GRID = {"n_folds": 5, "n_alphas": 40, "eps": 1e-3}


def population(n=300, n_units=8, n_neurons=6, noise=1.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, n_units))
    W = rng.standard_normal((n_units, n_neurons)) * (rng.random((n_units, n_neurons)) < 0.5)
    return X * 3 + 1, X @ W + noise * rng.standard_normal((n, n_neurons)) + 5


@pytest.fixture
def rows():
    return split_rows(300, 0.8, np.random.default_rng(1))


def test_encode_equals_a_scikit_learn_pipeline(rows):
    X, Y = population()
    train, test = rows
    result = encode(X, Y, train, test, rule="minimum", **GRID)
    scale_x, scale_y = StandardScaler().fit(X[train]), StandardScaler().fit(Y[train])
    for n in range(Y.shape[1]):
        model = LassoCV(cv=5, alphas=40, tol=1e-10, max_iter=100_000)
        model.fit(scale_x.transform(X[train]), scale_y.transform(Y[train])[:, n])
        np.testing.assert_allclose(result.weights[:, n], model.coef_, atol=1e-7)
        assert result.alpha[n] == pytest.approx(model.alpha_)
        predicted = model.predict(scale_x.transform(X[test]))
        expected = sklearn_r2(scale_y.transform(Y[test])[:, n], predicted)
        assert result.r2[n] == pytest.approx(expected, abs=1e-7)
        np.testing.assert_allclose(result.cv_mean[n], model.mse_path_.mean(1), rtol=1e-6)
        errors = model.mse_path_.std(1, ddof=1) / np.sqrt(5)
        np.testing.assert_allclose(result.cv_se[n], errors, rtol=1e-5)


def test_one_se_is_sparser_than_the_minimum(rows):
    X, Y = population(noise=3.0)
    sparse, least = encode(X, Y, *rows, **GRID), encode(X, Y, *rows, rule="minimum", **GRID)
    assert (sparse.alpha_index <= least.alpha_index).all()
    assert (sparse.weights != 0).sum() < (least.weights != 0).sum()


def test_a_noise_free_one_to_one_code_is_fully_aligned(rows):
    X, _ = population(n_units=8)
    result = encode(X, X[:, ::-1] * [1, -2, 3, 4, -5, 6, 7, 8] - 3, *rows, **GRID)
    score = alignment_score(result.weights, result.r2)
    assert score.alignment == pytest.approx(1.0, abs=1e-12)
    assert score.explained_neurons == 8


def test_a_rotated_code_falls_to_the_value_of_its_weights():
    # Orthonormal units and neurons = their rotation, noise-free: at the weakest penalty the
    # weights are the rotation, so the score is the completeness of the rotation.
    rng = np.random.default_rng(4)
    X = np.linalg.qr(rng.standard_normal((400, 5)))[0]
    X = (X - X.mean(0)) / X.std(0)
    rotation = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    train = np.arange(400)
    result = encode(X, X @ rotation, train, train, n_folds=5, n_alphas=60, eps=1e-6, rule="minimum")
    share = np.abs(rotation) / np.abs(rotation).sum(0)
    expected = (1 + (share * np.log(share)).sum(0) / np.log(5)).mean()
    score = alignment_score(result.weights, result.r2)
    assert score.alignment == pytest.approx(expected, abs=1e-2)
    assert score.alignment < 0.6


def test_uniform_weights_have_no_alignment(rows):
    rng = np.random.default_rng(2)
    signs = np.where(rng.random((8, 20)) < 0.5, -1.0, 1.0)
    X = np.linalg.qr(rng.standard_normal((300, 8)))[0] * np.sqrt(300)
    result = encode(X, X @ signs, *rows, n_folds=5, n_alphas=60, eps=1e-5, rule="minimum")
    assert alignment_score(result.weights, result.r2).alignment < 1e-3


def test_dead_units_keep_weight_zero_and_change_no_other(rows):
    X, Y = population()
    dead = np.insert(X, [2, 8], 0.0, axis=1)
    expected, result = encode(X, Y, *rows, **GRID), encode(dead, Y, *rows, **GRID)
    live = dead.any(0)
    np.testing.assert_allclose(result.weights[live], expected.weights, atol=1e-12)
    np.testing.assert_array_equal(result.weights[~live], 0)
    np.testing.assert_allclose(result.r2, expected.r2, atol=1e-12)


def test_neurons_that_are_no_targets_are_left_out(rows):
    X, Y = population()
    target = np.array([True, False, True, True, False, True])
    result = encode(X, Y, *rows, target=target, **GRID)
    expected = encode(X, Y[:, target], *rows, **GRID)
    np.testing.assert_array_equal(result.target, target)
    np.testing.assert_array_equal(result.weights[:, target], expected.weights)
    np.testing.assert_array_equal(result.weights[:, ~target], 0)
    assert np.isnan(result.r2[~target]).all()
    np.testing.assert_array_equal(result.r2[target], expected.r2)


def test_constant_neurons_have_r2_zero(rows):
    X, Y = population()
    Y[:, 2] = 0.1
    result = encode(X, Y, *rows, **GRID)
    assert result.r2[2] == 0
    assert not result.weights[:, 2].any()


def test_heldout_images_are_both_train_and_test():
    X, Y = population(n=62)
    result = encode_heldout(X, Y, **GRID)
    every = np.arange(62)
    expected = encode(X, Y, every, every, rule="minimum", **GRID)
    np.testing.assert_array_equal(result.weights, expected.weights)
    predicted = z_score(X, every) @ result.weights + result.intercept
    np.testing.assert_allclose(
        result.r2, sklearn_r2(z_score(Y, every), predicted, multioutput="raw_values")
    )
    np.testing.assert_array_equal(result.alpha_index, result.cv_mean.argmin(1))


def test_r2_follows_its_formula():
    rng = np.random.default_rng(0)
    observed, predicted = rng.standard_normal((2, 30, 4))
    expected = sklearn_r2(observed, predicted, multioutput="raw_values")
    np.testing.assert_allclose(r2_score(observed, predicted), expected)
    observed[:, 1] = 0.1
    assert r2_score(observed, predicted)[1] == 0


def test_z_score_uses_the_training_rows_and_zeroes_constants():
    rng = np.random.default_rng(0)
    values = rng.standard_normal((20, 3)).astype(np.float32)
    values[:15, 1] = np.float32(0.1)
    train = np.arange(15)
    result = z_score(values, train)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result[:, 1], 0)
    expected = StandardScaler().fit(values[train].astype(float)).transform(values.astype(float))
    np.testing.assert_allclose(result[:, [0, 2]], expected[:, [0, 2]])


def test_split_is_a_random_partition():
    train, test = split_rows(2100, 0.8, np.random.default_rng(0))
    assert (len(train), len(test)) == (1680, 420)
    np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), np.arange(2100))
    again, _ = split_rows(2100, 0.8, np.random.default_rng(0))
    np.testing.assert_array_equal(train, again)
    assert (np.diff(train) < 0).any()
    with pytest.raises(ValueError, match="empty"):
        split_rows(3, 0.99, np.random.default_rng(0))


def test_results_survive_the_disk(tmp_path, rows):
    result = encode(*population(), *rows, **GRID)
    result.save(tmp_path / "result.npz")
    loaded = EncodingResult.load(tmp_path / "result.npz")
    for name in EncodingResult.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(loaded, name), getattr(result, name))
    assert loaded.n_fallback == result.n_fallback


def test_wrong_shapes_are_refused(rows):
    X, Y = population()
    with pytest.raises(ValueError, match="299 rows of units, 300 of responses"):
        encode(X[:-1], Y, *rows, **GRID)
    with pytest.raises(ValueError, match=r"target has shape \(2,\)"):
        encode(X, Y, *rows, target=[True, False], **GRID)
