"""What the alignment score can tell apart: models against populations of known truth."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, split_rows
from facepatch.encoding.remix import orthogonal_matrix, population_scores, remix_null
from facepatch.nulls.surrogates import null_populations
from facepatch.progress import Progress
from facepatch.seeds import derive_seed, generator
from facepatch.simulation.neurons import (
    draw_population,
    draw_weights,
    simulate_counts,
    standardised,
)

__all__ = ["Cell", "cells", "power_curve", "score_cells", "simulate_responses", "summarise"]

# The signal share is that of averages over this many trials.
_REFERENCE_TRIALS = 4
_WINDOW_S = 0.25


@dataclass(frozen=True)
class Cell:
    """One setting of the study.

    Attributes
    ----------
    varied : str
        What the setting differs in from the base.
    ground_truth : str
        One of `neurons.GROUND_TRUTHS`.
    fraction : float
        Share of axis-tuned neurons under `mixture`.
    stimuli, neurons, trials : int
    signal_share : float
        Mean over neurons of the share of signal in the variance of averages of four trials.
    """

    varied: str
    ground_truth: str
    fraction: float
    stimuli: int
    neurons: int
    trials: int
    signal_share: float

    @property
    def value(self):
        """The value of what is varied."""
        return getattr(self, self.varied)


def cells(base, grid):
    """Return the settings of a study: the base, with one thing varied at a time.

    Parameters
    ----------
    base : dict
        Attributes of a `Cell` but `varied`.
    grid : dict of str to list
        Values of what is varied.

    Returns
    -------
    list of Cell
    """
    return [
        replace(Cell(varied, **base), **{varied: value})
        for varied, values in grid.items()
        for value in values
    ]


def simulate_responses(design, cell, rng):
    """Return trial-averaged responses of simulated neurons to the stimuli of a cell.

    Parameters
    ----------
    design : array (n_stimuli, n_dimensions)
        What the ground truth's neurons are tuned in.
    cell : Cell
        Neurons, trials, signal share, ground truth and fraction.
    rng : numpy.random.Generator

    Returns
    -------
    float64 array (n_stimuli, n_neurons)
        Neurons without a single spike keep a constant response.
    """
    weights, tuned = draw_weights(
        cell.ground_truth, design.shape[1], cell.neurons, rng, fraction=cell.fraction
    )
    trials = (_REFERENCE_TRIALS, _REFERENCE_TRIALS)
    population = draw_population(weights, tuned, rng, trials=trials, signal_share=cell.signal_share)
    share = population.signal_share
    signal, noise = share * cell.trials, (1 - share) * _REFERENCE_TRIALS
    population = replace(
        population,
        signal_share=signal / (signal + noise),
        n_trials=np.full(cell.neurons, cell.trials),
    )
    counts = simulate_counts(design, population, np.arange(len(design)), _WINDOW_S, rng)
    return np.column_stack([values.mean(1) for values in counts]) / _WINDOW_S


def _scores(values, responses, rows, n_draws, seed, grid):
    """Return alignment and null of one model on one population."""
    live = np.ptp(values, axis=0) > 0
    varied = np.ptp(responses, axis=0) > 0
    responses = responses[:, varied]
    result = encode(values, responses, *rows, **grid)
    found = alignment_score(result.weights, result.r2, live)
    drawn = population_scores(
        values, null_populations(values, responses, n_draws, seed), *rows, live=live, **grid
    )
    null = remix_null(found.alignment, [one.alignment for one in drawn])
    return found, null


def score_cells(models, designs, study, *, replicates, n_draws, seed, **grid):
    """Score models against simulated populations in every setting.

    All models see the same populations, and a population does not depend on what other
    settings there are.

    Parameters
    ----------
    models : dict of str to array (n_stimuli, n_units)
        Dead units at 0.
    designs : dict of str to array (n_stimuli, n_dimensions)
        Design of each ground truth.
    study : sequence of Cell
    replicates : int
        Populations per setting.
    n_draws : int
        Draws of each null.
    seed : int
    **grid
        `n_folds`, `n_alphas`, `eps` of `fit_lasso`.

    Returns
    -------
    DataFrame
        One row per setting, replicate and model: `varied, value, replicate, model,
        alignment, alignment_live, remix_gap, remix_p`.
    """
    rows = []
    progress = Progress("sensitivity", len(study) * replicates, "populations")
    for cell in study:
        for number in range(replicates):
            name = (cell.varied, cell.value, number)
            rng = generator(seed, "sensitivity", *name)
            design = designs[cell.ground_truth]
            chosen = rng.permutation(len(design))[: cell.stimuli]
            responses = simulate_responses(_standardised_factors(design[chosen], cell), cell, rng)
            split = split_rows(len(chosen), 0.8, rng)
            draws = derive_seed(seed, "sensitivity", *name)
            for model, values in models.items():
                found, null = _scores(values[chosen], responses, split, n_draws, draws, grid)
                scores = found.alignment, found.alignment_live, null.gap, null.p
                rows.append((*name, model, *scores))
            progress.update(_populations_done(rows, models), str(cell.value))
    columns = ["varied", "value", "replicate", "model"]
    columns += ["alignment", "alignment_live", "remix_gap", "remix_p"]
    return pd.DataFrame(rows, columns=columns)


def _populations_done(rows, models):
    """Return how many populations have been scored with all models."""
    return len(rows) // len(models)


def _standardised_factors(design, cell):
    """Return factors z-scored over the chosen stimuli; other spaces keep their own spread."""
    if cell.ground_truth in ("aam_axis", "pixel_linear"):
        return design
    return standardised(design, np.arange(len(design)))


def power_curve(factors, study, *, replicates, n_draws, level, seed, **grid):
    """Return how often an axis code, and the same code rotated, are told from chance.

    Parameters
    ----------
    factors : array (n_stimuli, n_factors)
        The true factors, which are also the model's units.
    study : sequence of Cell
    replicates, n_draws : int
    level : float
    seed : int
    **grid
        As in `score_cells`.

    Returns
    -------
    DataFrame
        One row per setting and code: `code` (axis, rotated), `stimuli, neurons, trials,
        replicates, rejected, mean_alignment, mean_gap`.
    """
    rows = []
    progress = Progress("power", len(study), "settings")
    for done, cell in enumerate(study, 1):
        name = (cell.stimuli, cell.neurons, cell.trials)
        scores = {"axis": [], "rotated": []}
        for number in range(replicates):
            rng = generator(seed, "power", *name, number)
            chosen = rng.permutation(len(factors))[: cell.stimuli]
            design = standardised(factors[chosen], np.arange(len(chosen)))
            responses = simulate_responses(design, cell, rng)
            split = split_rows(len(chosen), 0.8, rng)
            rotation = orthogonal_matrix(design.shape[1], rng)
            draws = derive_seed(seed, "power", *name, number)
            for code, values in (("axis", design), ("rotated", design @ rotation)):
                found, null = _scores(values, responses, split, n_draws, draws, grid)
                scores[code].append((found.alignment, null.gap, null.p <= level))
        for code, found in scores.items():
            alignment, gap, rejected = np.mean(found, axis=0)
            rows.append((code, *name, replicates, rejected, alignment, gap))
        progress.update(done, str(name), final=done == len(study))
    columns = ["code", "stimuli", "neurons", "trials", "replicates", "rejected"]
    return pd.DataFrame(rows, columns=[*columns, "mean_alignment", "mean_gap"])


def summarise(outcomes):
    """Return mean and standard error of every score per setting and model.

    Parameters
    ----------
    outcomes : DataFrame
        As `score_cells` returns, with a column `family`.

    Returns
    -------
    DataFrame
        `varied, value, family, model, replicates`, then `<score>` and `<score>_se`, and
        `rejected`, the share of p at most .05.
    """
    keys = ["varied", "value", "family", "model"]
    groups = outcomes.groupby(keys, sort=False)
    table = groups.size().rename("replicates").to_frame()
    for score in ("alignment", "alignment_live", "remix_gap"):
        table[score] = groups[score].mean()
        table[f"{score}_se"] = groups[score].sem()
    table["rejected"] = groups["remix_p"].agg(lambda p: (p <= 0.05).mean())
    return table.reset_index()
