"""Level and power of the candidate nulls on simulated populations."""

import numpy as np
import pandas as pd

from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, split_rows
from facepatch.nulls.populations import CONDITIONS, simulate_population
from facepatch.nulls.surrogates import make_null
from facepatch.progress import Progress
from facepatch.seeds import generator

__all__ = ["rejection_table", "try_populations"]

# Draws are made in rounds: a null that exceeds the score in the first cannot reject any more.
_FIRST_DRAWS = 3


def try_populations(condition, fraction, numbers, nulls, *, n_draws, level, seed, **grid):
    """Test simulated populations for a preference for axes with each null.

    Whether p = (1 + #{A_r >= A}) / (n_draws + 1) is at most `level` is settled as soon as
    enough draws have reached the score (Besag and Clifford 1991), so most populations
    need few draws; the outcome is that of all draws.

    Parameters
    ----------
    condition : str
        One of `populations.CONDITIONS`.
    fraction : float
        Share of axis-tuned neurons; 0 measures the level.
    numbers : sequence of int
        Which populations; each has its own seed.
    nulls : sequence of str
        Of `surrogates.NULLS`.
    n_draws : int
    level : float
        Nominal level of the test.
    seed : int
    **grid
        `n_folds`, `n_alphas`, `eps` of `fit_lasso`.

    Returns
    -------
    DataFrame
        One row per population and null: `condition, fraction, population, null, alignment,
        gap, rejected`. The gap is alignment minus the mean of the first three draws.
    """
    rows = []
    allowed = int(np.floor(level * (n_draws + 1) + 1e-9)) - 1
    if allowed < 0:
        raise ValueError(f"{n_draws} draws cannot give p <= {level}")
    progress = Progress(f"{condition}, f = {fraction}", len(numbers), "populations")
    for done, number in enumerate(numbers, 1):
        name = condition, fraction, number
        rng = generator(seed, "population", *name)
        values, responses = simulate_population(CONDITIONS[condition], fraction, rng)
        split = split_rows(len(values), 0.8, rng)
        score = _alignments(values, responses, split, 1, grid)[0]
        for null in nulls:
            draw = make_null(null, values, responses)
            rng = generator(seed, "null", *name, null)
            rejected, gap = _test(draw, rng, score, split, n_draws, allowed, grid)
            rows.append((*name, null, score, gap, rejected))
        progress.update(done, final=done == len(numbers))
    columns = ["condition", "fraction", "population", "null", "alignment", "gap", "rejected"]
    return pd.DataFrame(rows, columns=columns)


def _alignments(values, responses, split, n_populations, grid):
    """Return the alignment of populations that stand side by side."""
    result = encode(values, responses, *split, **grid)
    weights = np.split(result.weights, n_populations, axis=1)
    r2 = np.split(result.r2, n_populations)
    return [alignment_score(w, r).alignment for w, r in zip(weights, r2, strict=True)]


def _test(draw, rng, score, split, n_draws, allowed, grid):
    """Return whether the null is rejected, and the gap over the first draws."""
    drawn, round_size = [], min(_FIRST_DRAWS, n_draws)
    gap = np.nan
    while len(drawn) < n_draws:
        surrogates = [draw(rng) for _ in range(min(round_size, n_draws - len(drawn)))]
        if all(units is surrogates[0][0] for units, _ in surrogates):
            joined = np.hstack([responses for _, responses in surrogates])
            drawn += _alignments(surrogates[0][0], joined, split, len(surrogates), grid)
        else:
            drawn += [_alignments(*one, split, 1, grid)[0] for one in surrogates]
        gap = score - np.mean(drawn) if np.isnan(gap) else gap
        if sum(one >= score for one in drawn) > allowed:
            return False, gap
        round_size *= 2
    return True, gap


def rejection_table(outcomes):
    """Return the share of rejections of every null under every condition.

    Parameters
    ----------
    outcomes : DataFrame
        As `try_populations` returns, of any number of populations.

    Returns
    -------
    DataFrame
        `condition, label, fraction, null, n_populations, rejected, low, high, mean_alignment,
        mean_gap, se_gap`: `rejected` is the share with p at most the nominal level, between
        `low` and `high` with 95 % confidence (Wilson 1927).
    """
    rows = []
    for key, part in outcomes.groupby(["condition", "fraction", "null"], sort=False):
        condition, fraction, null = key
        n, share = len(part), part["rejected"].mean()
        z = 1.959963984540054
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        rows.append(
            {
                "condition": condition,
                "label": CONDITIONS[condition].label,
                "fraction": fraction,
                "null": null,
                "n_populations": n,
                "rejected": share,
                "low": max(centre - half, 0.0),
                "high": min(centre + half, 1.0),
                "mean_alignment": part["alignment"].mean(),
                "mean_gap": part["gap"].mean(),
                "se_gap": part["gap"].std(ddof=1) / np.sqrt(n) if n > 1 else np.nan,
            }
        )
    return pd.DataFrame(rows)
