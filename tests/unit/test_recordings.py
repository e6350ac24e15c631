import pandas as pd
import pytest
from facepatch.datasets.dataset import validate_dataset
from facepatch.errors import InputError
from small_datasets import count_frame, write_dataset


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


def write_counts(folder, frame):
    frame.to_csv(folder / "spike_counts.csv", index=False)


def with_count(row, value):
    frame = count_frame().astype({"count": object})
    frame.loc[row - 2, "count"] = value
    return frame


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "an empty cell"),
        ("nan", "nan"),
        ("inf", "inf"),
        (-1, "the negative spike count -1"),
        (1.5, "the fractional spike count 1.5"),
        ("many", "'many'"),
    ],
)
def test_counts_that_are_no_counts(folder, value, words):
    write_counts(folder, with_count(20, value))
    found = message(folder)
    assert "spike_counts.csv, row 20" in found
    assert words in found


def test_a_trial_given_twice(folder):
    write_counts(folder, pd.concat([count_frame(), count_frame().iloc[[7]]]))
    found = message(folder)
    assert f"row {len(count_frame()) + 2}" in found
    assert "(first in row 9)" in found


def test_a_neuron_with_no_trials_of_a_stimulus(folder):
    frame = count_frame()
    write_counts(folder, frame[~((frame.neuron == "n1") & (frame.stimulus == "face_05"))])
    assert "neuron 'n1': found no trial for stimulus 'face_05' (and 0 more" in message(folder)


def test_stimuli_that_do_not_match_are_named_on_both_sides(folder):
    frame = count_frame()
    frame["stimulus"] = frame.stimulus.str.replace("face_0", "Face_0")
    write_counts(folder, frame)
    found = message(folder)
    assert "10 ids that are not in stimuli.csv: 'Face_00', 'Face_01'" in found
    assert "10 ids of stimuli.csv missing: 'face_00', 'face_01'" in found


def test_a_stimulus_without_trials(folder):
    frame = count_frame()
    write_counts(folder, frame[frame.stimulus != "face_05"])
    assert "1 ids of stimuli.csv missing: 'face_05'" in message(folder)


def test_a_stimulus_without_spikes_is_an_error_where_many_are_expected(folder):
    frame = count_frame()
    frame.loc[frame.stimulus == "face_05", "count"] = 0
    write_counts(folder, frame)
    assert "1 stimuli without any spike of any neuron: 'face_05'" in message(folder)
    frame = frame[(frame.neuron == "n0") & (frame.trial == 1)]
    write_counts(folder, frame)
    assert "1 stimuli without any spike" in warnings(folder)


def test_silent_neurons_are_kept_and_constant_ones_refused(folder):
    frame = count_frame()
    frame.loc[frame.neuron == "n1", "count"] = 0
    write_counts(folder, frame)
    assert "1 neurons without any spike, kept and marked as silent: 'n1'" in warnings(folder)
    frame.loc[frame.neuron == "n1", "count"] = 2
    write_counts(folder, frame)
    assert "neuron 'n1': found 1 neurons with the same mean count" in message(folder)


def test_no_spike_at_all(folder):
    write_counts(folder, count_frame().assign(count=0))
    assert "no spike at all" in message(folder)


def test_wrong_columns(folder):
    write_counts(folder, count_frame().rename(columns={"count": "counts", "neuron": "unit"}))
    found = message(folder)
    assert "'unit', 'stimulus', 'trial', 'counts'" in found
    assert "rename 'counts' to 'count'" in found


def test_no_recording_and_two_recordings(folder):
    assert "no recording" in message(folder)
    write_counts(folder, count_frame())
    (folder / "responses.csv").write_text("neuron\n")
    assert "spike_counts.csv and responses.csv" in message(folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no such file"),
        ("", "no window_s"),
        ("windows: 0.25", "the key 'windows'"),
        ("window_s: 250", "250"),
        ("window_s: '0.25'", "'0.25'"),
        ("window_s: true", "True"),
        ("- 0.25", "a list"),
        ("window_s: [", "not YAML"),
        ("window_s: 0.25\nsimulated: maybe", "'maybe'"),
    ],
)
def test_recording_yaml(folder, text, words):
    write_counts(folder, count_frame())
    (folder / "recording.yaml").unlink()
    if text is not None:
        (folder / "recording.yaml").write_text(text)
    found = message(folder)
    assert "recording.yaml" in found
    assert words in found
