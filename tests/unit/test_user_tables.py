import numpy as np
import pandas as pd
import pytest
from facepatch.datasets.user_tables import listed, read_table
from facepatch.errors import InputError


def message(path, required=("a", "b")):
    with pytest.raises(InputError) as caught:
        read_table(path, required)
    return str(caught.value)


def written(tmp_path, content, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,2\n3,4\n",
        b"a,b\r\n1,2\r\n3,4\r\n",
        b"\xef\xbb\xbfa,b\n1,2\n3,4",
        b"a,b\n1,2\n3,4\n\n\n",
    ],
)
def test_usual_forms_of_a_table_are_read_alike(tmp_path, content):
    table = read_table(written(tmp_path, content), ("a", "b"))
    np.testing.assert_array_equal(table.numbers("a"), [1, 3])
    np.testing.assert_array_equal(table.numbers("b"), [2, 4])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\n\n", "an empty file"),
        (b"a,b\n", "a header and no rows"),
        (b"a,b\n1,2\r\n3,4\n", "row 2: found a line ending other than that of row 1"),
        (b"a,b\r\n1,2\r\n3,4\n5,6\r\n", "row 3: found a line ending other than that of row 2"),
        (b"a,b\n1,2\n3,4\r5,6\n", "row 3: found a lone carriage return"),
        (b"a,b\r1,2\r", "row 1: found a lone carriage return"),
        (b"a,b\n1,2\n\n3,4\n", "row 3: found an empty line"),
        (b"\na,b\n1,2\n", "row 1: found an empty line"),
        (b"a,b\n1,\xe4\n", "row 2: found the byte 0xe4"),
        (b"a,b\n1,\x00\n", "row 2: found a NUL byte"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,2\n1,2,3\n", "row 3: found 3 cells ('1,2,3'), expected 2 cells"),
        (b"a,b\n1,2\n1\n", "row 3: found 1 cells"),
        (b"a,a\n1,2\n", "the column 'a' more than once"),
        (b"a;b\n1;2\n", "Save the table with commas"),
    ],
)
def test_each_broken_table_has_one_message(tmp_path, content, words):
    path = written(tmp_path, content)
    found = message(path)
    assert str(path) in found
    assert words in found


def test_a_wrong_column_name_is_listed_with_the_near_one(tmp_path):
    found = message(written(tmp_path, b"Stimulus,imagee,split\n1,2,3\n"), ("stimulus", "image"))
    assert "'Stimulus', 'imagee', 'split'" in found
    assert "rename 'Stimulus' to 'stimulus'" in found
    assert "rename 'imagee' to 'image'" in found


def test_a_missing_file_and_a_file_that_is_not_parquet(tmp_path):
    assert "no such file" in message(tmp_path / "no.csv")
    assert "not Parquet" in message(written(tmp_path, b"a,b\n1,2\n", "t.parquet"))


@pytest.mark.parametrize(
    ("cell", "words"),
    [(b"x", "'x'"), (b"", "an empty cell"), (b"nan", "nan"), (b"inf", "inf"), (b"1,5", "cells")],
)
def test_cells_that_are_no_finite_number(tmp_path, cell, words):
    path = written(tmp_path, b"a,b\n1,2\n3," + cell + b"\n")
    with pytest.raises(InputError, match="row 3") as caught:
        read_table(path, ("a", "b")).numbers("b")
    assert words in str(caught.value)


def test_parquet_keeps_ids_and_finds_gaps(tmp_path):
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame({"a": pd.Categorical(["x", "y", "x"]), "b": [1.0, np.nan, 2.0]})
    frame.to_parquet(path)
    table = read_table(path, ("a", "b"))
    codes, names = table.codes("a")
    assert names[codes].tolist() == ["x", "y", "x"]
    with pytest.raises(InputError, match="row 3"):
        table.numbers("b")


def test_ids_stored_as_fractions_are_refused(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1.5, 2.5], "b": [1, 2]}).to_parquet(path)
    with pytest.raises(InputError, match="double"):
        read_table(path, ("a",)).codes("a")


def test_control_characters_in_ids_are_refused(tmp_path):
    path = written(tmp_path, b"a,b\n1,2\nx\x1b[2J,4\n")
    with pytest.raises(InputError, match="row 3"):
        read_table(path, ("a",)).codes("a")


def test_listed_says_how_many_are_left():
    assert listed(range(12)).endswith("'9' and 2 more")


def test_a_row_longer_than_a_block_of_the_parser(tmp_path):
    path = written(tmp_path, b"a,b\n" + b"x" * 3_000_000 + b",1\ny,2\n")
    np.testing.assert_array_equal(read_table(path, ("a", "b")).numbers("b"), [1, 2])
