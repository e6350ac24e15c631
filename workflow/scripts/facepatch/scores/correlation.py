"""One-to-one correlations between neurons and units (paper_spec 3.2)."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from facepatch.scores.pairing import pair
from facepatch.scores.scaling import standardised

__all__ = ["CorrelationScores", "absolute_correlations", "correlation_scores", "correlation_table"]


@dataclass(frozen=True)
class CorrelationScores:
    """Summary of the |r| between the neurons and the units of one model.

    Attributes
    ----------
    correlation_ratio : float
        Mean over neurons of the largest |r| over the sum of |r|.
    n_winners : int
        Units that are the best correlate of at least one neuron.
    unit_proportion, unit_proportion_all, unit_proportion_neurons : float
        `n_winners` over the live units, over all units, and over the neurons.
    sd_abs_r : float
        Standard deviation of |r| over all pairs of a neuron and a unit, dead ones at 0.
    """

    correlation_ratio: float
    n_winners: int
    unit_proportion: float
    unit_proportion_all: float
    unit_proportion_neurons: float
    sd_abs_r: float


def absolute_correlations(responses, units):
    """Return |Pearson r| between every neuron and every unit.

    Parameters
    ----------
    responses : array of shape (n_images, n_neurons)
    units : array of shape (n_images, n_units)

    Returns
    -------
    array of shape (n_neurons, n_units)
        0 where a neuron or a unit never varies.
    """
    product = standardised(responses).T @ standardised(units) / len(units)
    return np.minimum(np.abs(product), 1)


def correlation_scores(responses, units, live):
    """Return the one-to-one correlation scores of one model.

    Parameters
    ----------
    responses : array of shape (n_images, n_neurons)
        Neurons that are scored; those that never vary are left out of all means.
    units : array of shape (n_images, n_units)
    live : bool array of shape (n_units,)
        Units that carry something; the others count as r = 0.

    Returns
    -------
    CorrelationScores
        All NaN without a neuron that varies; the ratio is NaN where no unit varies.
    """
    responses = np.asarray(responses, float)
    live = np.asarray(live, bool)
    varies = np.ptp(responses, axis=0) > 0
    r = absolute_correlations(responses[:, varies], np.asarray(units, float) * live)
    n_neurons, n_units = r.shape
    if n_neurons == 0:
        return CorrelationScores(np.nan, 0, np.nan, np.nan, np.nan, np.nan)
    total = r.sum(axis=1)
    tuned = total > 0
    ratio = (r.max(axis=1)[tuned] / total[tuned]).mean() if tuned.any() else np.nan
    n_winners = len(np.unique(r.argmax(axis=1)[tuned]))
    return CorrelationScores(
        correlation_ratio=float(ratio),
        n_winners=n_winners,
        unit_proportion=n_winners / live.sum() if live.any() else np.nan,
        unit_proportion_all=n_winners / n_units,
        unit_proportion_neurons=n_winners / n_neurons,
        sd_abs_r=float(r.std()),
    )


def correlation_table(records, embeddings, responses):
    """Return the one-to-one correlation scores of every model on both sets of images.

    Parameters
    ----------
    records : sequence of dict
        Models, with `family` and `id`.
    embeddings : iterable of Embedding
        In the same order, read one at a time.
    responses : Responses

    Returns
    -------
    DataFrame
        family, model, split (`test`, `heldout`), correlation_ratio, unit_proportion (of
        the live units), sd_abs_r, then unit_proportion_all, unit_proportion_neurons and
        n_winners. No held-out rows in a run with fewer than three held-out images.
    """
    rows = []
    for record, embedding in zip(records, embeddings, strict=True):
        for split in ("test", "heldout"):
            both = pair(embedding, responses, split)
            if len(both.units) < 3:
                continue
            scores = correlation_scores(both.responses[:, both.target], both.units, both.live)
            name = {"family": record["family"], "model": record["id"], "split": split}
            rows.append(name | asdict(scores))
    columns = ["family", "model", "split", "correlation_ratio", "unit_proportion", "sd_abs_r"]
    columns += ["unit_proportion_all", "unit_proportion_neurons", "n_winners"]
    return pd.DataFrame(rows, columns=columns)
