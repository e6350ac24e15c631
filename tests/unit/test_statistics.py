import warnings

import numpy as np
import pandas as pd
import pytest
import scikit_posthocs
from facepatch.tables import statistics
from scipy import stats


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_welch_equals_scipy(alternative):
    rng = np.random.default_rng(0)
    for sizes in ((2, 2), (51, 64), (5, 300)):
        a, b = rng.normal(0.3, 1, sizes[0]), rng.normal(0, 3, sizes[1])
        expected = stats.ttest_ind(a, b, equal_var=False, alternative=alternative)
        statistic, p, note = statistics.welch(a, b, alternative)
        np.testing.assert_allclose([statistic, p], [expected.statistic, expected.pvalue], rtol=1e-9)
        assert note == ""


def test_welch_with_one_flat_group_is_the_one_sample_test():
    a = np.random.default_rng(1).normal(size=20)
    expected = stats.ttest_1samp(a, 0.1)
    statistic, p, _ = statistics.welch(a, np.full(7, 0.1))
    np.testing.assert_allclose([statistic, p], [expected.statistic, expected.pvalue], rtol=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "word"),
    [
        ([1.0], [1.0, 2.0], "fewer than two"),
        ([], [1.0, 2.0], "fewer than two"),
        ([0.1 + 0.2, 0.3], [0.5, 0.5], "no variation"),
    ],
)
def test_groups_without_a_test_give_nan_and_say_why(a, b, word):
    result = statistics.compare(a, b, np.random.default_rng(0))
    assert np.isnan(result.statistic)
    assert np.isnan(result.p)
    assert word in result.note


def test_values_that_are_not_finite_are_left_out_and_counted():
    rng = np.random.default_rng(0)
    whole = statistics.compare([1, 2, 3], [2, 5, 9, 7], rng)
    holed = statistics.compare([1, np.nan, 2, 3], [2, 5, np.inf, 9, 7], rng)
    assert (holed.n_a, holed.n_b, holed.p) == (3, 4, whole.p)
    assert holed.note == "2 undefined values left out"


def test_cliffs_delta_counts_all_pairs():
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 6, 23).astype(float), rng.integers(1, 8, 31).astype(float)
    pairs = [np.sign(x - y) for x in a for y in b]
    assert statistics.cliffs_delta(a, b) == pytest.approx(np.mean(pairs), abs=1e-15)
    assert statistics.cliffs_delta([2, 3], [0, 1]) == 1
    assert statistics.cliffs_delta([0, 1], [2, 3]) == -1


def test_bootstrap_equals_a_loop_over_resamples():
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 9, 12).astype(float), rng.normal(4, 2, 17)
    difference, delta = statistics.bootstrap_effects(a, b, np.random.default_rng(9), 500)
    again = np.random.default_rng(9)
    medians, deltas = [], []
    for _ in range(2):  # drawn 250 at a time, as the module does
        rows_a, rows_b = again.integers(12, size=(250, 12)), again.integers(17, size=(250, 17))
        for one, two in zip(np.sort(a)[rows_a], b[rows_b], strict=True):
            medians.append(np.median(one) - np.median(two))
            deltas.append(np.sign(one[:, None] - two).mean())
    np.testing.assert_allclose(difference, np.quantile(medians, [0.025, 0.975]), atol=1e-12)
    np.testing.assert_allclose(delta, np.quantile(deltas, [0.025, 0.975]), atol=1e-12)


def test_bootstrap_interval_covers_the_true_difference():
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(200):
        a, b = rng.normal(1, 1, 50), rng.normal(0, 1, 50)
        low, high = statistics.bootstrap_effects(a, b, rng, 250)[0]
        covered += low <= 1 <= high
    assert 175 <= covered <= 200


def test_welch_keeps_its_level_under_the_null():
    # Two families with the same distribution, sizes as in the paper, skewed as scores are.
    rng = np.random.default_rng(5)
    p = []
    for _ in range(2000):
        a, b = rng.beta(4, 8, 51), rng.beta(4, 8, 50)
        p.append(statistics.welch(a, b)[1])
    share = np.mean(np.array(p) < 0.05)
    assert 0.03 <= share <= 0.07


def test_holm_is_the_step_down_rule_and_skips_undefined():
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.5])
    expected = np.full(5, np.nan)
    running = 0.0
    for step, place in enumerate(np.argsort(p)[:4]):
        running = max(running, min(1.0, (4 - step) * p[place]))
        expected[place] = running
    np.testing.assert_allclose(statistics.holm(p), expected)
    assert np.isnan(statistics.holm([np.nan])).all()
    assert len(statistics.holm([])) == 0


def test_correlations_equal_scipy_and_the_partial_formula():
    rng = np.random.default_rng(6)
    given = rng.normal(size=40)
    x, y = given + rng.normal(size=40), 0.5 * given + rng.normal(size=40)
    plain = statistics.correlate(np.append(x, np.nan), np.append(y, 1))
    expected = stats.pearsonr(x, y)
    np.testing.assert_allclose([plain.statistic, plain.p], expected, rtol=1e-9)
    assert plain.n_a == 40
    xy, xz, yz = (np.corrcoef(*pair)[0, 1] for pair in ((x, y), (x, given), (y, given)))
    r = (xy - xz * yz) / np.sqrt((1 - xz**2) * (1 - yz**2))
    partial = statistics.partial_correlation(x, y, given)
    assert partial.statistic == pytest.approx(r, rel=1e-9)
    t = r * np.sqrt(37 / (1 - r**2))
    assert partial.p == pytest.approx(2 * stats.t.sf(abs(t), 37), rel=1e-9)


def test_correlation_without_variation_or_models_is_undefined():
    assert "no variation" in statistics.correlate([1, 2, 3], [4, 4, 4]).note
    assert "too few" in statistics.correlate([1, 2], [3, 4]).note
    explained = statistics.partial_correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], [2, 4, 6, 8, 10])
    assert np.isnan(explained.p)


def test_rank_tests_equal_the_formulas():
    rng = np.random.default_rng(7)
    ranks = np.argsort(rng.normal([0, 0.8, 1.2], size=(30, 3)), axis=1).argsort(axis=1) + 1
    result = statistics.rank_tests(ranks)
    n, k = ranks.shape
    sums = ranks.sum(axis=0)
    friedman = 12 / (n * k * (k + 1)) * (sums**2).sum() - 3 * n * (k + 1)
    assert result.statistic == pytest.approx(friedman)
    assert result.p == pytest.approx(stats.chi2.sf(friedman, k - 1))
    difference = abs(sums[0] - sums[2]) / n
    q = difference / np.sqrt(k * (k + 1) / (6 * n)) * np.sqrt(2)
    assert result.nemenyi[0, 2] == pytest.approx(stats.studentized_range.sf(q, k, np.inf), rel=1e-6)
    frame = pd.DataFrame(ranks)
    check = scikit_posthocs.posthoc_conover_friedman(frame).to_numpy()
    np.testing.assert_allclose(result.conover, check)


def test_unanimous_participants_leave_no_warning_and_clear_p():
    result = statistics.rank_tests(np.tile([1, 2, 3], (12, 1)))
    assert result.statistic == pytest.approx(24)
    assert result.nemenyi[0, 2] < 1e-4


def test_rank_tests_without_enough_data_are_undefined():
    assert np.isnan(statistics.rank_tests([[1, 2, 3]]).p)
    assert np.isnan(statistics.rank_tests([[1, 2], [2, 1]]).p)
    assert "alike" in statistics.rank_tests(np.ones((5, 3))).note
