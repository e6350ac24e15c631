"""Variance explained by linear maps between units and neurons (paper_spec 3.3)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from facepatch.scores.folds import FoldedRegression, assign_folds, single_predictor_variance
from facepatch.scores.pairing import pair
from facepatch.seeds import generator

__all__ = ["ModelVariance", "VarianceScorer", "single_unit_ratios", "variance_tables"]

# The AAM that single units are measured against: 25 shape and 25 appearance components.
AAM_UNITS = 50
# Ratios to a smaller explained variance than this say nothing (paper_spec 3.3).
SMALLEST_DENOMINATOR = 0.01


@dataclass(frozen=True)
class ModelVariance:
    """Cross-validated explained variances of one model, all clipped at 0.

    Attributes
    ----------
    encoding : float array of shape (n_neurons,)
        Neuron from all live units; NaN for neurons that are not scored.
    decoding : float array of shape (n_units,)
        Unit from all scored neurons; NaN for dead units.
    best_single_unit : float array of shape (n_neurons,)
        The most that one live unit explains alone.
    ridge_encoding, ridge_decoding : bool
        Whether ridge took the place of least squares.
    """

    encoding: np.ndarray
    decoding: np.ndarray
    best_single_unit: np.ndarray
    ridge_encoding: bool
    ridge_decoding: bool


class VarianceScorer:
    """Scores models on one set of responses; the neurons' side is prepared once for all.

    Parameters
    ----------
    responses : Responses
    n_folds : int
    seed : int
        The run's seed; the folds derive from it and are the same for every model.
    """

    def __init__(self, responses, n_folds, seed):
        self.responses = responses
        rng = generator(seed, "folds of explained variance")
        self.folds = assign_folds(len(responses.test), n_folds, rng)
        self._target, self._decoder = None, None

    def _decoder_from(self, target):
        if self._target is None or not np.array_equal(target, self._target):
            self._target = target
            self._decoder = FoldedRegression(self.responses.test[:, target], self.folds)
        return self._decoder

    def score(self, embedding):
        """Return the `ModelVariance` of one model over the main images."""
        both = pair(embedding, self.responses, "test")
        live, target = both.live, both.target
        encoding = np.full(len(target), np.nan)
        best = np.full(len(target), np.nan)
        decoding = np.full(len(live), np.nan)
        ridge = False, False
        if live.any() and target.any():
            units, neurons = both.units[:, live], both.responses[:, target]
            encoder, decoder = FoldedRegression(units, self.folds), self._decoder_from(target)
            encoding[target] = encoder.explained_variance(neurons)
            decoding[live] = decoder.explained_variance(units)
            best[target] = single_predictor_variance(units, neurons, self.folds).max(axis=1)
            ridge = encoder.ridge, decoder.ridge
        elif target.any():
            encoding[target] = best[target] = 0.0
        return ModelVariance(encoding, decoding, best, *ridge)


def _summary(values):
    known = values[np.isfinite(values)]
    if not len(known):
        return {"median": np.nan, "mean": np.nan, "n": 0}
    return {"median": np.median(known), "mean": np.mean(known), "n": len(known)}


def variance_tables(records, embeddings, responses, n_folds, seed):
    """Return the two tables of explained variance.

    Parameters
    ----------
    records : sequence of dict
        Models, with `family` and `id`.
    embeddings : iterable of Embedding
        In the same order, read one at a time.
    responses : Responses
    n_folds, seed : int

    Returns
    -------
    summary : DataFrame
        family, model, direction (`encoding`, `decoding`), median, mean (over neurons or
        live units), n (how many), estimator (`least squares` or `ridge`).
    per_neuron : DataFrame
        family, model, neuron, encoding, best_single_unit, noise_ceiling. Nothing is
        divided by the ceiling.
    """
    scorer = VarianceScorer(responses, n_folds, seed)
    summary, per_neuron = [], []
    for record, embedding in zip(records, embeddings, strict=True):
        found = scorer.score(embedding)
        name = {"family": record["family"], "model": record["id"]}
        for direction in ("encoding", "decoding"):
            ridge = getattr(found, f"ridge_{direction}")
            estimator = {"estimator": "ridge" if ridge else "least squares"}
            values = _summary(getattr(found, direction))
            summary.append(name | {"direction": direction} | values | estimator)
        columns = {"neuron": responses.neurons, "encoding": found.encoding}
        columns |= {"best_single_unit": found.best_single_unit}
        per_neuron.append(pd.DataFrame(name | columns | {"noise_ceiling": responses.noise_ceiling}))
    columns = ["family", "model", "direction", "median", "mean", "n", "estimator"]
    return pd.DataFrame(summary, columns=columns), pd.concat(per_neuron, ignore_index=True)


def single_unit_ratios(per_neuron, models):
    """Return how much of the 50-unit AAM's explained variance one beta-VAE unit reaches (S3).

    Parameters
    ----------
    per_neuron : DataFrame
        Of `variance_tables`.
    models : DataFrame
        Of `records.models_table`.

    Returns
    -------
    DataFrame
        neuron, model (each selected beta-VAE), ratio, reference (the AAM's id: the one
        whose size is nearest to 50 units). Neurons of which the AAM explains at most 0.01
        are left out. Empty in a run without an AAM.
    """
    columns = ["neuron", "model", "ratio", "reference"]
    aams = models[models["family"] == "aam"]
    chosen = models.loc[models["selected"] & (models["family"] == "beta_vae"), "model"]
    if not len(aams) or not len(chosen):
        return pd.DataFrame(columns=columns)
    reference = aams.loc[(aams["n_units"] - AAM_UNITS).abs().idxmin(), "model"]
    below = per_neuron[per_neuron["model"] == reference].set_index("neuron")["encoding"]
    below = below[below > SMALLEST_DENOMINATOR]
    rows = per_neuron[per_neuron["model"].isin(chosen) & per_neuron["neuron"].isin(below.index)]
    ratio = rows["best_single_unit"] / rows["neuron"].map(below)
    return rows[["neuron", "model"]].assign(ratio=ratio, reference=reference)[columns]
