"""Trial-averaged responses in a matrix of neurons x stimuli."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepatch.datasets.user_tables import listed, read_table
from facepatch.errors import InputError
from facepatch.neurons.matlab_files import read_matlab
from facepatch.neurons.matrix_files import (
    check_finite,
    distinct_ids,
    id_array,
    number_matrix,
    read_npz,
)

__all__ = ["ResponseMatrix", "read_response_matrix"]

_NAMES = ("neurons", "stimuli", "responses")


@dataclass(frozen=True)
class ResponseMatrix:
    """Mean responses as the user gave them.

    Attributes
    ----------
    neurons : array of str, shape (n_neurons,)
    stimuli : array of str, shape (n_stimuli,)
    values : float64 array of shape (n_neurons, n_stimuli)
    """

    neurons: np.ndarray
    stimuli: np.ndarray
    values: np.ndarray

    def select(self, ids):
        """Return the matrix of the stimuli `ids` alone, in that order."""
        column = {name: index for index, name in enumerate(self.stimuli.tolist())}
        columns = [column[name] for name in ids]
        return ResponseMatrix(self.neurons, np.asarray(ids, str), self.values[:, columns])


def read_response_matrix(path, known_ids):
    """Read `responses.csv`, `.npz` or `.mat`.

    Parameters
    ----------
    path : path
        CSV: first column `neuron`, every further column a stimulus, named by its id.
        NPZ and MATLAB (5 to 7.3): `neurons` and `stimuli` (ids) and `responses`
        (neurons x stimuli).
    known_ids : sequence of str
        Ids of `stimuli.csv`, to tell a matrix that lies on its side.

    Returns
    -------
    ResponseMatrix

    Raises
    ------
    InputError
        For values that are missing, NaN or infinite, an id given twice, a transposed
        matrix, or a neuron that is constant.
    """
    path = Path(path)
    matrix = _read_csv(path, known_ids) if path.suffix == ".csv" else _read_binary(path)
    constant = matrix.neurons[np.ptp(matrix.values, axis=1) == 0]
    if len(constant):
        raise InputError(
            f"{path}, neuron {str(constant[0])!r}",
            f"{len(constant)} neurons with the same response to all stimuli ({listed(constant)})",
            "responses that vary",
            "Leave these neurons out of the matrix; nothing can be told of their tuning.",
        )
    return matrix


def _read_csv(path, known_ids):
    table = read_table(path, ())
    first, *stimuli = table.columns
    known = set(known_ids)
    codes, distinct = table.codes(first)
    rows_are_stimuli = not known & set(stimuli) and bool(known & set(distinct.tolist()))
    if first == "stimulus" or rows_are_stimuli:
        raise InputError(
            f"{path}, row 1",
            f"the first column {first!r} and stimuli as rows, so a transposed matrix",
            "neurons as rows, stimuli as columns, the first column named 'neuron'",
            "Transpose it (pandas: read_csv(path, index_col=0).T.to_csv(path,"
            " index_label='neuron')).",
        )
    table.require(("neuron",))
    if first != "neuron" or not stimuli:
        raise InputError(
            f"{path}, row 1",
            f"the columns {listed(table.columns)}",
            "'neuron' first, then one column per stimulus",
            "Put the column 'neuron' first.",
        )
    neurons = distinct[codes]
    distinct_ids(neurons, table.where)
    values = np.column_stack([table.numbers(name) for name in stimuli])
    return ResponseMatrix(neurons, np.array(stimuli, str), values)


def _read_binary(path):
    if path.suffix == ".npz":
        arrays = read_npz(path, _NAMES)
        remedy = "Save responses.T instead."
    else:
        arrays = read_matlab(path, _NAMES)
        remedy = "In MATLAB: responses = responses.'; save again."
    neurons, stimuli = (id_array(path, name, arrays[name]) for name in _NAMES[:2])
    for name, ids in zip(_NAMES, (neurons, stimuli), strict=False):
        distinct_ids(ids, lambda index, name=name: f"{path}, {name}[{index}]")
    values = number_matrix(path, "responses", arrays["responses"])
    expected = len(neurons), len(stimuli)
    if values.shape != expected:
        lying = values.shape == expected[::-1]
        raise InputError(
            f"{path}, responses",
            f"shape {values.shape}" + (", a transposed matrix" if lying else ""),
            f"{expected}: neurons as rows, stimuli as columns",
            remedy if lying else "Make 'neurons', 'stimuli' and 'responses' agree.",
        )
    check_finite(
        f"{path}, responses",
        values,
        lambda row, column: f"neuron {neurons[row]}, stimulus {stimuli[column]}",
    )
    return ResponseMatrix(neurons, stimuli, values)
