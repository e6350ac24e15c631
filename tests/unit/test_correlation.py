import numpy as np
import pytest
from facepatch.scores.correlation import absolute_correlations, correlation_scores
from scipy import stats


def test_absolute_correlations_equal_scipy():
    rng = np.random.default_rng(0)
    responses, units = rng.normal(5, 2, (40, 6)), rng.normal(size=(40, 4))
    r = absolute_correlations(responses, units)
    for n in range(6):
        for j in range(4):
            expected = abs(stats.pearsonr(responses[:, n], units[:, j]).statistic)
            assert r[n, j] == pytest.approx(expected, abs=1e-12)


def test_constant_neurons_and_units_correlate_with_nothing():
    rng = np.random.default_rng(1)
    responses, units = rng.normal(size=(30, 3)), rng.normal(size=(30, 2))
    responses[:, 1], units[:, 0] = 7.1, 0.3
    r = absolute_correlations(responses, units)
    assert (r[1] == 0).all()
    assert (r[:, 0] == 0).all()
    assert r[0, 1] > 0


def _orthogonal_code():
    # Eight images, four mutually uncorrelated codes: rows of a Hadamard matrix.
    h2 = np.array([[1, 1], [1, -1]])
    return np.kron(np.kron(h2, h2), h2)[:, 1:5].astype(float)


def test_one_neuron_per_unit_gives_the_largest_scores():
    units = _orthogonal_code()
    scores = correlation_scores(units[:, [0, 1, 2, 3, 0]], units, np.ones(4, bool))
    assert scores.correlation_ratio == pytest.approx(1)
    assert scores.n_winners == 4
    assert scores.unit_proportion == 1
    assert scores.unit_proportion_all == 1
    assert scores.unit_proportion_neurons == pytest.approx(4 / 5)
    # Each neuron has one |r| of 1 and three of 0.
    assert scores.sd_abs_r == pytest.approx(np.sqrt(0.25 * 0.75))


def test_hand_made_matrix():
    units = _orthogonal_code()
    # Neuron 0 = 3 u0 + 4 u1 (r = .6, .8), neuron 1 = u1 alone; u3 is dead.
    responses = np.column_stack([3 * units[:, 0] + 4 * units[:, 1], units[:, 1]])
    scores = correlation_scores(responses, units, np.array([True, True, True, False]))
    assert scores.correlation_ratio == pytest.approx((0.8 / 1.4 + 1) / 2)
    assert scores.n_winners == 1
    assert scores.unit_proportion == pytest.approx(1 / 3)
    assert scores.unit_proportion_all == pytest.approx(1 / 4)
    assert scores.unit_proportion_neurons == pytest.approx(1 / 2)
    assert scores.sd_abs_r == pytest.approx(np.std([0.6, 0.8, 0, 0, 0, 1, 0, 0]))


def test_uninformative_code_has_the_floor_of_the_ratio():
    rng = np.random.default_rng(2)
    one = rng.normal(size=(200, 1))
    scores = correlation_scores(np.repeat(one, 7, 1), np.repeat(one, 5, 1), np.ones(5, bool))
    assert scores.correlation_ratio == pytest.approx(1 / 5)


def test_degenerate_inputs_are_undefined_without_warnings():
    with np.errstate(all="raise"):
        dead = correlation_scores(np.eye(4), np.ones((4, 3)), np.zeros(3, bool))
        silent = correlation_scores(np.ones((4, 2)), np.eye(4), np.ones(4, bool))
    assert np.isnan(dead.correlation_ratio)
    assert np.isnan(dead.unit_proportion)
    assert dead.n_winners == 0
    assert np.isnan(silent.sd_abs_r)


def test_silent_neurons_do_not_enter_the_means():
    rng = np.random.default_rng(3)
    responses, units = rng.normal(size=(50, 4)), rng.normal(size=(50, 3))
    with_silent = np.column_stack([responses, np.full(50, 2.0)])
    live = np.ones(3, bool)
    assert correlation_scores(with_silent, units, live) == correlation_scores(
        responses, units, live
    )
