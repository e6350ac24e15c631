"""Recordings and a model of one's own, without images: from files to alignment and figures."""

from datetime import UTC, datetime

import h5py
import numpy as np
import pandas as pd
import pytest
import scipy.io
from pynwb import NWBHDF5IO, NWBFile

pytestmark = pytest.mark.slow

N_MAIN, N_HELDOUT, N_NEURONS = 70, 12, 8
IDS = [f"face {number:02d}" for number in range(N_MAIN + N_HELDOUT)]
NEURONS = [f"cell-{number}" for number in range(N_NEURONS)]
CONFIG = "config/own_data.yaml"


def units():
    return np.random.default_rng(0).standard_normal((len(IDS), 4))


def rates():
    """Return rates in spikes per second: every neuron follows one of the four units."""
    drive = units()[:, np.arange(N_NEURONS) % 4]
    return 20 * np.exp(0.5 * drive)


@pytest.fixture
def own(checkout):
    """Write the stimuli and the embeddings that config/own_data.yaml expects, without images."""
    folder = checkout.folder / "data/my_lab"
    (folder / "embeddings").mkdir(parents=True)
    split = ["main"] * N_MAIN + ["heldout"] * N_HELDOUT
    stimuli = pd.DataFrame({"stimulus": IDS, "image": "", "split": split})
    stimuli.to_csv(folder / "stimuli.csv", index=False)
    table = pd.DataFrame(units(), pd.Index(IDS, name="stimulus"), list("abcd"))
    table.assign(dead=1.0).sample(frac=1, random_state=1).to_csv(folder / "embeddings/mine.csv")
    turned = units() @ np.linalg.qr(np.random.default_rng(1).standard_normal((4, 4)))[0]
    np.savez(folder / "embeddings/turned.npz", stimuli=IDS, values=turned)
    checkout.config = CONFIG
    return checkout


def write_nwb(path):
    rng = np.random.default_rng(2)
    file = NWBFile("faces", "session", datetime(2021, 1, 1, tzinfo=UTC))
    file.add_trial_column("stimulus", "what was shown")
    shown = rng.permutation(np.tile(np.arange(len(IDS)), 3))
    onsets = 1.0 + 0.5 * np.arange(len(shown))
    for onset, row in zip(onsets, shown, strict=True):
        file.add_trial(start_time=onset, stop_time=onset + 0.2, stimulus=IDS[row])
    file.add_unit_column("unit_name", "name of the unit")
    for neuron in range(N_NEURONS):
        counts = rng.poisson(0.25 * rates()[shown, neuron])
        times = [onset + rng.uniform(0.05, 0.3, n) for onset, n in zip(onsets, counts, strict=True)]
        file.add_unit(spike_times=np.sort(np.concatenate(times)), unit_name=NEURONS[neuron])
    with NWBHDF5IO(path, "w") as handle:
        handle.write(file)


def matrix():
    return (rates() + np.random.default_rng(3).normal(0, 3, (len(IDS), N_NEURONS))).T


def write_matlab_5(path):
    cells = {"neurons": np.array(NEURONS, object), "stimuli": np.array(IDS, object)}
    scipy.io.savemat(path, cells | {"responses": matrix()})


def write_matlab_73(path):
    """Write what MATLAB's save(..., '-v7.3') writes: HDF5 with cells as references."""
    with h5py.File(path, "w", userblock_size=512) as file:
        values = file.create_dataset("responses", data=matrix().T)
        values.attrs["MATLAB_class"] = np.bytes_("double")
        for name, texts in (("neurons", NEURONS), ("stimuli", IDS)):
            links = []
            for number, text in enumerate(texts):
                codes = np.array([[ord(letter)] for letter in text], np.uint16)
                cell = file.create_dataset(f"#refs#/{name}{number}", data=codes)
                cell.attrs["MATLAB_class"] = np.bytes_("char")
                links.append(cell.ref)
            cells = file.create_dataset(name, data=np.array([links], h5py.ref_dtype))
            cells.attrs["MATLAB_class"] = np.bytes_("cell")
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")


def check_alignment(results):
    table = pd.read_csv(results / "tables/alignment.csv")
    test = table[table["split"] == "test"].set_index("model")
    assert set(test.index) == {"external-mine", "external-turned"}
    mine, turned = test.loc["external-mine"], test.loc["external-turned"]
    # Every neuron follows one unit of the first model and several of the other.
    assert mine["alignment"] > 0.8
    assert mine["remix_gap"] > 0.2
    assert mine["remix_p"] < 0.05
    assert turned["alignment"] < mine["alignment"] - 0.2
    assert mine["unexplained_fraction"] < 0.5
    assert "heldout" in set(table["split"])


def test_nwb_goes_through_to_every_table_and_figure(own):
    write_nwb(own.folder / "data/my_lab/recording.nwb")
    own.snakemake("--quiet", "rules")
    results = own.folder / "results/own_data"
    check_alignment(results)
    neurons = pd.read_csv(results / "tables/neurons.csv")
    assert set(neurons["neuron"]) == set(NEURONS)
    variance = pd.read_csv(results / "tables/variance_explained.csv")
    assert set(variance["direction"]) == {"encoding", "decoding"}
    assert (variance[variance["direction"] == "encoding"]["median"] > 0.2).all()
    for table in ("models", "correlation", "decoding", "statistics", "paper_comparison"):
        assert (results / f"tables/{table}.csv").stat().st_size > 0
    for figure in ("fig4", "fig5", "fig6", "fig7", "sfig1", "sfig2"):
        assert (results / f"figures/{figure}.png").stat().st_size > 1000
    assert not (results / "images").exists()
    assert not (results / "models").exists()
    assert "Nothing to be done" in own.snakemake().stdout


@pytest.mark.parametrize("write", [write_matlab_5, write_matlab_73])
def test_matlab_files_go_through_to_alignment(own, write):
    write(own.folder / "data/my_lab/responses.mat")
    own.snakemake("results/own_data/tables/alignment.csv", "--quiet", "rules")
    check_alignment(own.folder / "results/own_data")


def test_a_family_that_needs_images_is_refused_by_name(own):
    write_matlab_5(own.folder / "data/my_lab/responses.mat")
    own.edit(CONFIG, "families: [external]", "families: [external, pca]")
    result = own.snakemake("-n", check=False)
    assert result.returncode == 1
    assert "images/" in result.stdout
    assert "'pca'" in result.stdout


def test_an_nwb_file_without_the_stimulus_column_ends_the_run_at_once(own):
    write_nwb(own.folder / "data/my_lab/recording.nwb")
    text = "\nrecordings:\n  nwb: { stimulus_column: picture }\n  simulate: false\n  label: mine\n"
    config = own.folder / CONFIG
    kept = config.read_text().split("recordings:")
    config.write_text(kept[0] + text + "\nfamilies: [external]\n")
    result = own.snakemake("-n", check=False)
    assert result.returncode == 1
    assert "'picture'" in result.stdout
    assert "'stimulus'" in result.stdout
    assert not (own.folder / "results").exists()
