"""Score a model of your own against your own neurons, from a notebook.

>>> import numpy as np
>>> from facepatch.api import score
>>> rng = np.random.default_rng(0)
>>> units = rng.standard_normal((300, 5))
>>> neurons = units[:, [0, 1, 2, 3]] + rng.standard_normal((300, 4))
>>> result = score(units, neurons)
>>> bool(result["model"].alignment.alignment > 0.9)
True
"""

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from facepatch.api_inputs import as_models, as_table, check_neurons, check_units, shared_rows
from facepatch.encoding.alignment import AlignmentScore, alignment_score, completeness
from facepatch.encoding.fits import EncodingResult, encode, split_rows
from facepatch.encoding.remix import RemixNull, population_scores, remix_null
from facepatch.errors import InputError
from facepatch.figures.score_summary import draw_summary
from facepatch.nulls.surrogates import null_populations
from facepatch.scores.folds import FoldedRegression, assign_folds, single_predictor_variance
from facepatch.seeds import generator

__all__ = ["ModelResult", "Result", "score"]

_LEAST_STIMULI = 20


@dataclass(frozen=True)
class ModelResult:
    """What is known of one model.

    Attributes
    ----------
    name : str
    units, neurons : tuples of str
    live : bool array (n_units,)
        False for units that never vary.
    encoding : EncodingResult
        Lasso weights (units x neurons) and R2 on the test stimuli.
    alignment : AlignmentScore
    null : RemixNull
        The alignment against neurons without a preference for axes: `null.gap`, `null.p`.
    encoding_variance, best_single_unit : float arrays (n_neurons,)
        Cross-validated share of a neuron's variance explained by all units, and by the
        best single one.
    decoding_variance : float array (n_units,)
        Share of a unit's variance explained by all neurons; NaN for dead units.
    """

    name: str
    units: tuple
    neurons: tuple
    live: np.ndarray
    encoding: EncodingResult
    alignment: AlignmentScore
    null: RemixNull
    encoding_variance: np.ndarray
    best_single_unit: np.ndarray
    decoding_variance: np.ndarray

    def row(self):
        """Return the model's row of `Result.to_frame` as a dict."""
        return {
            "model": self.name,
            "n_units": len(self.units),
            "n_live": int(self.live.sum()),
            "alignment": self.alignment.alignment,
            "alignment_live": self.alignment.alignment_live,
            "explained_neurons": self.alignment.explained_neurons,
            "unexplained_fraction": self.alignment.unexplained_fraction,
            "remix_gap": self.null.gap,
            "remix_p": self.null.p,
            "encoding_median": float(np.median(self.encoding_variance)),
            "encoding_mean": float(np.mean(self.encoding_variance)),
            "decoding_median": float(np.nanmedian(self.decoding_variance)),
            "decoding_mean": float(np.nanmean(self.decoding_variance)),
        }

    def neuron_frame(self):
        """Return one row per neuron: how well, and by which unit, it is predicted."""
        weights = np.abs(self.encoding.weights)
        used = weights.any(0)
        best = np.array(self.units, object)[weights.argmax(0)]
        return pd.DataFrame(
            {
                "model": self.name,
                "neuron": self.neurons,
                "r2": self.encoding.r2,
                "completeness": completeness(self.encoding.weights),
                "strongest_unit": np.where(used, best, ""),
                "units_used": (weights > 0).sum(0),
                "encoding": self.encoding_variance,
                "best_single_unit": self.best_single_unit,
            }
        )


@dataclass(frozen=True)
class Result:
    """What `score` found; `print` it, tabulate it or draw it.

    Attributes
    ----------
    models : tuple of ModelResult
        In the order in which they were given; `result["name"]` finds one.
    n_stimuli, n_neurons : int
    warnings : tuple of str
    """

    models: tuple
    n_stimuli: int
    n_neurons: int
    warnings: tuple

    def __getitem__(self, name):
        """Return the `ModelResult` of a model by its name."""
        for model in self.models:
            if model.name == name:
                return model
        raise KeyError(f"no model {name!r}; there are {[model.name for model in self.models]}")

    def to_frame(self):
        """Return one row per model with the columns of the workflow's tables.

        Returns
        -------
        DataFrame
            `model, n_units, n_live, alignment, alignment_live, explained_neurons,
            unexplained_fraction, remix_gap, remix_p`, then median and mean of the variance
            explained, `encoding` over neurons and `decoding` over units.
        """
        return pd.DataFrame([model.row() for model in self.models])

    def neurons_to_frame(self):
        """Return one row per model and neuron; see `ModelResult.neuron_frame`."""
        return pd.concat([model.neuron_frame() for model in self.models], ignore_index=True)

    def plot(self):
        """Draw the scores and return the matplotlib Figure.

        Three panels: alignment beside its null distribution, completeness of every neuron
        over its R2, and variance explained by all units and by the best one.
        """
        return draw_summary(self.models)

    def __str__(self):
        lines = [f"{self.n_stimuli} stimuli, {self.n_neurons} neurons"]
        for model in self.models:
            found, null = model.alignment, model.null
            lines.append(
                f"{model.name}: alignment {found.alignment:.3f} "
                f"({found.alignment_live:.3f} over its {int(model.live.sum())} live units), "
                f"{found.explained_neurons} neurons explained"
            )
            lines.append(
                f"  without a preference for axes it would be {null.alignment - null.gap:.3f}: "
                f"gap {null.gap:+.3f}, p = {null.p:.3g} ({len(null.remixes)} draws)"
            )
            lines.append(
                f"  variance explained: neurons from units {np.median(model.encoding_variance):.3f}"
                f", units from neurons {np.nanmedian(model.decoding_variance):.3f} (medians)"
            )
        return "\n".join(lines)


def score(
    embeddings,
    responses,
    *,
    seed=0,
    n_remix=99,
    train_fraction=0.8,
    n_folds=10,
    n_alphas=100,
    eps=1e-3,
    quiet=False,
):
    """Score models against neurons as the workflow does.

    Parameters
    ----------
    embeddings : DataFrame, array (n_stimuli, n_units), path, or a dict of name to these
        Units of one model, or of several. DataFrames have the stimulus ids as index and
        are matched to the responses by id; arrays are matched by position.
    responses : DataFrame or array (n_stimuli, n_neurons)
        Trial-averaged responses.
    seed : int
        The same seed gives the same result.
    n_remix : int
        Draws of the null distribution; the smallest p is 1 / (n_remix + 1).
    train_fraction, n_folds, n_alphas, eps
        The encoding's recipe: share of stimuli that are fitted, folds, number of penalties
        and ratio of the smallest to the largest.
    quiet : bool
        Whether to keep warnings to `Result.warnings` and off the screen.

    Returns
    -------
    Result

    Raises
    ------
    InputError
        For ids that do not match, transposed matrices, missing or infinite values, constant
        neurons, models of constant units only, or fewer than 20 stimuli.

    References
    ----------
    paper_spec 3.1, 3.1.4 and 3.3; docs/own-data.md.
    """
    responses = as_table(responses, "responses", "neuron")
    models, warnings = shared_rows(as_models(embeddings), responses)
    if len(responses) < _LEAST_STIMULI:
        raise InputError(
            "responses",
            f"{len(responses)} stimuli",
            f"at least {_LEAST_STIMULI}",
            "Check that stimuli are the rows; with so few nothing can be fitted.",
        )
    check_neurons(responses)
    checked = {name: check_units(name, table) for name, table in models.items()}
    warnings += [warning for _, found in checked.values() for warning in found]
    if not quiet:
        for warning in warnings:
            print(f"warning: {warning}", file=sys.stderr)
    rows = split_rows(len(responses), train_fraction, generator(seed, "encoding split"))
    grid = {"n_folds": n_folds, "n_alphas": n_alphas, "eps": eps}
    results = [
        _score_model(name, table, checked[name][0], responses, rows, n_remix, seed, grid)
        for name, table in models.items()
    ]
    return Result(tuple(results), *responses.shape, tuple(warnings))


def _score_model(name, table, live, responses, rows, n_remix, seed, grid):
    values, neurons = table.to_numpy() * live, responses.to_numpy()
    encoding = encode(values, neurons, *rows, **grid)
    found = alignment_score(encoding.weights, encoding.r2, live)
    populations = null_populations(values, neurons, n_remix, seed)
    scores = population_scores(values, populations, *rows, live=live, **grid)
    folds = assign_folds(len(neurons), grid["n_folds"], generator(seed, "variance folds"))
    units = values[:, live]
    decoding = np.full(len(live), np.nan)
    decoding[live] = FoldedRegression(neurons, folds).explained_variance(units)
    return ModelResult(
        name=name,
        units=tuple(table.columns),
        neurons=tuple(responses.columns),
        live=live,
        encoding=encoding,
        alignment=found,
        null=remix_null(found.alignment, [drawn.alignment for drawn in scores]),
        encoding_variance=FoldedRegression(units, folds).explained_variance(neurons),
        best_single_unit=single_predictor_variance(units, neurons, folds).max(axis=1),
        decoding_variance=decoding,
    )
