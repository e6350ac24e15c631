"""The list of stimuli: which images there are, and which of them are held out."""

from dataclasses import dataclass

import numpy as np

from facepatch.datasets.user_tables import listed, read_table
from facepatch.errors import InputError

__all__ = ["SPLITS", "StimulusTable", "mismatch", "read_stimulus_table", "write_stimulus_table"]

SPLITS = ("main", "heldout")
_PREFIX = "factor_"
_TEXTS = ("identity", "lighting")


@dataclass(frozen=True)
class StimulusTable:
    """Stimuli in their order.

    Attributes
    ----------
    ids : array of str, shape (n,)
    images : array of str, shape (n,)
        Path of each image inside the dataset's folder, '' for none.
    split : array of str, shape (n,)
        `main` or `heldout`.
    factors : dict of str to float array of shape (n,)
        Known generative factors, without the prefix `factor_`, in file order.
    labels : dict of str to array of str, shape (n,)
        `identity` and `lighting`, where given.
    rows : int array of shape (n,)
        Row of the file that each stimulus was read from (the header is row 1).
    unknown_columns : tuple of str
        Columns that nothing reads.
    """

    ids: np.ndarray
    images: np.ndarray
    split: np.ndarray
    factors: dict
    labels: dict
    rows: np.ndarray
    unknown_columns: tuple = ()

    def __len__(self):
        return len(self.ids)

    def of(self, split):
        """Return the indices of a split's stimuli, in order."""
        return np.flatnonzero(self.split == split)

    def factor_matrix(self):
        """Return the factors as a float array of shape (n, n_factors), columns in file order."""
        return (
            np.column_stack(list(self.factors.values()))
            if self.factors
            else np.zeros((len(self), 0))
        )

    def in_run_order(self):
        """Return the table with main stimuli first, then held-out ones, else in file order."""
        order = np.concatenate([self.of(split) for split in SPLITS])
        return StimulusTable(
            self.ids[order],
            self.images[order],
            self.split[order],
            {name: values[order] for name, values in self.factors.items()},
            {name: values[order] for name, values in self.labels.items()},
            self.rows[order],
            self.unknown_columns,
        )


def read_stimulus_table(path):
    """Read and check a `stimuli.csv`, a dataset's or a run's.

    Ids stay text whatever they look like (``007``, ``NA``, ``<b>``).

    Parameters
    ----------
    path : path
        Columns `stimulus`, `image`, `split`; optional `identity`, `lighting`, `factor_*`.

    Returns
    -------
    StimulusTable

    Raises
    ------
    InputError
        For an id given twice, an unknown split, no main stimulus, or a factor that is no number.
    """
    table = read_table(path, ("stimulus", "image", "split"))
    codes, ids = table.codes("stimulus")
    if len(ids) < len(table):
        first = np.unique(codes, return_index=True)[1]
        again = np.setdiff1d(np.arange(len(table)), first)[0]
        name, row = str(ids[codes[again]]), first[codes[again]] + 2
        raise InputError(
            table.where(again),
            f"the stimulus {name!r} again (first in row {row})",
            "each id once",
            "Rename or remove one of the rows.",
        )
    split = table.texts("split")
    wrong = ~np.isin(split, SPLITS)
    if wrong.any():
        index = np.argmax(wrong)
        raise InputError(
            table.where(index),
            f"the split {str(split[index])!r}",
            "'main' or 'heldout'",
            "Correct the cell.",
        )
    if not (split == "main").any():
        raise InputError(
            str(path), "no stimulus of split 'main'", "at least one", "Mark the main stimuli."
        )
    names = [name for name in table.columns if name.startswith(_PREFIX)]
    known = {"stimulus", "image", "split", *_TEXTS, *names}
    return StimulusTable(
        ids[codes],
        table.texts("image"),
        split,
        {name.removeprefix(_PREFIX): table.numbers(name) for name in names},
        {name: table.texts(name) for name in _TEXTS if name in table.columns},
        np.arange(len(table)) + 2,
        tuple(name for name in table.columns if name not in known),
    )


def write_stimulus_table(stimuli, path):
    """Write a StimulusTable as CSV that `read_stimulus_table` reads back unchanged."""
    import pandas as pd

    from facepatch.files import write_csv

    columns = {"stimulus": stimuli.ids, "image": stimuli.images, "split": stimuli.split}
    columns |= stimuli.labels
    columns |= {_PREFIX + name: values for name, values in stimuli.factors.items()}
    write_csv(pd.DataFrame(columns), path)


def mismatch(where, ids, known, other):
    """Return an InputError that shows the first ten ids on each side that have no partner.

    Parameters
    ----------
    where : str
        File that names `ids`.
    ids, known : iterables of str
        Ids of this file and of the other one.
    other : str
        Name of the other file.
    """
    ids, known = dict.fromkeys(ids), dict.fromkeys(known)
    here = [name for name in ids if name not in known]
    there = [name for name in known if name not in ids]
    found = f"{len(here)} ids that are not in {other}: {listed(here)}" if here else ""
    lack = f"{len(there)} ids of {other} missing: {listed(there)}" if there else ""
    return InputError(
        where,
        "; ".join(part for part in (found, lack) if part),
        f"the same ids as in {other}",
        "Make the ids agree, letter by letter, in both files.",
    )
