"""Remixes of the neurons: the same fits as from scratch, and a null that keeps its level."""

import numpy as np
import pytest
from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, split_rows, z_score
from facepatch.encoding.remix import (
    artificial_responses,
    mixing_matrix,
    orthogonal_matrix,
    remix_null,
    remix_scores,
)

GRID = {"n_folds": 5, "n_alphas": 40, "eps": 1e-3}


def test_orthogonal_matrices_are_orthogonal_and_have_no_preferred_sign():
    rng = np.random.default_rng(0)
    draws = np.array([orthogonal_matrix(4, rng) for _ in range(4000)])
    np.testing.assert_allclose(draws[0] @ draws[0].T, np.eye(4), atol=1e-14)
    # Under the Haar measure every entry has mean 0 and mean square 1/4.
    np.testing.assert_allclose(draws.mean(0), 0, atol=0.04)
    np.testing.assert_allclose((draws**2).mean(0), 0.25, atol=0.02)


def test_mixing_stays_within_groups():
    groups = np.array([0, 1, 0, -1, 1, 0])
    matrix = mixing_matrix(groups, np.random.default_rng(0))
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(6), atol=1e-14)
    assert (matrix[groups[:, None] != groups] == 0).all()
    assert (matrix[np.ix_([0, 2, 5], [0, 2, 5])] != 0).all()
    np.testing.assert_array_equal(matrix[3], np.eye(6)[3])


@pytest.fixture
def factors():
    """Six factors as units (and two dead ones), with axis-tuned and random-direction neurons."""
    rng = np.random.default_rng(0)
    n, n_neurons = 400, 30
    units = rng.standard_normal((n, 6))
    noise = rng.standard_normal((n, n_neurons))
    axis = units[:, rng.integers(0, 6, n_neurons)] + noise
    random = units @ rng.standard_normal((6, n_neurons)) / np.sqrt(6) + noise
    rows = split_rows(n, 0.8, rng)
    mixings = [mixing_matrix(np.zeros(n_neurons), rng) for _ in range(19)]
    return np.hstack([units, np.zeros((n, 2))]), axis, random, rows, mixings


def test_remixes_equal_fits_from_scratch(factors):
    values, axis, _, (train, test), mixings = factors
    scores = remix_scores(values, axis, train, test, mixings[:3], **GRID)
    for score, mixing in zip(scores, mixings, strict=False):
        mixed = z_score(z_score(axis, train) @ mixing, train)
        result = encode(values, mixed, train, test, **GRID)
        expected = alignment_score(result.weights, result.r2)
        assert score.alignment == pytest.approx(expected.alignment, abs=1e-12)
        assert score.explained_neurons == expected.explained_neurons


def test_no_mixing_gives_the_recorded_score(factors):
    values, axis, _, (train, test), _ = factors
    result = encode(values, axis, train, test, **GRID)
    live = values.any(0)
    expected = alignment_score(result.weights, result.r2, live)
    (score,) = remix_scores(values, axis, train, test, [np.eye(30)], live=live, **GRID)
    assert score.alignment == pytest.approx(expected.alignment, abs=1e-12)
    assert score.alignment_live == pytest.approx(expected.alignment_live, abs=1e-12)


def test_neurons_that_are_no_targets_are_not_mixed_in(factors):
    values, axis, _, (train, test), _ = factors
    target = np.arange(30) % 2 == 0
    mixing = mixing_matrix(np.zeros(15), np.random.default_rng(1))
    (score,) = remix_scores(values, axis, train, test, [mixing], target=target, **GRID)
    (expected,) = remix_scores(values, axis[:, target], train, test, [mixing], **GRID)
    assert score == expected


def test_axis_tuned_neurons_have_a_large_gap_and_random_directions_none(factors):
    values, axis, random, rows, mixings = factors
    nulls = []
    for responses in (axis, random):
        result = encode(values, responses, *rows, **GRID)
        alignment = alignment_score(result.weights, result.r2).alignment
        remixes = remix_scores(values, responses, *rows, mixings, **GRID)
        nulls.append(remix_null(alignment, [score.alignment for score in remixes]))
    assert nulls[0].gap > 0.3
    assert nulls[0].p == 1 / 20
    assert abs(nulls[1].gap) < 0.05
    assert nulls[1].p > 0.05


def test_artificial_responses_keep_the_variance_that_units_explain(factors):
    values, axis, _, (train, _), mixings = factors
    mixed = artificial_responses(axis, train, mixings[0])
    np.testing.assert_allclose(mixed[train].std(0), 1)
    # Total explained variance of unscaled mixtures is that of the neurons.
    recorded = z_score(axis, train)[train]
    units = values[train, :6] - values[train, :6].mean(0)
    basis = np.linalg.qr(units)[0]
    share = ((basis.T @ recorded) ** 2).sum()
    assert ((basis.T @ (recorded @ mixings[0])) ** 2).sum() == pytest.approx(share)


def test_p_counts_ties_and_is_never_zero():
    null = remix_null(0.4, [0.4, 0.3, 0.2])
    assert null.p == 2 / 4
    assert null.gap == pytest.approx(0.1)
    assert remix_null(1.0, np.zeros(19)).p == 1 / 20
    assert remix_null(0.0, np.zeros(19)).p == 1
    with pytest.raises(ValueError, match="n > 0"):
        remix_null(0.4, [])


def test_p_is_uniform_under_the_null():
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((4000, 20))
    p = np.array([remix_null(row[0], row[1:]).p for row in draws])
    assert (p <= 0.05).mean() == pytest.approx(0.05, abs=0.012)
    assert (p <= 0.5).mean() == pytest.approx(0.5, abs=0.03)
