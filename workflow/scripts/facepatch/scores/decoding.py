"""Reading a model's units from single neurons, one neuron a unit (paper_spec 3.5)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from facepatch.scores.correlation import absolute_correlations
from facepatch.scores.pairing import pair
from facepatch.scores.scaling import column_scale

__all__ = [
    "OneToOneDecoding",
    "cosine_distances",
    "decode_one_to_one",
    "decoding_table",
    "identification_accuracy",
    "match_neurons",
]


@dataclass(frozen=True)
class OneToOneDecoding:
    """Codes of the held-out images as read from the matched neurons.

    Attributes
    ----------
    unit, neuron : int arrays of shape (n_matched,)
        Matched pairs, by rising unit; indices into all units and all neurons.
    mean, scale : float arrays of shape (n_matched,)
        Of the matched units over the main images.
    true, decoded : float arrays of shape (n_heldout, n_matched)
        Standardised by `mean` and `scale`.
    complete : bool
        False if the model has more live units than there are neurons: such a model has
        no one-to-one code, and its scores are left out (paper_spec 2.2, dropouts).
    """

    unit: np.ndarray
    neuron: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    true: np.ndarray
    decoded: np.ndarray
    complete: bool

    def codes(self, base):
        """Return the decoded codes in the model's own scale.

        Parameters
        ----------
        base : array of shape (n_units,)
            Value of the units that no neuron decodes: their mean over the training images.

        Returns
        -------
        float array of shape (n_heldout, n_units)
        """
        codes = np.tile(np.asarray(base, float), (len(self.decoded), 1))
        codes[:, self.unit] = self.mean + self.scale * self.decoded
        return codes


def match_neurons(r):
    """Return the one-to-one assignment of neurons to units of largest total |r|.

    Parameters
    ----------
    r : array of shape (n_neurons, n_units)
        Absolute correlations.

    Returns
    -------
    neuron, unit : int arrays of shape (min(n_neurons, n_units),)
        Sorted by unit. The Hungarian method (Kuhn 1955), scipy's implementation.
    """
    neuron, unit = linear_sum_assignment(r, maximize=True)
    order = np.argsort(unit)
    return neuron[order], unit[order]


def decode_one_to_one(pair_main, pair_heldout):
    """Match neurons to live units on the main images and decode the held-out ones.

    Each unit is regressed on its neuron alone over the main images; the line is then
    applied to the held-out images. Both sides are standardised by the main images, where
    the slope is therefore the correlation.

    Parameters
    ----------
    pair_main, pair_heldout : Pair

    Returns
    -------
    OneToOneDecoding
    """
    units = np.flatnonzero(pair_main.live)
    neurons = np.flatnonzero(pair_main.target)
    mean_x, scale_x = column_scale(pair_main.units)
    mean_y, scale_y = column_scale(pair_main.responses)
    r = absolute_correlations(pair_main.responses[:, neurons], pair_main.units[:, units])
    neuron_place, unit_place = match_neurons(r)
    unit, neuron = units[unit_place], neurons[neuron_place]
    main_x = ((pair_main.units - mean_x) / scale_x)[:, unit]
    main_y = ((pair_main.responses - mean_y) / scale_y)[:, neuron]
    slope = (main_x * main_y).mean(axis=0)
    return OneToOneDecoding(
        unit=unit,
        neuron=neuron,
        mean=mean_x[unit],
        scale=scale_x[unit],
        true=((pair_heldout.units - mean_x) / scale_x)[:, unit],
        decoded=slope * ((pair_heldout.responses - mean_y) / scale_y)[:, neuron],
        complete=len(units) <= len(neurons),
    )


def _unit_rows(values):
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return values / np.where(length > 0, length, np.inf)


def cosine_distances(true, decoded):
    """Return 1 - cosine of the angle between each pair of rows; NaN for a row of zeros.

    Parameters
    ----------
    true, decoded : arrays of shape (n_images, n_units)

    Returns
    -------
    float array of shape (n_images,)
        0 for the same direction, 2 for the opposite one.
    """
    defined = np.any(true, axis=1) & np.any(decoded, axis=1)
    cosine = (_unit_rows(true) * _unit_rows(decoded)).sum(axis=1)
    return np.where(defined, 1 - cosine, np.nan)


def identification_accuracy(true, decoded):
    """Return the share of images whose decoded code correlates best with their own code.

    Parameters
    ----------
    true, decoded : arrays of shape (n_images, n_units)

    Returns
    -------
    float
        Chance is 1 / n_images. A tie counts as wrong; NaN with fewer than two units or
        images, where no correlation exists.
    """
    if min(true.shape) < 2:
        return np.nan
    sides = [_unit_rows(side - side.mean(axis=1, keepdims=True)) for side in (decoded, true)]
    r = sides[0] @ sides[1].T
    own = np.diag(r).copy()
    np.fill_diagonal(r, -np.inf)
    return float((own > r.max(axis=1)).mean())


def _scores(result):
    scores = {"n_matched": len(result.unit)}
    if not (result.complete and len(result.unit) and len(result.true)):
        why = "no live unit" if result.complete else "more live units than neurons"
        why = why if len(result.true) else "no held-out images"
        undefined = {"median_cosine_distance": np.nan, "identification_accuracy": np.nan}
        return scores | undefined | {"note": why}
    distances = cosine_distances(result.true, result.decoded)
    known = distances[np.isfinite(distances)]
    return scores | {
        "median_cosine_distance": np.median(known) if len(known) else np.nan,
        "identification_accuracy": identification_accuracy(result.true, result.decoded),
        "note": "",
    }


def decoding_table(records, embeddings, responses):
    """Return the one-to-one decoding scores of every model.

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
        family, model, n_matched, median_cosine_distance (over held-out images),
        identification_accuracy, n_images (held-out), note (why a score is empty).
    """
    rows = []
    for record, embedding in zip(records, embeddings, strict=True):
        name = {"family": record["family"], "model": record["id"]}
        pairs = [pair(embedding, responses, split) for split in ("test", "heldout")]
        result = decode_one_to_one(*pairs)
        rows.append(name | _scores(result) | {"n_images": len(result.true)})
    columns = ["family", "model", "n_matched", "median_cosine_distance"]
    columns += ["identification_accuracy", "n_images", "note"]
    return pd.DataFrame(rows, columns=columns)
