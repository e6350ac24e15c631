"""Units of users' own models, read from tables."""

import re
from pathlib import Path

import numpy as np

from facepatch.datasets.stimulus_table import mismatch
from facepatch.datasets.user_tables import listed, read_table
from facepatch.errors import InputError
from facepatch.neurons.matrix_files import (
    check_finite,
    distinct_ids,
    id_array,
    number_matrix,
    read_npz,
)

__all__ = ["check_embeddings", "find_embedding_tables", "read_embedding_table"]

_SUFFIXES = (".csv", ".npz", ".parquet")
# Model names become parts of file names; this is the workflow's own pattern for them.
_MODEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def find_embedding_tables(folder):
    """Return the embedding files of a dataset: a dict of model name to path, sorted.

    Raises
    ------
    InputError
        If there is none, or one of another kind, two of one name, or a name with
        characters other than letters, digits, ``_``, ``-`` and ``.``.
    """
    folder = Path(folder) / "embeddings"
    paths = sorted(folder.glob("[!.]*")) if folder.is_dir() else []
    if not paths:
        raise InputError(
            str(folder), "no file", f"<model>{' or <model>'.join(_SUFFIXES)}", "Add the files."
        )
    tables = {}
    for path in paths:
        if path.suffix not in _SUFFIXES:
            raise InputError(
                str(path),
                f"a file of kind {path.suffix!r}",
                f"one of {', '.join(_SUFFIXES)}",
                "Convert the file or move it away.",
            )
        if not _MODEL_NAME.fullmatch(path.stem):
            raise InputError(
                str(path),
                f"the model name {path.stem!r}",
                "letters, digits, '_', '-' and '.'",
                "Rename the file.",
            )
        if path.stem in tables:
            raise InputError(
                str(path),
                f"the model {path.stem!r} again (also {tables[path.stem].name})",
                "one file per model",
                "Rename or remove one of them.",
            )
        tables[path.stem] = path
    return tables


def read_embedding_table(path):
    """Read the units of one model over stimuli.

    Parameters
    ----------
    path : path
        `.csv` or `.parquet`: first column the stimulus ids, every further column a unit.
        `.npz`: arrays `stimuli` (ids), `values` (stimuli x units) and optionally `units`.

    Returns
    -------
    ids : array of str, shape (n_stimuli,)
    unit_names : array of str, shape (n_units,)
    values : float64 array of shape (n_stimuli, n_units)

    Raises
    ------
    InputError
        For an id given twice, values that are missing, NaN or infinite, no units, units
        of which none varies, or a matrix that lies on its side.
    """
    path = Path(path)
    ids, units, values = _read_npz(path) if path.suffix == ".npz" else _read_columns(path)
    if not np.ptp(values, axis=0).any():
        raise InputError(
            str(path),
            f"{len(units)} units that are constant over all stimuli",
            "units that vary",
            "Write the activations of another layer.",
        )
    return ids, units, values


def _read_columns(path):
    table = read_table(path, ())
    id_column, *units = table.columns
    if not units:
        raise InputError(
            f"{path}, row 1",
            f"the columns {listed(table.columns)}",
            "a column of stimulus ids and one column per unit",
            "Add the units, separated by commas.",
        )
    if id_column in ("unit", "units"):
        raise InputError(
            f"{path}, row 1",
            f"the first column {id_column!r}, so units as rows",
            "stimuli as rows, units as columns",
            "Transpose the table (pandas: frame.T).",
        )
    codes, distinct = table.codes(id_column)
    ids = distinct[codes]
    distinct_ids(ids, table.where)
    values = np.column_stack([table.numbers(name) for name in units])
    return ids, np.array(units, str), values


def _read_npz(path):
    arrays = read_npz(path, ("stimuli", "values"))
    ids = id_array(path, "stimuli", arrays["stimuli"])
    distinct_ids(ids, lambda index: f"{path}, stimuli[{index}]")
    values = number_matrix(path, "values", arrays["values"])
    if len(values) != len(ids):
        lying = values.shape[1] == len(ids)
        raise InputError(
            f"{path}, values",
            f"shape {values.shape} for {len(ids)} stimuli" + (", transposed" if lying else ""),
            f"({len(ids)}, number of units): stimuli as rows",
            "Save values.T instead." if lying else "Save one row for each stimulus.",
        )
    names = arrays.get("units")
    if names is None:
        width = len(str(max(values.shape[1] - 1, 0)))
        units = np.array([f"unit_{k:0{width}d}" for k in range(values.shape[1])], str)
    else:
        units = id_array(path, "units", names)
        distinct_ids(units, lambda index: f"{path}, units[{index}]")
    if values.shape[1] != len(units) or not len(units):
        raise InputError(
            f"{path}, values",
            f"{values.shape[1]} columns for {len(units)} units",
            "one column for each unit",
            "Make 'units' and 'values' agree.",
        )
    check_finite(
        f"{path}, values", values, lambda row, unit: f"stimulus {ids[row]}, unit {units[unit]}"
    )
    return ids, units, values


def check_embeddings(folder, stimuli):
    """Check all embedding tables of a dataset.

    Parameters
    ----------
    folder : path
    stimuli : StimulusTable

    Returns
    -------
    paths : dict of str to path
    warnings : list of str
        Units that are constant (they count as dead), stimuli that nobody asked for.

    Raises
    ------
    InputError
        As `find_embedding_tables` and `read_embedding_table`, and for stimuli of
        `stimuli.csv` that a table lacks.
    """
    tables, warnings = find_embedding_tables(folder), []
    for path in tables.values():
        ids, units, values = read_embedding_table(path)
        known, wanted = set(ids.tolist()), set(stimuli.ids.tolist())
        if wanted - known:
            raise mismatch(str(path), ids.tolist(), stimuli.ids.tolist(), "stimuli.csv")
        if known - wanted:
            surplus = sorted(known - wanted)
            warnings.append(
                f"{path}: {len(surplus)} stimuli are not in stimuli.csv and are left out:"
                f" {listed(surplus)}"
            )
        main = np.isin(ids, stimuli.ids[stimuli.of("main")])
        constant = units[np.ptp(values[main], axis=0) == 0]
        if len(constant):
            warnings.append(
                f"{path}: {len(constant)} of {len(units)} units are constant over the main stimuli"
                f" and count as dead: {listed(constant)}"
            )
    return tables, warnings
