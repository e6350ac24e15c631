"""Coordinate descent, and the ways in which a path comes to need it."""

import numpy as np
import pytest
from facepatch.encoding import _lasso_paths
from facepatch.encoding._lasso_descent import descend
from facepatch.encoding._lasso_folds import CentredData, fold_bounds
from facepatch.encoding.lasso import fit_lasso, penalty_grid
from sklearn.linear_model import Lasso
from sklearn.model_selection import KFold


@pytest.fixture
def population():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((90, 6)) * [1, 2, 3, 4, 5, 0.1]
    return X, X @ rng.standard_normal((6, 4)) + 3 * rng.standard_normal((90, 4))


def test_descent_equals_scikit_learn(population):
    X, Y = population
    data = CentredData(X, Y, 3)
    problem = data.all_rows()
    alphas = penalty_grid(data.cross, 90, 5, 1e-2)
    lams = alphas * problem.lam_per_alpha[:, None]
    path = np.empty((5, 6))
    assert descend(problem.gram, problem.cross[0], problem.penalty, lams[0], 1e-13, 5000, path)
    weights = path * problem.unit_scale * problem.neuron_scale[0]
    for alpha, found in zip(alphas[0], weights, strict=True):
        expected = Lasso(alpha=alpha, tol=1e-14, max_iter=100_000).fit(X, Y[:, 0]).coef_
        np.testing.assert_allclose(found, expected, atol=1e-8)


def test_descent_says_when_it_did_not_converge(population):
    problem = CentredData(*population, 3).all_rows()
    lams = np.array([1e-3])
    path = np.empty((1, 6))
    assert not descend(problem.gram, problem.cross[0], problem.penalty, lams, 1e-13, 1, path)


def test_failed_paths_fall_back_and_are_counted(population, monkeypatch):
    exact = fit_lasso(*population, n_folds=3, n_alphas=20)
    monkeypatch.setattr(_lasso_paths, "_VIOLATION", -1.0)
    fallen = fit_lasso(*population, n_folds=3, n_alphas=20)
    assert exact.n_fallback == 0
    assert fallen.n_fallback == 4 * (3 + 1)
    assert fallen.converged.all()
    np.testing.assert_allclose(fallen.weights, exact.weights, atol=1e-8)
    np.testing.assert_allclose(fallen.cv_mse, exact.cv_mse, rtol=1e-8)
    np.testing.assert_array_equal(fallen.alpha_index, exact.alpha_index)


def test_paths_that_fail_twice_are_marked(population, monkeypatch):
    monkeypatch.setattr(_lasso_paths, "_VIOLATION", -1.0)
    monkeypatch.setattr(_lasso_paths, "_MAX_SWEEPS", 1)
    assert not fit_lasso(*population, n_folds=3, n_alphas=20).converged.any()


def test_folds_are_scikit_learns():
    for n, n_folds in ((20, 10), (47, 10), (62, 7)):
        bounds = fold_bounds(n, n_folds)
        for fold, (_, test) in enumerate(KFold(n_folds).split(np.zeros(n))):
            np.testing.assert_array_equal(test, np.arange(bounds[fold], bounds[fold + 1]))


def test_downdated_grams_equal_those_of_the_training_rows(population):
    X, Y = population
    X = X + 50.0
    data = CentredData(X, Y, 4)
    for fold, (train, test) in enumerate(KFold(4).split(X)):
        problem = data.training(fold)
        centred = X[train] - X[train].mean(0)
        responses = Y[train] - Y[train].mean(0)
        scale = np.sqrt((centred**2).sum(0))
        np.testing.assert_allclose(problem.gram, np.corrcoef(X[train].T), atol=1e-12)
        np.testing.assert_allclose(1 / problem.unit_scale, scale, rtol=1e-12)
        cross = responses.T @ centred / scale / np.sqrt((responses**2).sum(0))[:, None]
        np.testing.assert_allclose(problem.cross, cross, atol=1e-12)
        units, neurons = data.test_rows(fold)
        np.testing.assert_allclose(units, X[test] - X[train].mean(0), atol=1e-12)
        np.testing.assert_allclose(neurons, Y[test] - Y[train].mean(0), atol=1e-12)
