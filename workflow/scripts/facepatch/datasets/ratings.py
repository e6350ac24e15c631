"""Ratings by human participants: labels of latents and rankings of reconstructions."""

from pathlib import Path

import numpy as np

from facepatch.datasets.user_tables import listed, read_table
from facepatch.errors import InputError

__all__ = ["RATING_FILES", "check_ratings", "read_labels", "read_rankings"]

RATING_FILES = ("ratings/labels.csv", "ratings/rankings.csv")


def read_labels(path):
    """Read which label each participant gave to each latent.

    Parameters
    ----------
    path : path
        Columns `participant, latent, label`.

    Returns
    -------
    participant, latent, label : arrays of str, shape (n_rows,)

    Raises
    ------
    InputError
        For an empty cell or a latent that a participant labelled twice.
    """
    columns = "participant", "latent", "label"
    table = read_table(path, columns)
    coded = [table.codes(name) for name in columns]
    _check_once(table, [codes for codes, _ in coded[:2]], "this participant's label of the latent")
    return tuple(distinct[codes] for codes, distinct in coded)


def read_rankings(path):
    """Read how each participant ranked the models' reconstructions of each stimulus.

    Parameters
    ----------
    path : path
        Columns `participant, stimulus, model, rank`; 1 is best. Ties share the mean of
        their ranks.

    Returns
    -------
    participant, stimulus, model : arrays of str, shape (n_rows,)
    rank : float array of shape (n_rows,)

    Raises
    ------
    InputError
        For a rank that is no rank, a model ranked twice, or a participant who did not
        rank the same models for a stimulus as everybody else.
    """
    columns = "participant", "stimulus", "model"
    table = read_table(path, (*columns, "rank"))
    coded = [table.codes(name) for name in columns]
    rank = table.numbers("rank")
    codes = [code for code, _ in coded]
    _check_once(table, codes, "this participant's rank of the model")
    n_models = len(coded[2][1])
    wrong = (rank < 1) | (rank > n_models) | (rank * 2 != np.floor(rank * 2))
    if wrong.any():
        index = np.argmax(wrong)
        raise InputError(
            table.where(index),
            f"the rank {rank[index]:g}",
            f"1 (best) to {n_models}, the number of models",
            "Correct the cell.",
        )
    _check_ranks(table, codes, rank, n_models)
    return (*(distinct[code] for code, distinct in coded), rank)


def _check_once(table, codes, what):
    key = np.ravel_multi_index(codes, [code.max() + 1 for code in codes])
    first = np.unique(key, return_index=True)[1]
    if len(first) < len(key):
        again = np.setdiff1d(np.arange(len(key)), first)[0]
        raise InputError(
            table.where(again),
            f"{what} again (first in row {np.argmax(key == key[again]) + 2})",
            "each once",
            "Remove one of the rows.",
        )


def _check_ranks(table, codes, rank, n_models):
    """Check that each participant ranked all models of each stimulus that they saw."""
    trial = np.unique(codes[0] * (codes[1].max() + 1) + codes[1], return_inverse=True)[1]
    number = np.bincount(trial)
    total = np.bincount(trial, weights=rank)
    expected = n_models * (n_models + 1) / 2
    wrong = (number != n_models) | (np.abs(total - expected) > 1e-9)
    if wrong.any():
        index = np.argmax(wrong[trial])
        raise InputError(
            table.where(index),
            f"ranks of {number[trial[index]]} models that sum to {total[trial[index]]:g} for this"
            " participant and stimulus",
            f"ranks of all {n_models} models, which sum to {expected:g}",
            "Complete the ranking; tied models share the mean of their ranks.",
        )


def check_ratings(folder, stimuli):
    """Check the rating files of a dataset that are there; return their paths.

    Raises
    ------
    InputError
        As the readers; if there is none, or a ranked stimulus is not in `stimuli.csv`.
    """
    folder = Path(folder)
    there = [name for name in RATING_FILES if (folder / name).is_file()]
    if not there:
        raise InputError(
            str(folder / "ratings"),
            "neither labels.csv nor rankings.csv",
            "one of them",
            "Add the ratings.",
        )
    for name in there:
        path = folder / name
        if name == RATING_FILES[0]:
            read_labels(path)
            continue
        _participant, stimulus, _model, _rank = read_rankings(path)
        unknown = np.isin(stimulus, stimuli.ids, invert=True)
        if unknown.any():
            index = np.argmax(unknown)
            raise InputError(
                f"{path}, row {index + 2}",
                f"stimuli that are not in stimuli.csv: {listed(np.unique(stimulus[unknown]))}",
                "ids of stimuli.csv",
                "Correct the ids.",
            )
    return there
