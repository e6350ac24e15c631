"""What the interactive page knows of a run, as plain values that JSON can carry."""

import base64
from dataclasses import dataclass

import numpy as np
import pandas as pd

from facepatch.encoding.alignment import completeness
from facepatch.explorer.tiles import png_data_uri
from facepatch.figures.style import COLOURS, family_order

__all__ = ["ModelMap", "collect", "half_floats", "shown_units"]

_DIGITS = 5  # significant digits of scores; weights have the eleven bits of a half float
_HALF_MAX = float(np.finfo(np.float16).max)
# Columns of `models.csv` that are no hyper-parameters.
_FIXED = ("family", "model", "seed", "n_units", "n_live", "selected", "udr", "instance")
_NOT_PARAMETERS = (*_FIXED, "train_nll", "rank")


@dataclass(frozen=True)
class ModelMap:
    """The Lasso map from one model to all neurons, with what names its units.

    Attributes
    ----------
    weights : array of shape (n_units, n_neurons)
    r2 : array of shape (n_neurons,)
        NaN for neurons that are not targets.
    units : array of str, shape (n_units,)
    live : bool array of shape (n_units,)
    kl : array of shape (n_units,), or None
        Mean divergence from the prior in nats.
    """

    weights: np.ndarray
    r2: np.ndarray
    units: np.ndarray
    live: np.ndarray
    kl: np.ndarray | None = None

    @classmethod
    def load(cls, encoding, embedding):
        """Read an encoding file and the few small arrays that the page needs of an embedding."""
        with np.load(encoding, allow_pickle=False) as file:
            weights, r2 = file["weights"], file["r2"]
        with np.load(embedding, allow_pickle=False) as file:
            kl = file["kl"] if "kl" in file.files else None
            return cls(weights, r2, file["units"], file["live"], kl)


def half_floats(values):
    """Return numbers as base64 text of little-endian half floats, row by row.

    A half float keeps three significant digits, enough to read off a screen, in two bytes.
    What lies beyond its range (65,504) is set to its end; NaN stays NaN.
    """
    clipped = np.clip(np.asarray(values, float), -_HALF_MAX, _HALF_MAX)
    return base64.b64encode(clipped.astype("<f2").tobytes()).decode("ascii")


def shown_units(weights, live, most):
    """Choose the units of a model that the page shows.

    Parameters
    ----------
    weights : array of shape (n_units, n_neurons)
    live : bool array of shape (n_units,)
    most : int

    Returns
    -------
    units : int array
        All live units in their order; of a model with more than `most` the ones that are
        the strongest of most neurons, then those of largest summed absolute weight.
    """
    units = np.flatnonzero(live)
    if len(units) <= most:
        return units
    size = np.abs(weights[units])
    used = size.any(axis=0)
    won = np.bincount(size[:, used].argmax(axis=0), minlength=len(units))
    return units[np.sort(np.lexsort((-size.sum(axis=1), -won))[:most])]


def _plain(value):
    """Return a number or a text of a table as JSON has it; None for what is missing."""
    if pd.isna(value):
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.number):
        number = float(f"{float(value):.{_DIGITS}g}")
        return int(number) if number.is_integer() else number
    return str(value)


def _scores(row, rows_of_splits):
    """Return the headline scores of one model, None where undefined."""
    main = rows_of_splits.get("test", {})
    found = {name: main.get(name) for name in ("alignment", "alignment_live")}
    for split in ("heldout", "artificial"):
        found[split] = rows_of_splits.get(split, {}).get("alignment")
    for name in ("remix_gap", "remix_p", "explained_neurons", "unexplained_fraction"):
        found[name] = main.get(name)
    found |= {name: row[name] for name in ("n_live", "n_units", "udr")}
    return {name: _plain(value) for name, value in found.items()}


def _strips(pictures, units, columns, kl):
    """Return the strips of one model: unit, place among the shown ones, divergence, picture."""
    return [
        {
            "unit": str(units[unit]),
            "column": columns.get(unit, -1),
            "kl": None if kl is None else _plain(kl[unit]),
            "picture": png_data_uri(picture),
        }
        for unit, picture in pictures
    ]


def _model(record, row, splits, mapped, tiles, most):
    shown = shown_units(mapped.weights, mapped.live, most)
    columns = {int(unit): column for column, unit in enumerate(shown)}
    parameters = {name: _plain(row[name]) for name in row.index if name not in _NOT_PARAMETERS}
    pictures = tiles.strips(record["id"]) if tiles is not None else []
    return {
        "id": record["id"],
        "family": record["family"],
        "selected": bool(row["selected"]),
        "representative": bool(row["instance"]),
        "seed": _plain(row["seed"]),
        "parameters": {name: value for name, value in parameters.items() if value is not None},
        "scores": _scores(row, splits),
        "units": [str(name) for name in mapped.units[shown]],
        "weights": half_floats(mapped.weights[shown]),
        "r2": half_floats(mapped.r2),
        "completeness": half_floats(completeness(mapped.weights)),
        "strips": _strips(pictures, mapped.units, columns, mapped.kl),
    }


def collect(records, maps, *, models, alignment, responses, context, run, tiles=None, max_units):
    """Gather what the page shows.

    Parameters
    ----------
    records : sequence of dict
        The catalogue's records of the scored models: `id`, `family`.
    maps : iterable of ModelMap
        Of the same models; read one at a time.
    models, alignment : DataFrame
        The tables of these names.
    responses : Responses
        For the neurons' names and noise ceilings.
    context : FigureContext
        Words and counts of the run's data.
    run : str
        Name of the run.
    tiles : TraversalTiles, optional
    max_units : int
        Units of a model shown at most.

    Returns
    -------
    content : dict
        Of text, finite numbers, None, lists and dicts alone.

    Raises
    ------
    ValueError
        If a model is not in the table of models, or a map has other neurons than the
        responses.
    """
    rows = models.set_index("model")
    splits = {}
    for score in alignment.to_dict("records"):
        splits.setdefault(score["model"], {})[score["split"]] = score
    entries = []
    for record, mapped in zip(records, maps, strict=True):
        if record["id"] not in rows.index:
            raise ValueError(f"no row for {record['id']} in the table of models")
        if mapped.weights.shape != (len(mapped.units), len(responses.neurons)):
            raise ValueError(f"weights of {record['id']} have shape {mapped.weights.shape}")
        row, scores = rows.loc[record["id"]], splits.get(record["id"], {})
        entries.append(_model(record, row, scores, mapped, tiles, max_units))
    families = family_order([entry["family"] for entry in entries])
    return {
        "run": run,
        "data": context.data_sentence(images="both" if context.n_heldout else "main"),
        "max_units": max_units,
        "steps": [] if tiles is None else [_plain(step) for step in tiles.steps],
        "families": [
            {"id": name, "label": context.label(name), "colour": COLOURS[name]} for name in families
        ],
        "neurons": {
            "ids": [str(name) for name in responses.neurons],
            "ceiling": half_floats(responses.noise_ceiling),
        },
        "models": entries,
    }
