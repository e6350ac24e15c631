from datetime import UTC, datetime

import numpy as np
import pytest
from facepatch.datasets.dataset import validate_dataset
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.errors import InputError
from facepatch.neurons.nwb_files import count_spikes, read_nwb
from facepatch.neurons.recordings import average, read_recording
from pynwb import NWBHDF5IO, NWBFile
from small_datasets import ids, write_dataset

WINDOW = 0.05, 0.3


def make_nwb(path, column="stimulus", n_repeats=2, units=True, trials=True, extra=(), names=None):
    """Write an NWB file; return its spike times per unit and its trials (onset, stimulus)."""
    rng = np.random.default_rng(6)
    file = NWBFile("faces", "session-1", datetime(2021, 1, 1, tzinfo=UTC))
    shown = [*rng.permutation(np.repeat(ids(), n_repeats)).tolist(), *extra]
    onsets = 1 + 0.5 * np.arange(len(shown)) + rng.uniform(0, 0.1, len(shown))
    if trials:
        file.add_trial_column(column, "what was shown")
        for onset, name in zip(onsets, shown, strict=True):
            file.add_trial(start_time=onset, stop_time=onset + 0.15, **{column: name})
    spikes = [np.sort(rng.uniform(0, onsets[-1] + 1, size)) for size in (3000, 2000, 1500)]
    if units:
        if names:
            file.add_unit_column("unit_name", "name of the unit")
        for index, times in enumerate(spikes):
            file.add_unit(spike_times=times, **({"unit_name": names[index]} if names else {}))
    with NWBHDF5IO(path, "w") as handle:
        handle.write(file)
    return spikes, list(zip(onsets, shown, strict=True))


@pytest.fixture
def folder(tmp_path):
    folder = write_dataset(tmp_path / "lab")
    (folder / "spike_counts.csv").unlink()
    (folder / "recording.yaml").unlink()
    return folder


def message(folder, **options):
    with pytest.raises(InputError) as caught:
        validate_dataset(folder, needs={"recordings"}, **options)
    return str(caught.value)


def test_rates_are_those_of_a_plain_count(folder):
    spikes, trials = make_nwb(folder / "recording.nwb")
    stimuli = read_stimulus_table(folder / "stimuli.csv").in_run_order()
    recording = read_recording(folder, stimuli, window_s=WINDOW)
    responses, neurons = average(recording, stimuli, seed=0)
    for unit, times in enumerate(spikes):
        for row, name in enumerate(responses.test_ids[:10]):
            onsets = [onset for onset, shown in trials if shown == name]
            counts = [
                sum(onset + WINDOW[0] <= time < onset + WINDOW[1] for time in times.tolist())
                for onset in onsets
            ]
            assert responses.test[row, unit] == pytest.approx(np.mean(counts) / 0.25, rel=1e-12)
    assert neurons.trials_min.tolist() == [2, 2, 2]
    assert responses.neurons.tolist() == ["0", "1", "2"]


def test_names_of_units_and_another_stimulus_column(folder):
    make_nwb(folder / "recording.nwb", column="image_id", names=["a", "b", "c"])
    counts = read_nwb(folder / "recording.nwb", "image_id", WINDOW)
    assert counts.neurons.tolist() == ["a", "b", "c"]
    report = validate_dataset(
        folder, needs={"recordings"}, stimulus_column="image_id", window_s=WINDOW
    )
    assert report.counts["n_neurons"] == 3


def test_a_file_without_the_stimulus_column_lists_the_columns(folder):
    make_nwb(folder / "recording.nwb", column="image_id")
    found = message(folder)
    assert "recording.nwb, trials" in found
    assert "'start_time', 'stop_time', 'image_id'" in found


def test_trials_of_other_stimuli_are_a_warning_and_empty_cells_are_skipped(folder):
    make_nwb(folder / "recording.nwb", extra=["blank", "", "blank"])
    warnings = validate_dataset(folder, needs={"recordings"}).warnings
    assert len(warnings) == 1
    assert "trials of 1 stimuli that are not in stimuli.csv are left out: 'blank'" in warnings[0]


def test_no_trials_no_units_no_nwb(folder):
    path = folder / "recording.nwb"
    make_nwb(path, trials=False)
    assert "no trials table" in message(folder)
    path.unlink()
    make_nwb(path, units=False)
    assert "no units with spike times" in message(folder)
    path.write_bytes(b"no file of this kind")
    assert "cannot be read as NWB" in message(folder)


def test_names_given_twice(folder):
    make_nwb(folder / "recording.nwb", names=["a", "b", "a"])
    assert "a name given twice" in message(folder)


def test_the_window_includes_its_start_and_not_its_end():
    times = np.array([2.5, 1.25, 1.5, 2.25, 2.375])
    assert count_spikes(times, np.array([1.0, 2.0]), (0.25, 0.5)).tolist() == [1, 2]
