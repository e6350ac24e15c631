"""Many units: working sets, sparse paths and early ends give what full paths give."""

import numpy as np
import pytest
from facepatch.encoding import _lasso_wide, lasso
from facepatch.encoding._lasso_active import follow_sparse_path
from facepatch.encoding._lasso_folds import CentredData
from facepatch.encoding._lasso_homotopy import follow_paths
from facepatch.encoding._lasso_selection import has_risen, penalty_grid
from facepatch.encoding.lasso import fit_lasso
from sklearn.linear_model import Lasso, LassoCV

OPTIONS = {"n_folds": 5, "n_alphas": 60}


def make_data(n=150, n_units=60, n_neurons=6, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, 8)) @ rng.standard_normal((8, n_units))
    X = (X + 2 * rng.standard_normal((n, n_units))) * rng.uniform(0.5, 2, n_units)
    W = rng.standard_normal((n_units, n_neurons)) * (rng.random((n_units, n_neurons)) < 0.1)
    signal = X @ W
    return X, signal + rng.standard_normal((n, n_neurons)) * (0.5 + signal.std(0))


@pytest.fixture(params=["all units", "working sets"])
def wide(request, monkeypatch):
    """Send every fit through the engine for many units."""
    monkeypatch.setattr(lasso, "_WIDE", 0)
    monkeypatch.setattr(_lasso_wide, "_FEW_ROWS", 0)
    if request.param == "working sets":
        monkeypatch.setattr(_lasso_wide, "_ALL_UNITS", 0)
        monkeypatch.setattr(_lasso_wide, "_FIRST_SET", 3)


def agree(found, expected, unique=True):
    known = ~np.isnan(found.cv_mse)
    assert found.converged.all()
    np.testing.assert_allclose(found.cv_mse[known], expected.cv_mse[known], rtol=1e-6)
    np.testing.assert_array_equal(found.alpha_index, expected.alpha_index)
    if unique:
        np.testing.assert_allclose(found.weights, expected.weights, atol=1e-8)
        np.testing.assert_allclose(found.intercept, expected.intercept, atol=1e-7)
    assert (known == known[:, :, :1]).all()


@pytest.mark.parametrize("rule", ["one_se", "minimum"])
def test_many_units_give_what_full_paths_give(wide, monkeypatch, rule):
    X, Y = make_data()
    found = fit_lasso(X, Y, rule=rule, **OPTIONS)
    monkeypatch.setattr(lasso, "_WIDE", 1000)
    agree(found, fit_lasso(X, Y, rule=rule, **OPTIONS))
    assert np.isnan(found.cv_mse).any()
    assert found.n_fallback == 0


def test_fewer_rows_than_units(wide, monkeypatch):
    X, Y = make_data(n=50, n_units=120)
    found = fit_lasso(X, Y, **OPTIONS)
    monkeypatch.setattr(lasso, "_WIDE", 1000)
    agree(found, fit_lasso(X, Y, **OPTIONS))


def test_few_rows_are_followed_to_the_end(wide, monkeypatch):
    X, Y = make_data(n=50, n_units=120)
    monkeypatch.setattr(_lasso_wide, "_FEW_ROWS", 200)
    found = fit_lasso(X, Y, **OPTIONS)
    assert not np.isnan(found.cv_mse).any()
    monkeypatch.setattr(lasso, "_WIDE", 1000)
    agree(found, fit_lasso(X, Y, **OPTIONS))


def test_fit_equals_tight_scikit_learn(wide):
    X, Y = make_data(n_units=40, n_neurons=2)
    fit = fit_lasso(X, Y, rule="minimum", **OPTIONS)
    for n, y in enumerate(Y.T):
        model = LassoCV(cv=5, alphas=60, tol=1e-9, max_iter=100_000).fit(X, y)
        assert fit.alpha[n] == pytest.approx(model.alpha_)
        tight = Lasso(alpha=model.alpha_, tol=1e-14, max_iter=1_000_000).fit(X, y)
        np.testing.assert_allclose(fit.weights[:, n], tight.coef_, atol=1e-7)


def test_collinear_constant_and_short_lived_units(wide, monkeypatch):
    X, Y = make_data()
    X[:, 7] = X[:, 2]
    X[:, 9] = X[:, 4] + X[:, 5]
    X[:, 11] = 2.0
    X[:, 12] = 0.0
    X[:20, 12] = np.arange(20.0)
    Y[:, 3] = 0.1
    found = fit_lasso(X, Y, **OPTIONS)
    monkeypatch.setattr(lasso, "_WIDE", 1000)
    expected = fit_lasso(X, Y, **OPTIONS)
    agree(found, expected, unique=False)
    np.testing.assert_allclose(X @ found.weights, X @ expected.weights, atol=1e-8)
    np.testing.assert_array_equal(found.weights[:, 3], 0)
    np.testing.assert_array_equal(found.weights[11], 0)


def test_neurons_do_not_influence_each_other(wide):
    X, Y = make_data()
    together, alone = fit_lasso(X, Y, **OPTIONS), fit_lasso(X, Y[:, 4:5], **OPTIONS)
    np.testing.assert_allclose(together.weights[:, 4], alone.weights[:, 0], atol=1e-12)
    np.testing.assert_array_equal(np.isnan(together.cv_mse[4]), np.isnan(alone.cv_mse[0]))


def test_failed_paths_fall_back_and_are_counted(wide, monkeypatch):
    X, Y = make_data(n_units=10)
    exact = fit_lasso(X, Y, n_folds=3, n_alphas=10)
    monkeypatch.setattr(_lasso_wide, "follow_sparse_path", lambda *_: False)
    fallen = fit_lasso(X, Y, n_folds=3, n_alphas=10)
    assert fallen.n_fallback == 6 * (3 + 1)
    assert fallen.converged.all()
    np.testing.assert_allclose(fallen.weights, exact.weights, atol=1e-8)


def test_inexact_paths_fall_back_and_are_counted(wide, monkeypatch):
    X, Y = make_data(n_units=10)
    exact = fit_lasso(X, Y, n_folds=3, n_alphas=10)

    def astray(*arguments):
        arguments[-1][:] = 0.01
        return True

    monkeypatch.setattr(_lasso_wide, "follow_sparse_path", astray)
    fallen = fit_lasso(X, Y, n_folds=3, n_alphas=10)
    assert fallen.n_fallback == 6 * (3 + 1)
    assert fallen.converged.all()
    np.testing.assert_allclose(fallen.weights, exact.weights, atol=1e-8)


def test_both_homotopies_follow_the_same_path_from_any_start():
    X, Y = make_data(n=40)
    data = CentredData(X, Y, 5)
    problem = data.all_rows()
    lams = penalty_grid(data.cross, 40, 50, 1e-2) * problem.lam_per_alpha[:, None]
    swept, piece, miss = np.empty((6, 50, 60)), np.empty((6, 1), np.int64), np.empty(6)
    # Alone, every lam is the first of its piece, where the sweeps write z.
    for a in range(50):
        z, lam = np.empty((6, 1, 60)), lams[:, a : a + 1]
        follow_paths(problem.gram, problem.cross, problem.penalty, lam, z, piece, miss)
        assert miss.max() < 1e-9
        swept[:, a] = z[:, 0]
    for neuron in range(6):
        arguments = problem.gram, problem.cross[neuron], problem.penalty
        for first in (0, 1, 30):
            start = swept[neuron, max(first - 1, 0)]
            active = np.flatnonzero(start)
            inverse = np.linalg.inv(problem.gram[np.ix_(active, active)])
            found = np.empty((50 - first, 60))
            start_lam = lams[neuron, max(first - 1, 0)]
            assert follow_sparse_path(
                *arguments, lams[neuron, first:], start_lam, start, inverse, found
            )
            np.testing.assert_allclose(found, swept[neuron, first:], atol=1e-9)


def test_a_curve_has_risen_only_well_beyond_its_minimum():
    rng = np.random.default_rng(0)
    curve = (np.arange(40) - 20.0)[:, None] ** 2 + rng.standard_normal((40, 5))
    assert not has_risen(curve[:25])
    assert has_risen(curve)
    assert not has_risen(curve[:, :] * 1e-3 + 10 * rng.standard_normal((40, 5)))
    assert not has_risen(np.zeros((40, 5)))
