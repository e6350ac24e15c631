"""What a notebook hands over: tables or arrays, checked and put side by side."""

from pathlib import Path

import pandas as pd

from facepatch.datasets.embedding_tables import read_embedding_table
from facepatch.datasets.stimulus_table import mismatch
from facepatch.datasets.user_tables import listed
from facepatch.errors import InputError
from facepatch.models.run_inputs import varying
from facepatch.neurons.matrix_files import check_finite, distinct_ids, number_matrix

__all__ = ["FEW_STIMULI", "as_models", "as_table", "check_neurons", "check_units", "shared_rows"]

# Fewer stimuli than this tell an axis code from a rotated one only in lucky cases.
FEW_STIMULI = 50


def as_table(values, where, column):
    """Return a user's matrix as a DataFrame of floats with named rows and columns.

    Parameters
    ----------
    values : DataFrame, array (n_stimuli, n_columns), or path
        A DataFrame has the stimulus ids as index. A path names a file of the kinds that
        `data/README.md` lists under embeddings.
    where : str
        How messages name it.
    column : str
        What a column is: "unit" or "neuron".

    Returns
    -------
    DataFrame
        With text ids as index, or a RangeIndex where the caller gave an array.

    Raises
    ------
    InputError
        For other things than a matrix of finite numbers with distinct ids.
    """
    if isinstance(values, str | Path):
        ids, names, matrix = read_embedding_table(values)
        return pd.DataFrame(matrix, ids, names)
    if isinstance(values, pd.DataFrame):
        index = values.index.astype(str)
        distinct_ids(index, lambda row: f"{where}, row {row}")
        names = values.columns.astype(str)
        distinct_ids(names, lambda place: f"{where}, column {place}")
        values = _numbers(values, where)
    else:
        index = names = None
    matrix = number_matrix(where, "values", values)
    if names is None:
        width = len(str(max(matrix.shape[1] - 1, 0)))
        names = [f"{column}_{k:0{width}d}" for k in range(matrix.shape[1])]
    table = pd.DataFrame(matrix, index, names)
    check_finite(
        where, matrix, lambda row, place: f"stimulus {table.index[row]}, {column} {names[place]}"
    )
    return table


def _numbers(frame, where):
    """Return the values of a DataFrame whose columns are all numbers."""
    text = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if text:
        raise InputError(
            where,
            f"the columns {listed(text)} of text",
            "numbers only, with the stimulus ids as index",
            f"If {str(text[0])!r} holds the stimuli, use frame.set_index({str(text[0])!r}).",
        )
    return frame.to_numpy(float)


def as_models(embeddings):
    """Return the caller's models: a dict of name to DataFrame of stimuli x units.

    Parameters
    ----------
    embeddings : DataFrame, array, path, or a dict of name to one of these

    Raises
    ------
    InputError
        As `as_table`, and if there is no model.
    """
    if not isinstance(embeddings, dict):
        name = Path(embeddings).stem if isinstance(embeddings, str | Path) else "model"
        embeddings = {name: embeddings}
    if not embeddings:
        raise InputError("embeddings", "no model", "at least one", "Give an array or a table.")
    several = len(embeddings) > 1
    return {
        str(name): as_table(values, f"embeddings[{name!r}]" if several else "embeddings", "unit")
        for name, values in embeddings.items()
    }


def shared_rows(models, responses):
    """Return models and responses over the same stimuli in the order of the responses.

    Parameters
    ----------
    models : dict of str to DataFrame
    responses : DataFrame

    Returns
    -------
    models : dict of str to DataFrame
    warnings : list of str

    Raises
    ------
    InputError
        If a model lacks stimuli of the responses (the first ten on each side are named), if
        arrays without ids differ in length, or if one of them lies on its side.
    """
    matched, warnings = {}, []
    for name, table in models.items():
        where = "embeddings" if len(models) == 1 else f"embeddings[{name!r}]"
        by_position = isinstance(table.index, pd.RangeIndex)
        if by_position != isinstance(responses.index, pd.RangeIndex):
            raise InputError(
                where,
                "stimulus ids on one side only",
                "ids in both embeddings and responses, or arrays in the same order for both",
                "Give both as DataFrames whose index holds the stimuli.",
            )
        if by_position:
            _check_lengths(table, responses, where)
            matched[name] = table
            continue
        missing = responses.index.difference(table.index)
        if len(missing):
            _check_transposed(table, responses, where)
            raise mismatch(where, table.index, responses.index, "responses")
        surplus = table.index.difference(responses.index)
        if len(surplus):
            warnings.append(
                f"{where}: {len(surplus)} stimuli have no responses and are left out:"
                f" {listed(surplus)}"
            )
        matched[name] = table.loc[responses.index]
    if len(responses) < FEW_STIMULI:
        warnings.append(
            f"Only {len(responses)} shared stimuli, fewer than {FEW_STIMULI}: see the power curve "
            "in docs/what-alignment-shows.md before you read much into the scores."
        )
    return matched, warnings


def _check_lengths(table, responses, where):
    if len(table) == len(responses):
        return
    for lying, name in ((table, where), (responses, "responses")):
        other = responses if lying is table else table
        if lying.shape[1] == len(other):
            raise _transposed(name, lying.shape)
    raise InputError(
        where,
        f"{len(table)} rows for {len(responses)} rows of responses",
        "one row per stimulus in both, in the same order",
        "Give DataFrames whose index holds the stimulus ids; then rows are matched by id.",
    )


def _check_transposed(table, responses, where):
    if set(table.columns) & set(responses.index):
        raise _transposed(where, table.shape)
    if set(responses.columns) & set(table.index):
        raise _transposed("responses", responses.shape)


def _transposed(where, shape):
    return InputError(
        where,
        f"a transposed matrix of shape {shape}",
        "stimuli as rows, units or neurons as columns",
        f"Hand over {where}.T instead.",
    )


def check_neurons(responses):
    """Raise an InputError that names the neurons with the same response to everything."""
    constant = responses.columns[~varying(responses.to_numpy())]
    if len(constant):
        raise InputError(
            "responses",
            f"{len(constant)} constant neurons: {listed(constant)}",
            "neurons whose response varies over the stimuli",
            "Drop them: responses.loc[:, responses.nunique() > 1].",
        )


def check_units(name, table):
    """Return which units vary, and a warning that names the others, or raise if none does.

    Returns
    -------
    live : bool array (n_units,)
    warnings : list of str
    """
    live = varying(table.to_numpy())
    if not live.any():
        raise InputError(
            f"embeddings of {name!r}",
            f"{len(live)} units that are constant over all stimuli",
            "units that vary",
            "Take the activations of another layer.",
        )
    if live.all():
        return live, []
    constant = table.columns[~live]
    return live, [
        f"{name}: {len(constant)} of {len(live)} units are constant and count as dead:"
        f" {listed(constant)}"
    ]
