"""The null of the alignment score: what it keeps, what it changes, and whether it is right."""

import numpy as np
import pandas as pd
import pytest
from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, split_rows
from facepatch.encoding.remix import population_scores, remix_null
from facepatch.nulls.calibration import rejection_table, try_populations
from facepatch.nulls.covariance import direction_covariance
from facepatch.nulls.directions import fit_directions
from facepatch.nulls.populations import CONDITIONS, Condition, simulate_population
from facepatch.nulls.relevance import PopulationTurner, draw_coefficients, relevance
from facepatch.nulls.surrogates import NULLS, make_null, null_populations
from facepatch.seeds import generator
from statsmodels.stats.proportion import proportion_confint

GRID = {"n_folds": 5, "n_alphas": 30, "eps": 1e-3}
SMALL = Condition("small", n_images=200, n_neurons=12, n_units=5, n_dead=3)


@pytest.fixture
def small():
    return simulate_population(SMALL, 0.0, np.random.default_rng(0))


def test_directions_are_a_least_squares_fit(small):
    values, responses = small
    found = fit_directions(values, responses)
    standard = (responses - responses.mean(0)) / responses.std(0)
    design = np.column_stack([np.ones(200), values[:, :5]])
    fitted = design @ np.linalg.lstsq(design, standard, rcond=None)[0]
    np.testing.assert_allclose(found.basis @ found.coefficients, fitted, atol=1e-10)
    np.testing.assert_allclose(found.residual, standard - fitted, atol=1e-10)
    unexplained = ((standard - fitted) ** 2).sum(0) / (200 - 1 - 5) / standard.var(0, ddof=1)
    np.testing.assert_allclose(found.explained, 1 - unexplained)


def test_signal_is_estimated_without_bias():
    rng = np.random.default_rng(1)
    units = rng.standard_normal((100, 20))
    drive = units @ rng.standard_normal((20, 2000)) * 0.05
    found = fit_directions(units, drive + rng.standard_normal(drive.shape))
    true = ((drive - drive.mean(0)) ** 2).sum(0)
    energy = (found.coefficients**2).sum(0) / found.noise**2 - 20
    # E[1 / noise variance] is larger than 1 by the factor df / (df - 2).
    assert energy.mean() == pytest.approx(true.mean(), rel=0.15)
    assert (found.signal >= 0).all()


def test_wide_models_are_cut_to_a_quarter_of_the_stimuli():
    rng = np.random.default_rng(2)
    found = fit_directions(rng.standard_normal((60, 200)), rng.standard_normal((60, 4)))
    assert found.basis.shape == (60, 15)
    assert np.isfinite(relevance(found)).all()


def test_relevance_finds_what_neurons_care_for():
    rng = np.random.default_rng(3)
    mixing = np.eye(4) + 0.4 * rng.standard_normal((4, 4))
    units = rng.standard_normal((500, 4)) @ mixing
    units = (units - units.mean(0)) / units.std(0)
    variance = np.array([1.0, 0.5, 0.2, 0.0])
    drive = units @ (np.sqrt(variance)[:, None] * rng.standard_normal((4, 600)))
    drive /= drive.std(0)
    found = fit_directions(units, drive + rng.standard_normal(drive.shape))
    estimate = relevance(found, n_iterations=200)
    np.testing.assert_allclose(estimate / estimate[0], variance, atol=0.08)


def test_relevance_of_pure_noise_is_even():
    rng = np.random.default_rng(4)
    found = fit_directions(rng.standard_normal((50, 3)), rng.standard_normal((50, 1)))
    silent = type(found)(**vars(found) | {"signal": np.zeros(1)})
    assert np.ptp(relevance(silent)) < 1e-12


def test_full_covariance_finds_shared_directions():
    rng = np.random.default_rng(5)
    units = np.linalg.qr(rng.standard_normal((400, 3)))[0] * 20
    axis = np.array([1.0, 1.0, 0.0]) / np.sqrt(2)
    drive = units @ (axis[:, None] * rng.standard_normal(100))
    found = fit_directions(units, drive + 0.1 * rng.standard_normal(drive.shape))
    covariance = direction_covariance(found)
    vector = np.linalg.eigh(covariance)[1][:, -1]
    main = np.linalg.svd(found.coefficients)[0][:, 0]
    assert abs(vector @ main) > 0.999
    assert np.trace(covariance) == pytest.approx(1)


def test_posterior_draws_have_the_moments_of_bayes_rule(small):
    found = fit_directions(*small)
    variance = np.array([0.5, 0.3, 0.1, 0.1, 0.0])
    turner = PopulationTurner(found, variance)
    rng = np.random.default_rng(6)
    draws = np.array([turner.posterior(rng)[0][:, 0] for _ in range(4000)])
    design = np.sqrt(found.signal[0]) * found.loadings * np.sqrt(variance)
    precision = design.T @ design + np.eye(5)
    mean = np.linalg.solve(precision, design.T @ found.coefficients[:, 0] / found.noise[0])
    covariance = np.linalg.inv(precision)
    np.testing.assert_allclose(draws.mean(0), mean, atol=5 * np.sqrt(covariance.max() / 4000))
    np.testing.assert_allclose(np.cov(draws.T), covariance, atol=0.08)
    weights, noise = turner.posterior(rng)
    rebuilt = np.sqrt(found.signal) * ((found.loadings * np.sqrt(variance)) @ weights) + noise
    np.testing.assert_allclose(rebuilt, found.coefficients / found.noise)


def test_surrogates_keep_lengths_and_residuals(small):
    values, responses = small
    found = fit_directions(values, responses)
    for name in ("fixed_snr", "covariance", "relevance", "turned"):
        units, population = make_null(name, values, responses)(np.random.default_rng(7))
        again = fit_directions(units, population)
        np.testing.assert_allclose(again.explained, found.explained, atol=1e-10, err_msg=name)
        np.testing.assert_allclose(again.residual, found.residual, atol=1e-10, err_msg=name)
        assert not np.allclose(population, found.basis @ found.coefficients + found.residual)


def test_turning_keeps_what_neurons_share():
    rng = np.random.default_rng(8)
    units = rng.standard_normal((2000, 6))
    shared = units @ np.repeat(rng.standard_normal((6, 2)), 5, axis=1)
    population = shared + 0.05 * rng.standard_normal(shared.shape)
    turned = make_null("turned", units, population)(rng)[1]
    correlation = np.corrcoef(turned.T)
    assert correlation[:5, :5].min() > 0.95
    assert correlation[5:, 5:].min() > 0.95
    anew = np.corrcoef(make_null("relevance", units, population)(rng)[1].T)
    assert anew[:5, :5].min() < 0.5


def test_drawn_directions_follow_relevance():
    rng = np.random.default_rng(9)
    units = np.linalg.qr(rng.standard_normal((300, 2)))[0]
    found = fit_directions(units, units @ np.ones((2, 1)) + 1e-6 * rng.standard_normal((300, 500)))
    drawn = draw_coefficients(found, np.array([1.0, 0.0]), rng)
    along = np.abs(found.loadings[:, 0] @ drawn) / np.linalg.norm(drawn, axis=0)
    np.testing.assert_allclose(along, 1, atol=1e-3)


def test_draws_depend_on_their_number_alone_and_silent_neurons_stay(small):
    values, responses = small
    responses[:, 3] = 2.0
    five = list(null_populations(values, responses, 5, seed=1))
    two = list(null_populations(values, responses, 2, seed=1))
    np.testing.assert_array_equal(five[1], two[1])
    assert not np.allclose(five[0], five[1])
    assert (five[0][:, 3] == 2.0).all()
    other = next(null_populations(values, responses, 1, seed=2))
    assert not np.allclose(five[0], other)
    (same,) = null_populations(values * 0, responses, 1, seed=1)
    np.testing.assert_array_equal(same, responses)


@pytest.mark.parametrize(("fraction", "significant"), [(1.0, True), (0.0, False)])
def test_true_factors_tell_axis_tuned_neurons_from_random_directions(fraction, significant):
    condition = Condition("factors", n_images=800, n_neurons=50, n_units=14, n_dead=36)
    values, responses = simulate_population(condition, fraction, np.random.default_rng(10))
    rows = split_rows(800, 0.8, np.random.default_rng(0))
    result = encode(values, responses, *rows, **GRID)
    score = alignment_score(result.weights, result.r2).alignment
    drawn = population_scores(values, null_populations(values, responses, 19, 0), *rows, **GRID)
    null = remix_null(score, [one.alignment for one in drawn])
    if significant:
        assert null.gap > 0.3
        assert null.p == 1 / 20
    else:
        assert abs(null.gap) < 0.04
        assert null.p > 0.05


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_conditions_make_what_they_say(name):
    condition = CONDITIONS[name]
    values, responses = simulate_population(condition, 0.3, np.random.default_rng(0))
    assert values.shape == (condition.n_images, condition.n_units + condition.n_dead)
    assert responses.shape == (condition.n_images, condition.n_neurons)
    live = values.std(0) > 0
    assert live.sum() == condition.n_units
    assert (responses.std(0) > 0).all()
    explained = fit_directions(values, responses).explained
    assert 0.1 < np.median(explained) < 0.7


def test_neurons_that_never_fire_are_not_recorded():
    few = Condition("few spikes", n_images=30, n_neurons=200, n_units=3, exponential=True)
    for seed in range(5):
        values, responses = simulate_population(few, 0.0, np.random.default_rng(seed))
        assert 100 < responses.shape[1] < 200
        assert (responses.max(0) > responses.min(0)).all()
        fit_directions(values, responses)


def test_stopping_early_changes_no_outcome(monkeypatch):
    monkeypatch.setitem(CONDITIONS, "small", SMALL)
    nulls = ["plain", "turned", "rotated_units"]
    options = {"n_draws": 19, "level": 0.1, "seed": 3, **GRID}
    outcomes = try_populations("small", 0.0, range(4), nulls, **options)
    assert list(outcomes["null"]) == nulls * 4
    for row in outcomes.itertuples():
        name = "small", 0.0, row.population
        rng = generator(3, "population", *name)
        values, responses = simulate_population(SMALL, 0.0, rng)
        rows = split_rows(200, 0.8, rng)

        def alignment(units, population, rows=rows):
            result = encode(units, population, *rows, **GRID)
            return alignment_score(result.weights, result.r2).alignment

        draw = make_null(row.null, values, responses)
        rng = generator(3, "null", *name, row.null)
        drawn = [alignment(*draw(rng)) for _ in range(19)]
        score = alignment(values, responses)
        p = (1 + sum(one >= score for one in drawn)) / 20
        assert row.rejected == (p <= 0.1)
        assert row.gap == pytest.approx(score - np.mean(drawn[:3]))


def test_too_few_draws_for_a_level():
    with pytest.raises(ValueError, match="cannot give"):
        try_populations("dead_units", 0.0, [0], ["plain"], n_draws=9, level=0.05, seed=0)


def test_rejection_table_counts_and_has_wilsons_intervals():
    outcomes = pd.DataFrame(
        {
            "condition": "steep",
            "fraction": 0.0,
            "population": range(40),
            "null": "plain",
            "alignment": 0.5,
            "gap": np.tile([0.1, 0.3], 20),
            "rejected": np.arange(40) < 6,
        }
    )
    (row,) = rejection_table(outcomes).itertuples()
    assert (row.n_populations, row.rejected) == (40, 0.15)
    low, high = proportion_confint(6, 40, method="wilson")
    assert (row.low, row.high) == pytest.approx((low, high))
    assert row.mean_gap == pytest.approx(0.2)
    assert row.se_gap == pytest.approx(outcomes["gap"].std() / np.sqrt(40))


def test_every_null_draws_the_shapes_it_was_given(small):
    values, responses = small
    for name in NULLS:
        units, population = make_null(name, values, responses)(np.random.default_rng(0))
        assert units.shape == values.shape
        assert population.shape == responses.shape
