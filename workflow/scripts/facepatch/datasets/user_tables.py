"""Tables that users write: read as text, so that every message can name file and row."""

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from facepatch.datasets.line_checks import check_lines
from facepatch.errors import InputError

__all__ = ["UserTable", "listed", "read_table"]


def listed(items, limit=10):
    """Return up to `limit` items as quoted text and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 more"
    """
    items = list(items)
    text = ", ".join(repr(str(item)) for item in items[:limit])
    return text + (f" and {len(items) - limit} more" if len(items) > limit else "")


@dataclass(frozen=True)
class UserTable:
    """A table of a dataset, before its cells are trusted.

    Attributes
    ----------
    path : Path
        File that it was read from.
    table : pyarrow.Table
        For CSV every column is text, exactly as written; for Parquet as stored.
    """

    path: Path
    table: pa.Table

    def __len__(self):
        return self.table.num_rows

    @property
    def columns(self):
        """Names of the columns, in file order."""
        return self.table.column_names

    def where(self, index):
        """Return ``"file, row r"`` for the data row with this index (the header is row 1)."""
        return f"{self.path}, row {int(index) + 2}"

    def require(self, names):
        """Raise an InputError unless all columns `names` are there, with a near name as hint."""
        missing = [name for name in names if name not in self.columns]
        if not missing:
            return
        hints = []
        folded = {column.strip().lower(): column for column in self.columns}
        for name in missing:
            near = difflib.get_close_matches(name, folded, n=1, cutoff=0.6)
            if near:
                hints.append(f"rename {folded[near[0]]!r} to {name!r}")
        remedy = f"Did you mean to {' and to '.join(hints)}?" if hints else "Add what is missing."
        if len(self.columns) == 1 and any(mark in self.columns[0] for mark in ";\t|"):
            remedy = "Save the table with commas between the columns."
        raise InputError(
            f"{self.path}, row 1",
            f"the columns {listed(self.columns, 20)}",
            f"the columns {listed(names, 20)} (missing: {listed(missing, 20)})",
            remedy,
        )

    def codes(self, name):
        """Return an id column as codes and distinct texts in order of appearance.

        Returns
        -------
        codes : int array of shape (n_rows,)
        distinct : array of str

        Raises
        ------
        InputError
            If an id is empty, is not text or a whole number, has blanks at an end or
            holds control characters (which no message could show).
        """
        column = self.table.column(name).combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if not (_is_text(column.type) or pa.types.is_integer(column.type)):
            raise InputError(
                f"{self.path}, column {name!r}",
                f"values of type {column.type}",
                "text or whole numbers",
                "Store ids as text.",
            )
        encoded = pc.dictionary_encode(column.cast(pa.string()))
        indices = encoded.indices
        codes = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        distinct = np.array(encoded.dictionary.to_pylist(), dtype=str)
        self._check_ids(name, codes, encoded.dictionary.to_pylist())
        return codes, distinct

    def _check_ids(self, name, codes, distinct):
        if (codes < 0).any():
            raise self._bad_cell(name, np.argmax(codes < 0), "an empty cell", "an id")
        for code, text in enumerate(distinct):
            if text and text == text.strip() and text.isprintable():
                continue
            found = repr(text) if text else "an empty cell"
            wanted = "an id without blanks at its ends or control characters"
            raise self._bad_cell(name, np.argmax(codes == code), found, wanted)

    def texts(self, name):
        """Return a column as an array of str, shape (n_rows,), with empty cells as ''."""
        column = self.table.column(name).cast(pa.string())
        return np.array([text or "" for text in column.to_pylist()], dtype=str)

    def numbers(self, name):
        """Return a column as a float array of shape (n_rows,).

        Raises
        ------
        InputError
            For the first cell that is empty, not a number, NaN or infinite.
        """
        column = self.table.column(name)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        try:
            values = column.cast(pa.float64()).to_numpy()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            index, text = _first_non_number(column)
            found = repr(text) if text else "an empty cell"
            raise self._bad_cell(name, index, found, "a number") from None
        if not np.isfinite(values).all():
            index = np.argmax(~np.isfinite(values))
            cell = column[int(index)].as_py()
            raise self._bad_cell(
                name, index, "an empty cell" if cell is None else str(cell), "a finite number"
            )
        return values

    def _bad_cell(self, name, index, found, expected):
        return InputError(
            self.where(index),
            f"{found} in column {name!r}",
            expected,
            "Correct the cell or remove the row.",
        )


def _is_text(kind):
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _first_non_number(column):
    for index, cell in enumerate(column.to_pylist()):
        try:
            float(cell)
        except (TypeError, ValueError):
            return index, "" if cell is None else str(cell)
    raise ValueError("every cell is a number, yet the column could not be read as numbers")


def read_table(path, required):
    """Read a CSV or Parquet file of a dataset.

    Parameters
    ----------
    path : path
        `.csv` (UTF-8, commas, a header, one kind of line ending) or `.parquet`.
    required : sequence of str
        Columns that must be there; others may follow.

    Returns
    -------
    UserTable

    Raises
    ------
    InputError
        If the file cannot be read as a table, is empty, or lacks a column.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            str(path), "no such file", "a table", "Put the file there or correct its name."
        )
    table = UserTable(path, _read_parquet(path) if path.suffix == ".parquet" else _read_csv(path))
    repeated = [name for name, number in Counter(table.columns).items() if number > 1]
    if repeated:
        raise InputError(
            f"{path}, row 1",
            f"the column {repeated[0]!r} more than once",
            "distinct column names",
            "Rename or remove one of them.",
        )
    table.require(required)
    if not len(table):
        raise InputError(
            str(path), "a header and no rows", "at least one row", "Fill the table or remove it."
        )
    return table


def _read_parquet(path):
    try:
        return pa.parquet.read_table(path, use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(
            str(path),
            f"a file that is not Parquet ({str(error).splitlines()[0]})",
            "a Parquet table",
            "Write it again, for example with pandas.DataFrame.to_parquet.",
        ) from None


def _read_csv(path):
    content = check_lines(path, path.read_bytes())
    header = content.split(b"\n", 1)[0].rstrip(b"\r")
    bad_rows = []

    def remember(row):
        bad_rows.append(row)
        return "error"

    # No row may be longer than a block, and a row can hold thousands of units.
    options = pa.csv.ReadOptions(use_threads=False, block_size=min(len(content) + 1, 2**31 - 1))
    names = pa.csv.read_csv(pa.BufferReader(header + b"\n"), options).column_names
    try:
        return pa.csv.read_csv(
            pa.BufferReader(content),
            read_options=options,
            parse_options=pa.csv.ParseOptions(invalid_row_handler=remember),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        if not bad_rows:
            raise InputError(
                str(path), f"text that is no table ({error})", "a CSV table", "Write it again."
            ) from None
        row = bad_rows[0]
        raise InputError(
            f"{path}, row {row.number}",
            f"{row.actual_columns} cells ({row.text[:80]!r})",
            f"{row.expected_columns} cells, as in the header",
            'Put cells that hold a comma in "quotes".',
        ) from None
