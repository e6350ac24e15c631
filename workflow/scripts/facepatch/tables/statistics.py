"""Comparing groups of scores: tests, effect sizes, intervals, corrections.

The tests themselves are scipy's, statsmodels' and scikit-posthocs'; this module adds what
a table needs around them: groups too small or too flat to test give NaN with a note.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scikit_posthocs
from scipy import stats
from statsmodels.stats.multitest import multipletests

__all__ = [
    "Comparison",
    "RankTests",
    "bootstrap_effects",
    "cliffs_delta",
    "compare",
    "correlate",
    "holm",
    "partial_correlation",
    "rank_tests",
    "welch",
]

# A group whose spread is below this share of its size is flat: rounding, not variation.
_FLAT = 20 * np.finfo(float).eps
_RESAMPLES_AT_ONCE = 250


@dataclass(frozen=True)
class Comparison:
    """One test between two groups, with effect sizes; group a minus group b throughout.

    Attributes
    ----------
    test, alternative : str
    n_a, n_b : int
        Values that entered, after undefined ones were left out.
    statistic, p : float
        NaN where the test is undefined; `note` then says why.
    difference_of_medians, cliffs_delta : float
    difference_low, difference_high, cliffs_low, cliffs_high : float
        Bootstrap interval of each effect size.
    median_a, median_b : float
    note : str
    """

    test: str
    alternative: str
    n_a: int
    n_b: int
    statistic: float
    p: float
    difference_of_medians: float = np.nan
    cliffs_delta: float = np.nan
    difference_low: float = np.nan
    difference_high: float = np.nan
    cliffs_low: float = np.nan
    cliffs_high: float = np.nan
    median_a: float = np.nan
    median_b: float = np.nan
    note: str = ""


@dataclass(frozen=True)
class RankTests:
    """Friedman's test of one table of ranks, and its two post-hoc tests.

    Attributes
    ----------
    statistic, p : float
        Friedman's chi-square and its p.
    nemenyi, conover : float arrays of shape (n_items, n_items)
        Pairwise p values; NaN where Friedman's test is undefined.
    note : str
    """

    statistic: float
    p: float
    nemenyi: np.ndarray
    conover: np.ndarray
    note: str = ""


def _is_flat(values):
    return np.ptp(values) <= _FLAT * np.abs(values).max()


def welch(a, b, alternative="two-sided"):
    """Return Welch's t, its p, and a note on why they are NaN where they are.

    Parameters
    ----------
    a, b : float arrays of shape (n_a,) and (n_b,)
    alternative : {"two-sided", "less", "greater"}
        "less": the mean of a is below that of b.

    Returns
    -------
    statistic, p : float
    note : str
        Empty where the test is defined.
    """
    if min(len(a), len(b)) < 2:
        return np.nan, np.nan, "fewer than two values in a group: no test"
    if _is_flat(a) and _is_flat(b):
        return np.nan, np.nan, "no variation in either group: no test"
    spread = [0.0 if _is_flat(x) else np.std(x, ddof=1) for x in (a, b)]
    result = stats.ttest_ind_from_stats(
        np.mean(a), spread[0], len(a), np.mean(b), spread[1], len(b), False, alternative
    )
    return float(result.statistic), float(result.pvalue), ""


def cliffs_delta(a, b):
    """Return Cliff's delta, P(a > b) - P(a < b) over all pairs; NaN for an empty group."""
    if not len(a) or not len(b):
        return np.nan
    ordered = np.sort(a)
    below = np.searchsorted(ordered, b, side="left").sum()
    above = (len(a) - np.searchsorted(ordered, b, side="right")).sum()
    return float(above - below) / (len(a) * len(b))


def bootstrap_effects(a, b, rng, n_resamples=2000, level=0.95):
    """Return percentile intervals of the difference of medians and of Cliff's delta.

    Both groups are resampled with replacement, each from itself.

    Parameters
    ----------
    a, b : float arrays of shape (n_a,) and (n_b,)
        At least one value each.
    rng : numpy.random.Generator
    n_resamples : int
    level : float
        Coverage of the interval.

    Returns
    -------
    difference, delta : tuples of (low, high)
    """
    a, b = np.sort(a), np.asarray(b)
    left, right = np.searchsorted(a, b, side="left"), np.searchsorted(a, b, side="right")
    differences, deltas = [], []
    for start in range(0, n_resamples, _RESAMPLES_AT_ONCE):
        n_rows = min(_RESAMPLES_AT_ONCE, n_resamples - start)
        rows_a = rng.integers(len(a), size=(n_rows, len(a)))
        rows_b = rng.integers(len(b), size=(n_rows, len(b)))
        differences.append(np.median(a[rows_a], axis=1) - np.median(b[rows_b], axis=1))
        # How often each value of the sorted a was drawn, summed up: entry i counts the
        # drawn values below a[i], so the pairs need not be formed one by one.
        drawn = np.zeros((n_rows, len(a) + 1))
        np.add.at(drawn, (np.arange(n_rows)[:, None], rows_a + 1), 1)
        below = np.cumsum(drawn, axis=1)
        balance = len(a) - below[:, right] - below[:, left]
        deltas.append(np.take_along_axis(balance, rows_b, axis=1).mean(axis=1) / len(a))
    tails = [(1 - level) / 2, (1 + level) / 2]
    difference = np.quantile(np.concatenate(differences), tails)
    delta = np.quantile(np.concatenate(deltas), tails)
    return tuple(map(float, difference)), tuple(map(float, delta))


def compare(a, b, rng, alternative="two-sided", n_resamples=2000):
    """Compare two groups: Welch's t-test, effect sizes and their bootstrap intervals.

    Parameters
    ----------
    a, b : array-like of float
        One value per model (or per image). Values that are not finite are left out, and
        the note counts them.
    rng : numpy.random.Generator
        Draws the bootstrap.
    alternative : {"two-sided", "less", "greater"}
    n_resamples : int

    Returns
    -------
    Comparison
    """
    groups = [np.asarray(values, float) for values in (a, b)]
    kept = [values[np.isfinite(values)] for values in groups]
    n_lost = sum(len(values) for values in groups) - sum(len(values) for values in kept)
    notes = [f"{n_lost} undefined values left out"] if n_lost else []
    statistic, p, why = welch(*kept, alternative)
    notes += [why] if why else []
    effects = {}
    if len(kept[0]) and len(kept[1]):
        medians = [float(np.median(values)) for values in kept]
        difference, delta = bootstrap_effects(*kept, rng, n_resamples)
        effects = {
            "difference_of_medians": medians[0] - medians[1],
            "cliffs_delta": cliffs_delta(*kept),
            "difference_low": difference[0],
            "difference_high": difference[1],
            "cliffs_low": delta[0],
            "cliffs_high": delta[1],
            "median_a": medians[0],
            "median_b": medians[1],
        }
    sizes = {"n_a": len(kept[0]), "n_b": len(kept[1])}
    note = "; ".join(notes)
    return Comparison(
        "Welch t", alternative, **sizes, statistic=statistic, p=p, **effects, note=note
    )


def _correlation(name, x, y, n_given):
    degrees = len(x) - 2 - n_given
    if degrees < 1:
        return Comparison(name, "two-sided", len(x), len(x), np.nan, np.nan, note="too few models")
    if _is_flat(x) or _is_flat(y):
        why = "no variation: no correlation"
        return Comparison(name, "two-sided", len(x), len(x), np.nan, np.nan, note=why)
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    t = r * np.sqrt(degrees / max(1 - r**2, np.finfo(float).tiny))
    return Comparison(name, "two-sided", len(x), len(x), r, float(2 * stats.t.sf(abs(t), degrees)))


def correlate(x, y):
    """Return Pearson's r between two scores of the same models, as a `Comparison`.

    Pairs with a value that is not finite are left out.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    defined = np.isfinite(x) & np.isfinite(y)
    return _correlation("Pearson r", x[defined], y[defined], 0)


def partial_correlation(x, y, given):
    """Return Pearson's r between x and y with the linear effect of `given` taken out of both.

    Parameters
    ----------
    x, y, given : array-like of shape (n_models,)

    Returns
    -------
    Comparison
        With one degree of freedom less than `correlate`.
    """
    x, y, given = (np.asarray(values, float) for values in (x, y, given))
    defined = np.isfinite(x) & np.isfinite(y) & np.isfinite(given)
    design = np.column_stack([np.ones(defined.sum()), given[defined]])
    residuals = []
    for values in (x[defined], y[defined]):
        left = values - design @ np.linalg.lstsq(design, values)[0]
        # What the control explains to the last digit leaves rounding, not a score.
        flat = len(left) and np.abs(left).max() <= 1e-12 * np.abs(values).max()
        residuals.append(np.zeros(len(left)) if flat else left)
    return _correlation("Partial r given live units", *residuals, 1)


def holm(p):
    """Return Holm's step-down adjustment of the p values that are defined; NaN stays NaN."""
    p = np.asarray(p, float)
    adjusted = np.full(p.shape, np.nan)
    defined = np.isfinite(p)
    if defined.any():
        adjusted[defined] = multipletests(p[defined], method="holm")[1]
    return adjusted


def rank_tests(ranks):
    """Test whether the items of a table of ranks differ, and which ones.

    Parameters
    ----------
    ranks : array of shape (n_participants, n_items)
        Each row ranks the items (1 best).

    Returns
    -------
    RankTests
        Friedman's test, and for each pair Nemenyi's test with Conover's as a check
        (paper_spec 3.8). NaN with fewer than two participants or three items.
    """
    ranks = np.asarray(ranks, float)
    n_items = ranks.shape[1]
    undefined = np.full((n_items, n_items), np.nan)
    if len(ranks) < 2 or n_items < 3:
        why = "Friedman's test needs two participants and three items"
        return RankTests(np.nan, np.nan, undefined, undefined, why)
    if (ranks == ranks[:, :1]).all():
        why = "every participant ranked all items alike: no test"
        return RankTests(np.nan, np.nan, undefined, undefined, why)
    friedman = stats.friedmanchisquare(*ranks.T)
    frame = pd.DataFrame(ranks)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Conover's t divides by the disagreement between participants: 0 if unanimous.
        conover = scikit_posthocs.posthoc_conover_friedman(frame).to_numpy()
    nemenyi = scikit_posthocs.posthoc_nemenyi_friedman(frame).to_numpy()
    return RankTests(float(friedman.statistic), float(friedman.pvalue), nemenyi, conover)
