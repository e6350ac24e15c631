"""Variables of MATLAB files, of version 5 (to 7) and 7.3, as plain arrays."""

import h5py
import numpy as np
import scipy.io
from scipy.io.matlab import MatReadError

from facepatch.datasets.user_tables import listed
from facepatch.errors import InputError

__all__ = ["read_matlab"]

_REMEDY = (
    "In MATLAB: ids as a cell array of character vectors (cellstr), responses as a numeric"
    " matrix (cell2mat)."
)


def read_matlab(path, names):
    """Read variables of a `.mat` file.

    Parameters
    ----------
    path : path
    names : sequence of str
        Variables to read; `neurons` and `stimuli` may be cell arrays of character
        vectors, character matrices (blanks at the ends do not count) or numbers,
        anything else must be a numeric matrix.

    Returns
    -------
    dict of str to array
        Matrices with the shape that they have in MATLAB; texts as arrays of str, shape (n,).

    Raises
    ------
    InputError
        If the file is no MATLAB file or lacks a variable, or for cell arrays of anything
        but text, and for classes that only MATLAB can read (string, table, struct).
    """
    try:
        version_73 = h5py.is_hdf5(path)
        stored = _read_hdf5(path, names) if version_73 else _read_version_5(path, names)
    except (MatReadError, OSError, ValueError, TypeError, NotImplementedError) as error:
        raise InputError(
            str(path),
            f"a file that cannot be read ({error})",
            "a MATLAB file of version 5, 7 or 7.3",
            "Save it again with save(..., '-v7').",
        ) from None
    return {name: _plain(path, name, value) for name, value in stored.items()}


def _missing(path, there, names):
    missing = [name for name in names if name not in there]
    if missing:
        raise InputError(
            str(path),
            f"the variables {listed(there, 20)}",
            f"the variables {listed(names)} (missing: {listed(missing)})",
            "Save the variables under these names.",
        )


def _read_version_5(path, names):
    there = [name for name, _shape, _kind in scipy.io.whosmat(path)]
    _missing(path, there, names)
    loaded = scipy.io.loadmat(path, variable_names=list(names), chars_as_strings=True)
    return {name: loaded[name] for name in names}


def _read_hdf5(path, names):
    with h5py.File(path, "r") as file:
        _missing(path, [name for name in file if not name.startswith("#")], names)
        return {name: _hdf5_value(path, name, file, file[name]) for name in names}


def _hdf5_value(path, name, file, item):
    """Return a 7.3 variable as `loadmat` would return it from an older file."""
    kind = item.attrs.get("MATLAB_class", b"")
    kind = kind.decode() if isinstance(kind, bytes) else str(kind)
    if isinstance(item, h5py.Group) or kind in ("string", "table", "struct", "function_handle"):
        raise _unreadable(path, name, f"a MATLAB {kind or 'struct'}")
    if kind == "cell":
        cells = [_hdf5_value(path, name, file, file[link]) for link in np.asarray(item).flat]
        value = np.empty(len(cells), object)
        value[:] = cells
        return value
    # MATLAB writes an empty array as its shape, marked so.
    value = np.zeros((0, 0)) if item.attrs.get("MATLAB_empty", 0) else np.asarray(item).T
    if kind != "char":
        return value
    return np.array(["".join(chr(code) for code in row) for row in np.atleast_2d(value)], str)


def _unreadable(path, name, found):
    wanted = "text ids" if name in ("neurons", "stimuli") else "a numeric matrix"
    return InputError(f"{path}, {name}", found, wanted, _REMEDY)


def _plain(path, name, value):
    """Return ids as texts and matrices as they are; cell arrays of other things are refused."""
    value = np.asarray(value)
    is_ids = name in ("neurons", "stimuli")
    if value.dtype.kind == "U" and is_ids:
        return np.char.rstrip(value.reshape(-1))
    if value.dtype.kind == "O" and is_ids:
        return np.array([_cell_text(path, name, *cell) for cell in enumerate(value.flat)], str)
    if value.dtype.kind == "O":
        raise _unreadable(path, name, f"a MATLAB cell array of size {value.shape}")
    if value.dtype.kind == "V":
        raise _unreadable(path, name, "a MATLAB struct, string, table or object")
    if is_ids and value.dtype.kind == "f" and (value == np.floor(value)).all():
        return value.astype(np.int64)
    return value


def _cell_text(path, name, index, cell):
    cell = np.asarray(cell)
    if cell.dtype.kind != "U" or cell.size != 1:
        raise _unreadable(
            path, f"{name}{{{index + 1}}}", f"a cell that holds {cell.dtype} of size {cell.shape}"
        )
    return str(cell.reshape(-1)[0])
