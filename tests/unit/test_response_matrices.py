import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.io
from facepatch.datasets.dataset import validate_dataset
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.errors import InputError
from facepatch.neurons.recordings import average, read_recording
from small_datasets import N_MAIN, ids, write_dataset


@pytest.fixture
def folder(tmp_path):
    folder = write_dataset(tmp_path / "lab")
    (folder / "spike_counts.csv").unlink()
    return folder


def message(folder):
    with pytest.raises(InputError) as caught:
        validate_dataset(folder, needs={"recordings"})
    return str(caught.value)


def warnings(folder):
    return "\n".join(validate_dataset(folder, needs={"recordings"}).warnings)


def matrix():
    return np.random.default_rng(4).gamma(2.0, size=(3, len(ids())))


NEURONS = ["n0", "n1", "n2"]


def write_matrix(folder, kind, values, neurons=NEURONS, stimuli=None):
    stimuli = ids() if stimuli is None else stimuli
    path = folder / ("responses." + kind.split("-")[0])
    arrays = {"responses": values, "neurons": neurons, "stimuli": stimuli}
    if kind == "csv":
        frame = pd.DataFrame(values, index=pd.Index(neurons, name="neuron"), columns=stimuli)
        frame.to_csv(path)
    elif kind == "npz":
        np.savez(path, **arrays)
    elif kind == "mat-5":
        cells = {n: np.array(arrays[n], object) for n in ("neurons", "stimuli")}
        scipy.io.savemat(path, arrays | cells)
    else:
        write_matlab_73(path, arrays)
    return path


def write_matlab_73(path, arrays):
    """Write what MATLAB's save(..., '-v7.3') writes: cells of characters, matrices transposed."""
    with h5py.File(path, "w", userblock_size=512) as file:
        refs = file.create_group("#refs#")
        matrix = file.create_dataset("responses", data=np.asarray(arrays["responses"]).T)
        matrix.attrs["MATLAB_class"] = np.bytes_("double")
        for name in ("neurons", "stimuli"):
            links = []
            for index, text in enumerate(arrays[name]):
                codes = np.array([[ord(letter)] for letter in text], np.uint16)
                cell = refs.create_dataset(f"{name}{index}", data=codes)
                cell.attrs["MATLAB_class"] = np.bytes_("char")
                links.append(cell.ref)
            cells = file.create_dataset(name, data=np.array([links], h5py.ref_dtype))
            cells.attrs["MATLAB_class"] = np.bytes_("cell")
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


KINDS = ["csv", "npz", "mat-5", "mat-7.3"]


@pytest.mark.parametrize("kind", KINDS)
def test_matrices_of_every_kind_are_read_by_id(folder, kind):
    values, order = matrix(), np.random.default_rng(5).permutation(len(ids()))
    write_matrix(folder, kind, values[:, order], stimuli=[ids()[k] for k in order])
    stimuli = read_stimulus_table(folder / "stimuli.csv")
    responses, neurons = average(read_recording(folder, stimuli), stimuli, seed=0)
    np.testing.assert_allclose(responses.test, values[:, :N_MAIN].T, rtol=1e-15)
    np.testing.assert_allclose(responses.heldout, values[:, N_MAIN:].T, rtol=1e-15)
    assert responses.neurons.tolist() == NEURONS
    assert np.isnan(responses.noise_ceiling).all()
    assert neurons.trials_min.isna().all()


@pytest.mark.parametrize("kind", KINDS)
def test_a_transposed_matrix(folder, kind):
    if kind == "csv":
        frame = pd.DataFrame(matrix().T, index=pd.Index(ids(), name="neuron"), columns=NEURONS)
        frame.to_csv(folder / "responses.csv")
    else:
        write_matrix(folder, kind, matrix().T)
    found = message(folder)
    assert "transposed matrix" in found
    assert "neurons as rows, stimuli as columns" in found
    assert {"csv": ".T.to_csv", "npz": "responses.T", "mat": "responses.'"}[kind[:3]] in found


@pytest.mark.parametrize("kind", KINDS)
def test_nan_and_constant_neurons_in_a_matrix(folder, kind):
    values = matrix()
    values[1, 7] = np.nan
    write_matrix(folder, kind, values)
    found = message(folder)
    assert ("row 3" in found) if kind == "csv" else ("neuron n1, stimulus face_07" in found)
    values[1] = 4.0
    write_matrix(folder, kind, values)
    assert "neuron 'n1': found 1 neurons with the same response" in message(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_repeated_and_unknown_ids_in_a_matrix(folder, kind):
    write_matrix(folder, kind, matrix(), neurons=["n0", "n1", "n0"])
    assert "the id 'n0' again" in message(folder)
    write_matrix(folder, kind, matrix(), stimuli=[*ids()[:-1], "stranger"])
    found = message(folder)
    assert "not in stimuli.csv: 'stranger'" in found
    assert f"missing: '{ids()[-1]}'" in found


def test_a_pickled_npz_is_never_loaded(folder):
    np.savez(
        folder / "responses.npz",
        responses=matrix(),
        neurons=NEURONS,
        stimuli=np.array(ids(), object),
    )
    assert "Python objects" in message(folder)


@pytest.mark.parametrize("kind", ["npz", "mat-5", "mat-7.3"])
def test_a_matrix_that_lacks_a_name(folder, kind):
    path = write_matrix(folder, kind, matrix())
    if kind == "npz":
        np.savez(path, responses=matrix(), neurons=NEURONS)
    elif kind == "mat-5":
        scipy.io.savemat(path, {"responses": matrix(), "neurons": NEURONS})
    else:
        with h5py.File(path, "r+") as file:
            del file["stimuli"]
    assert "missing: 'stimuli'" in message(folder)


def test_files_that_are_no_matlab_or_npz_files(folder):
    for name in ("responses.mat", "responses.npz"):
        (folder / name).write_text("hello, this is no matrix file\n" * 20)
        assert "cannot be read" in message(folder)
        (folder / name).unlink()


def test_matlab_cell_arrays(folder):
    path = folder / "responses.mat"
    cells = np.empty((3, len(ids())), object)
    cells[:] = [[np.ones((1, 3))] * len(ids())] * 3
    names = {n: np.array(v, object) for n, v in (("neurons", NEURONS), ("stimuli", ids()))}
    scipy.io.savemat(path, names | {"responses": cells})
    found = message(folder)
    assert "responses.mat, responses: found a MATLAB cell array" in found
    assert "cell2mat" in found
    numbers = np.empty(len(ids()), object)
    numbers[:] = [np.ones((2, 2))] * len(ids())
    scipy.io.savemat(path, {"responses": matrix(), "neurons": NEURONS, "stimuli": numbers})
    assert "stimuli{1}: found a cell that holds float64" in message(folder)


def test_matlab_character_matrices_and_numbers_as_ids(folder):
    path = folder / "responses.mat"
    padded = np.array([name.ljust(12) for name in ids()])
    content = {"responses": matrix(), "neurons": np.array([[1.0], [2.0], [30.0]])}
    scipy.io.savemat(path, content | {"stimuli": padded})
    assert warnings(folder) == ""
    stimuli = read_stimulus_table(folder / "stimuli.csv")
    assert read_recording(folder, stimuli).data.neurons.tolist() == ["1", "2", "30"]


@pytest.mark.parametrize("kind", ["string", "table"])
def test_matlab_classes_that_only_matlab_can_read(folder, kind):
    path = write_matrix(folder, "mat-7.3", matrix())
    with h5py.File(path, "r+") as file:
        del file["stimuli"]
        file.create_dataset("stimuli", data=np.zeros((1, 6), np.uint32))
        file["stimuli"].attrs["MATLAB_class"] = np.bytes_(kind)
    assert f"stimuli: found a MATLAB {kind}" in message(folder)
