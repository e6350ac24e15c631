"""Matrices with ids in users' binary files, checked before they are trusted."""

import zipfile

import numpy as np

from facepatch.datasets.user_tables import listed
from facepatch.errors import InputError

__all__ = ["check_finite", "distinct_ids", "id_array", "number_matrix", "read_npz"]


def read_npz(path, required):
    """Read the arrays of an `.npz`, never a pickle.

    Parameters
    ----------
    path : path
    required : sequence of str
        Names that must be there.

    Returns
    -------
    dict of str to array

    Raises
    ------
    InputError
        If the file is no `.npz`, holds pickled objects, or lacks a name.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise ValueError("a single array")
            names = file.files
            missing = [name for name in required if name not in names]
            arrays = {} if missing else {name: file[name] for name in names}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, KeyError) as error:
        reason = "Python objects" if "pickle" in str(error).lower() else str(error)
        raise InputError(
            str(path),
            f"a file that cannot be read ({reason})",
            "an .npz of plain arrays (text ids as dtype str, not object)",
            "Write it with numpy.savez and arrays of text and numbers.",
        ) from None
    if missing:
        raise InputError(
            str(path),
            f"the arrays {listed(names, 20)}",
            f"the arrays {listed(required)} (missing: {listed(missing)})",
            "Save the arrays under these names.",
        )
    return arrays


def id_array(path, name, values):
    """Return ids as an array of str, shape (n,), or raise for other things than ids."""
    values = np.asarray(values)
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    if values.dtype.kind not in "Uiu" or values.size != max(values.shape, default=1):
        raise InputError(
            f"{path}, {name}",
            f"an array of shape {values.shape} and type {values.dtype}",
            "a list of text or whole numbers",
            "Save the ids as text.",
        )
    texts = values.reshape(-1).astype(str)
    for index, text in enumerate(texts.tolist()):
        if not text or text != text.strip() or not text.isprintable():
            raise InputError(
                f"{path}, {name}[{index}]",
                repr(text),
                "an id without blanks at its ends or control characters",
                "Correct the id.",
            )
    return texts


def number_matrix(path, name, values):
    """Return a two-dimensional float64 array, or raise for other things."""
    values = np.asarray(values)
    if values.ndim != 2 or values.dtype.kind not in "fiub":
        raise InputError(
            f"{path}, {name}",
            f"an array of shape {values.shape} and type {values.dtype}",
            "a matrix of real numbers",
            "Save a two-dimensional array of numbers.",
        )
    return values.astype(np.float64)


def distinct_ids(ids, where):
    """Raise an InputError for the first id that was there before.

    Parameters
    ----------
    ids : array of str
    where : callable
        From an index to the words that name its place.
    """
    first = {}
    for index, name in enumerate(ids.tolist()):
        if name in first:
            raise InputError(
                where(index),
                f"the id {name!r} again (first at {where(first[name])})",
                "each id once",
                "Rename or remove one of them.",
            )
        first[name] = index


def check_finite(where, values, label):
    """Raise an InputError for the first value that is NaN or infinite.

    Parameters
    ----------
    where : str
        File and array.
    values : float array of shape (n_rows, n_columns)
    label : callable
        From row and column to the words that name the cell.
    """
    bad = ~np.isfinite(values)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        more = int(bad.sum()) - 1
        raise InputError(
            f"{where}, {label(row, column)}",
            f"{values[row, column]} (and {more} more such values)",
            "a finite number",
            "Fill the gap or leave out the row or the column.",
        )
