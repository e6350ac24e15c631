"""The Lasso engine against scikit-learn with tight tolerances, and at its edges."""

import warnings

import numpy as np
import pytest
from facepatch.encoding.lasso import choose_alpha, fit_lasso, penalty_grid
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso, LassoCV, LinearRegression


def make_data(n=240, n_units=12, n_neurons=3, seed=0):
    """Correlated units of unequal scales, and neurons that need some of them."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, n_units)) @ rng.standard_normal((n_units, n_units))
    X = X * rng.uniform(0.2, 5, n_units) + rng.standard_normal(n_units)
    W = rng.standard_normal((n_units, n_neurons)) * (rng.random((n_units, n_neurons)) < 0.4)
    signal = X @ W
    noise = rng.standard_normal((n, n_neurons)) * (1 + signal.std(0))
    return X, signal + noise + 2.0


def reference_cv(X, y, rule, **options):
    """Return alpha, index and CV errors that scikit-learn and plain NumPy choose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LassoCV(tol=1e-9, max_iter=100_000, **options).fit(X, y)
    mean = model.mse_path_.mean(1)
    best = mean.argmin()
    if rule == "minimum":
        return model.alphas_[best], best, model.mse_path_
    error = model.mse_path_[best].std(ddof=1) / np.sqrt(model.mse_path_.shape[1])
    index = next(i for i in range(len(mean)) if mean[i] <= mean[best] + error)
    return model.alphas_[index], index, model.mse_path_


def assert_like_scikit_learn(X, Y, rule="one_se", n_folds=5, unique=True, n_alphas=30):
    fit = fit_lasso(X, Y, rule=rule, n_folds=n_folds, n_alphas=n_alphas)
    assert fit.converged.all()
    assert (fit.weights != 0).any()
    for n, y in enumerate(Y.T):
        alpha, index, errors = reference_cv(X, y, rule, cv=n_folds, alphas=n_alphas)
        assert fit.alpha_index[n] == index
        assert fit.alpha[n] == pytest.approx(alpha, rel=1e-12)
        np.testing.assert_allclose(fit.cv_mse[n], errors, rtol=1e-5)
        tight = Lasso(alpha=alpha, tol=1e-14, max_iter=1_000_000).fit(X, y)
        if unique:
            np.testing.assert_allclose(fit.weights[:, n], tight.coef_, atol=1e-6)
            assert fit.intercept[n] == pytest.approx(tight.intercept_, abs=1e-6)
        ours = X @ fit.weights[:, n] + fit.intercept[n]
        np.testing.assert_allclose(ours, tight.predict(X), atol=1e-6)
    return fit


@pytest.mark.parametrize("rule", ["one_se", "minimum"])
@pytest.mark.parametrize("n_folds", [3, 10])
def test_fit_equals_tight_scikit_learn(rule, n_folds):
    fit = assert_like_scikit_learn(*make_data(), rule=rule, n_folds=n_folds, n_alphas=100)
    assert fit.n_fallback == 0


def test_rows_that_do_not_divide_into_folds():
    assert_like_scikit_learn(*make_data(n=137), n_folds=7)


def test_one_unit():
    X, Y = make_data()
    X = X[:, :1]
    assert_like_scikit_learn(X, Y + X * [20.0, -10.0, 5.0])


def test_fewer_rows_than_units():
    X, Y = make_data(n=30, n_units=40)
    fit = fit_lasso(X, Y, eps=3e-2, n_alphas=30, n_folds=5)
    assert fit.converged.all()
    for n, y in enumerate(Y.T):
        _, index, errors = reference_cv(X, y, "one_se", cv=5, eps=3e-2, alphas=30)
        assert fit.alpha_index[n] == index
        np.testing.assert_allclose(fit.cv_mse[n], errors, rtol=1e-4)


def test_constant_units_get_no_weight_and_change_nothing():
    X, Y = make_data()
    plain = fit_lasso(X, Y)
    padded = np.insert(X, [0, 5, 12], [3.0, 0.0, -0.1], axis=1)
    fit = fit_lasso(padded, Y)
    constant = padded.std(0) < 1e-12
    np.testing.assert_array_equal(fit.weights[constant], 0)
    np.testing.assert_allclose(fit.weights[~constant], plain.weights, atol=1e-12)
    np.testing.assert_array_equal(fit.alpha_index, plain.alpha_index)


def test_units_that_vary_in_one_fold_only():
    X, Y = make_data()
    X[:, 3] = 0.0
    X[5:9, 3] = [1.0, 2.0, -1.0, 3.0]
    Y += X[:, 3:4] * 10
    assert_like_scikit_learn(X, Y)


def test_neurons_that_vary_in_one_fold_only():
    X, Y = make_data()
    Y[:, 0] = 0.0
    Y[3, 0] = 1.0
    fit = fit_lasso(X, Y)
    _, index, errors = reference_cv(X, Y[:, 0], "one_se", cv=10)
    np.testing.assert_allclose(fit.cv_mse[0], errors, rtol=1e-6, atol=1e-12)
    assert fit.alpha_index[0] == index


def test_exact_duplicates_and_sums_of_units():
    X, Y = make_data()
    X[:, 7] = X[:, 2]
    X[:, 8] = -X[:, 3]
    X[:, 9] = X[:, 4] + X[:, 5]
    assert_like_scikit_learn(X, Y, unique=False)


def test_nearly_collinear_units():
    X, Y = make_data()
    X[:, 7] = X[:, 2] + 1e-3 * X[:, 2].std() * np.random.default_rng(5).standard_normal(len(X))
    fit = fit_lasso(X, Y)
    for n, y in enumerate(Y.T):
        tight = Lasso(alpha=fit.alpha[n], tol=1e-14, max_iter=1_000_000).fit(X, y)
        np.testing.assert_allclose(fit.weights[:, n], tight.coef_, atol=1e-6)


def test_integers_with_ties():
    rng = np.random.default_rng(3)
    X = rng.integers(0, 3, (200, 10)).astype(float)
    Y = X[:, :3] + rng.integers(-2, 3, (200, 3))
    assert_like_scikit_learn(X, Y)


def test_orthogonal_units_with_equal_correlations():
    # All units enter at the same lam; the solution is the soft threshold.
    X = np.kron(np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]]), np.ones((10, 1)))
    order = np.random.default_rng(0).permutation(40)
    X = X[order]
    y = X.sum(1)
    fit = fit_lasso(X, y[:, None], n_folds=4)
    expected = 1.0 - fit.alpha[0]
    np.testing.assert_allclose(fit.weights[:, 0], expected, atol=1e-12)


def test_constant_neurons_get_no_weight():
    X, Y = make_data()
    Y[:, 1] = 0.1
    fit = fit_lasso(X, Y)
    assert fit.alpha[1] == pytest.approx(0, abs=1e-12)
    np.testing.assert_array_equal(fit.weights[:, 1], 0)
    assert fit.intercept[1] == pytest.approx(0.1)
    np.testing.assert_allclose(fit.weights[:, 0], fit_lasso(X, Y[:, :1]).weights[:, 0], atol=1e-12)
    assert fit.converged.all()
    assert fit.n_fallback == 0


def test_no_unit_varies():
    _, Y = make_data()
    fit = fit_lasso(np.ones((len(Y), 3)), Y)
    np.testing.assert_array_equal(fit.weights, 0)
    np.testing.assert_allclose(fit.intercept, Y.mean(0))


def test_a_tiny_penalty_gives_least_squares():
    X, Y = make_data()
    alphas = np.tile([1e-8, 1e-9], (Y.shape[1], 1))
    fit = fit_lasso(X, Y, alphas=alphas, rule="minimum")
    expected = LinearRegression().fit(X, Y)
    np.testing.assert_allclose(fit.weights, expected.coef_.T, atol=1e-6)
    np.testing.assert_allclose(fit.intercept, expected.intercept_, atol=1e-5)


def test_noise_free_single_units_are_found_exactly():
    X = np.random.default_rng(0).standard_normal((200, 12))
    X /= X.std(0)
    fit = fit_lasso(X, X * 3.0)
    np.testing.assert_allclose(fit.weights, np.eye(12) * (3.0 - fit.alpha), atol=1e-12)


def test_neurons_do_not_influence_each_other():
    X, Y = make_data(n_neurons=20)
    together = fit_lasso(X, Y)
    alone = fit_lasso(X, Y[:, 17:18])
    np.testing.assert_allclose(together.weights[:, 17], alone.weights[:, 0], atol=1e-13)
    assert together.alpha_index[17] == alone.alpha_index[0]


def test_same_input_gives_the_same_bytes():
    X, Y = make_data()
    first, second = fit_lasso(X, Y), fit_lasso(X.copy(), Y.copy())
    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.cv_mse.tobytes() == second.cv_mse.tobytes()


def test_penalty_grid_is_scikit_learns():
    X, Y = make_data()
    model = LassoCV(cv=3, tol=1e-2).fit(X, Y[:, 0])
    centred = Y - Y.mean(0)
    grid = penalty_grid(centred.T @ (X - X.mean(0)), len(X), 100, 1e-3)
    np.testing.assert_allclose(grid[0], model.alphas_, rtol=1e-12)


def test_choose_alpha_by_hand():
    # Means 4, 2, 1.9, 3; at the minimum the folds are 1.4, 2.4: SD .707, SE .5.
    curve = np.array([[[4.0, 4.0], [2.0, 2.0], [1.4, 2.4], [3.0, 3.0]]])
    assert choose_alpha(curve, "minimum")[0] == 2
    assert choose_alpha(curve, "one_se")[0] == 1
    curve[0, 1] = 2.41
    assert choose_alpha(curve, "one_se")[0] == 2
    with pytest.raises(ValueError, match="'one_se' or 'minimum'"):
        choose_alpha(curve, "least")


@pytest.mark.parametrize(
    ("X", "Y", "message"),
    [
        (np.ones((5, 2)), np.ones((4, 2)), "same rows"),
        (np.ones(5), np.ones((5, 2)), "2-d"),
        (np.full((20, 2), np.nan), np.ones((20, 1)), "finite"),
        (np.ones((5, 2)), np.ones((5, 1)), "10 folds do not fit 5 rows"),
    ],
)
def test_wrong_input_is_refused(X, Y, message):
    with pytest.raises(ValueError, match=message):
        fit_lasso(X, Y)
