import numpy as np
import pandas as pd
import pytest
from facepatch.datasets.dataset import read_embedding_table, validate_dataset
from facepatch.errors import InputError
from small_datasets import N_MAIN, ids, stimulus_frame

UNITS = ["u0", "<b>u1</b>", "NA"]
KINDS = ["csv", "npz", "parquet"]


def values():
    return np.random.default_rng(0).standard_normal((len(ids()), 3))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "embeddings").mkdir()
    stimulus_frame().assign(image="").to_csv(tmp_path / "stimuli.csv", index=False)
    return tmp_path


def write(folder, kind, table, names=None, units=UNITS):
    path = folder / "embeddings" / f"net.{kind}"
    names = ids() if names is None else names
    frame = pd.DataFrame(table, columns=units)
    frame.insert(0, "stimulus", names)
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        np.savez(path, stimuli=names, units=units, values=table)
    return path


def report(folder):
    return validate_dataset(folder, needs={"embeddings"})


def message(folder):
    with pytest.raises(InputError) as caught:
        report(folder)
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_tables_of_every_kind_are_read_alike(folder, kind):
    path = write(folder, kind, values())
    names, units, table = read_embedding_table(path)
    assert names.tolist() == ids()
    assert units.tolist() == UNITS
    np.testing.assert_array_equal(table, values())
    assert report(folder).counts["n_embeddings"] == 1
    assert report(folder).warnings == []


@pytest.mark.parametrize("kind", KINDS)
def test_ids_that_do_not_match(folder, kind):
    write(folder, kind, values(), names=[name.upper() for name in ids()])
    found = message(folder)
    assert f"{len(ids())} ids that are not in stimuli.csv: 'FACE_00'" in found
    assert f"and {len(ids()) - 10} more" in found
    assert f"{len(ids())} ids of stimuli.csv missing: 'face_00'" in found


@pytest.mark.parametrize("kind", KINDS)
def test_more_stimuli_than_asked_for_are_a_warning(folder, kind):
    write(folder, kind, np.vstack([values(), np.ones(3)]), names=[*ids(), "extra"])
    assert (
        "1 stimuli are not in stimuli.csv and are left out: 'extra'" in report(folder).warnings[0]
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite(folder, kind, bad):
    table = values()
    table[6, 1] = bad
    write(folder, kind, table)
    found = message(folder)
    assert ("stimulus face_06, unit <b>u1</b>" if kind == "npz" else "row 8") in found


@pytest.mark.parametrize("kind", KINDS)
def test_ids_given_twice(folder, kind):
    write(folder, kind, values(), names=[*ids()[:-1], "face_00"])
    assert "the id 'face_00' again" in message(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_constant_units_are_named_and_a_constant_model_refused(folder, kind):
    table = values()
    table[:N_MAIN, 0] = 0
    write(folder, kind, table)
    assert "1 of 3 units are constant" in report(folder).warnings[0]
    write(folder, kind, np.ones_like(table))
    assert "3 units that are constant over all stimuli" in message(folder)


def test_units_as_rows(folder):
    path = write(folder, "npz", values())
    np.savez(path, stimuli=ids(), units=UNITS, values=values().T)
    assert "transposed" in message(folder)
    path.unlink()
    frame = pd.DataFrame(values().T, index=pd.Index(UNITS, name="unit"), columns=ids())
    frame.to_csv(folder / "embeddings/net.csv")
    assert "Transpose the table" in message(folder)


def test_an_npz_may_leave_its_units_unnamed(folder):
    np.savez(folder / "embeddings/net.npz", stimuli=ids(), values=values())
    assert read_embedding_table(folder / "embeddings/net.npz")[1].tolist() == [
        "unit_0",
        "unit_1",
        "unit_2",
    ]


def test_an_npz_with_the_wrong_number_of_units(folder):
    np.savez(folder / "embeddings/net.npz", stimuli=ids(), units=["a"], values=values())
    assert "3 columns for 1 units" in message(folder)


def test_files_that_make_no_model(folder):
    assert "found no file" in message(folder)
    (folder / "embeddings/net.txt").write_text("a")
    assert "a file of kind '.txt'" in message(folder)
    (folder / "embeddings/net.txt").unlink()
    write(folder, "csv", values())
    write(folder, "npz", values())
    assert "the model 'net' again" in message(folder)
    (folder / "embeddings/net.npz").rename(folder / "embeddings/<net>.npz")
    assert "the model name '<net>'" in message(folder)


def test_a_table_without_units(folder):
    pd.DataFrame({"stimulus": ids()}).to_csv(folder / "embeddings/net.csv", index=False)
    assert "one column per unit" in message(folder)
