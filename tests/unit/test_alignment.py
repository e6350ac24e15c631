"""Completeness and alignment against the formula in plain Python and against known answers."""

import math

import numpy as np
import pytest
from facepatch.encoding.alignment import alignment_score, completeness


def plain_completeness(weights, n_units):
    scores = []
    for column in weights.T:
        total = sum(abs(w) for w in column)
        if total == 0:
            scores.append(0.0)
            continue
        shares = [abs(w) / total for w in column if w != 0]
        scores.append(1 + sum(p * math.log(p) for p in shares) / math.log(n_units))
    return np.array(scores)


@pytest.fixture
def weights():
    rng = np.random.default_rng(0)
    return rng.standard_normal((12, 30)) * (rng.random((12, 30)) < 0.4)


def test_completeness_follows_the_formula(weights):
    np.testing.assert_allclose(completeness(weights), plain_completeness(weights, 12), atol=1e-14)
    np.testing.assert_allclose(
        completeness(weights, 50), plain_completeness(weights, 50), atol=1e-14
    )


def test_one_to_one_code_is_complete_and_equal_weights_are_not():
    np.testing.assert_array_equal(completeness(-3.0 * np.eye(7)), 1.0)
    np.testing.assert_allclose(completeness(np.full((7, 2), -0.2)), 0.0, atol=1e-15)


def test_dead_units_lift_completeness_by_the_base_alone():
    uniform = np.vstack([np.ones((12, 1)), np.zeros((38, 1))])
    assert completeness(uniform)[0] == pytest.approx(1 - math.log(12) / math.log(50), abs=1e-14)
    assert completeness(uniform, 12)[0] == pytest.approx(0, abs=1e-14)


def test_a_single_unit_is_complete_and_no_weights_are_not():
    np.testing.assert_array_equal(completeness(np.array([[2.0, 0.0]])), [1.0, 0.0])


def test_completeness_ignores_the_scale_even_near_the_limits_of_floats(weights):
    expected = completeness(weights)
    for scale in (1e-300, 1e300):
        np.testing.assert_allclose(completeness(weights * scale), expected, atol=1e-12)


def test_completeness_refuses_more_weights_than_units():
    with pytest.raises(ValueError, match="3 weights, more than 2 units"):
        completeness(np.ones((3, 1)), 2)


def test_alignment_weights_neurons_by_clipped_r2(weights):
    rng = np.random.default_rng(1)
    r2 = rng.uniform(-0.5, 1, 30)
    score = alignment_score(weights, r2)
    gain = [max(r, 0.0) if column.any() else 0.0 for r, column in zip(r2, weights.T, strict=True)]
    complete = plain_completeness(weights, 12)
    expected = sum(g * c for g, c in zip(gain, complete, strict=True)) / sum(gain)
    assert score.alignment == pytest.approx(expected, abs=1e-14)
    assert score.explained_neurons == sum(g > 0 for g in gain)
    assert score.unexplained_fraction == pytest.approx(1 - sum(g > 0 for g in gain) / 30)


def test_live_alignment_takes_the_live_units_as_base():
    weights = np.zeros((50, 3))
    weights[:12] = 1.0
    live = np.arange(50) < 12
    score = alignment_score(weights, np.ones(3), live=live)
    assert score.alignment == pytest.approx(1 - math.log(12) / math.log(50))
    assert score.alignment_live == pytest.approx(0, abs=1e-14)


def test_neurons_that_are_no_targets_do_not_count(weights):
    r2 = np.linspace(0.1, 0.9, 30)
    target = np.arange(30) % 3 != 0
    masked = np.where(target, r2, np.nan)
    live = np.ones(12, bool)
    expected = alignment_score(weights[:, target], r2[target], live=live)
    assert alignment_score(weights, masked, live=live) == expected
    assert alignment_score(weights, r2, live=live, target=target) == expected


def test_nothing_explained_scores_zero():
    score = alignment_score(np.zeros((5, 4)), np.full(4, 0.3))
    assert (score.alignment, score.alignment_live) == (0.0, 0.0)
    assert (score.explained_neurons, score.unexplained_fraction) == (0, 1.0)
    score = alignment_score(np.ones((5, 4)), np.full(4, -0.3))
    assert (score.alignment, score.explained_neurons) == (0.0, 0)


def test_alignment_refuses_mismatched_shapes_and_missing_r2():
    with pytest.raises(ValueError, match="do not match"):
        alignment_score(np.ones((3, 4)), np.ones(3))
    with pytest.raises(ValueError, match="no R2"):
        alignment_score(np.ones((3, 2)), np.array([0.1, np.nan]), target=[True, True])
