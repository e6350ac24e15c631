import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import validate_dataset as script
from facepatch.datasets.dataset import read_run_stimuli, validate_dataset
from facepatch.errors import InputError
from small_datasets import (
    N_HELDOUT,
    N_MAIN,
    count_frame,
    landmark_frame,
    stimulus_frame,
    write_dataset,
)

ALL = {"images", "landmarks", "recordings"}


@pytest.fixture
def folder(tmp_path):
    return write_dataset(tmp_path / "lab")


def message(folder, needs=ALL, **options):
    with pytest.raises(InputError) as caught:
        validate_dataset(folder, needs=needs, **options)
    return str(caught.value)


def script_params(folder):
    return SimpleNamespace(
        folder=str(folder),
        needs=sorted(ALL),
        stimulus_column="stimulus",
        window_s=[0.05, 0.3],
    )


def rewrite(folder, frame, name="stimuli.csv"):
    frame.to_csv(folder / name, index=False)


def with_cell(frame, row, column, value):
    """Return the frame with one cell changed; `row` counts as an editor does."""
    frame = frame.astype({column: object})
    frame.loc[row - 2, column] = value
    return frame


def test_a_good_dataset_passes_without_warnings(folder):
    report = validate_dataset(folder, needs=ALL)
    assert report.warnings == []
    assert report.counts == {"n_main": N_MAIN, "n_heldout": N_HELDOUT, "n_neurons": 3}
    assert set(report.checksums) == {"stimuli.csv", "landmarks.csv", "spike_counts.csv"}


def test_headers_alone_pass_too(folder):
    assert validate_dataset(folder, needs=ALL, thorough=False).warnings == []


def test_the_script_writes_stimuli_in_run_order(folder, tmp_path):
    frame = stimulus_frame().iloc[::-1]
    rewrite(folder, frame)
    stimuli, report = tmp_path / "run/stimuli.csv", tmp_path / "run/dataset.json"
    script.main(
        SimpleNamespace(
            input=SimpleNamespace(files=[]),
            output=SimpleNamespace(stimuli=stimuli, report=report),
            params=script_params(folder),
            log=[],
        )
    )
    table = read_run_stimuli(stimuli)
    main, heldout = (frame[frame.split == split] for split in ("main", "heldout"))
    assert table.ids.tolist() == [*main.stimulus, *heldout.stimulus]
    np.testing.assert_array_equal(table.factors["yaw"], [*main.factor_yaw, *heldout.factor_yaw])
    assert json.loads(report.read_text())["factors"] == ["age", "yaw"]


def test_ids_stay_text_whatever_they_look_like(folder):
    frame, counts, marks = stimulus_frame(), count_frame(), landmark_frame()
    odd = ["007", "NA", "<script>alert(1)</script>", 'say "hi", twice', "1e3", "Gesicht_ä", "nan"]
    renamed = dict(zip(frame.stimulus, odd, strict=False))
    for table, name in ((frame, "stimuli"), (counts, "spike_counts"), (marks, "landmarks")):
        table["stimulus"] = table.stimulus.replace(renamed)
        rewrite(folder, table, f"{name}.csv")
    assert validate_dataset(folder, needs=ALL).stimuli.ids[: len(odd)].tolist() == odd


def test_the_folder_must_be_there(tmp_path):
    assert "no such folder" in message(tmp_path / "nowhere")


def test_a_stimulus_given_twice(folder):
    rewrite(folder, with_cell(stimulus_frame(), 9, "stimulus", "face_02"))
    found = message(folder)
    assert "stimuli.csv, row 9" in found
    assert "first in row 4" in found


def test_an_unknown_split(folder):
    rewrite(folder, with_cell(stimulus_frame(), 5, "split", "tset"))
    assert "stimuli.csv, row 5: found the split 'tset'" in message(folder)


def test_no_main_stimulus(folder):
    rewrite(folder, stimulus_frame().assign(split="heldout"))
    assert "no stimulus of split 'main'" in message(folder)


def test_an_empty_id_and_an_id_with_blanks(folder):
    rewrite(folder, with_cell(stimulus_frame(), 6, "stimulus", ""))
    assert "stimuli.csv, row 6: found an empty cell" in message(folder)
    rewrite(folder, with_cell(stimulus_frame(), 6, "stimulus", "face_04 "))
    assert "stimuli.csv, row 6: found 'face_04 '" in message(folder)


def test_a_factor_that_is_no_number(folder):
    rewrite(folder, with_cell(stimulus_frame(), 7, "factor_age", "old"))
    assert "stimuli.csv, row 7: found 'old' in column 'factor_age'" in message(folder)


def test_few_stimuli_odd_columns_and_constant_factors_are_warnings(folder):
    frame = stimulus_frame().drop(index=range(10)).assign(Factor_age=1, factor_age=3.0)
    rewrite(folder, frame)
    warnings = "\n".join(validate_dataset(folder, needs={"images"}).warnings)
    assert "only 46 main stimuli" in warnings
    assert "'Factor_age'" in warnings
    assert "never vary: 'age'" in warnings


def test_no_heldout_stimuli_is_a_warning(folder):
    rewrite(folder, stimulus_frame().head(N_MAIN))
    warnings = validate_dataset(folder, needs={"images"}).warnings
    assert any("no held-out stimuli" in warning for warning in warnings)


def test_landmarks_of_some_faces_are_missing(folder):
    marks = landmark_frame()
    rewrite(
        folder,
        marks[~((marks.stimulus == "face_03") & (marks.landmark == "chin"))],
        "landmarks.csv",
    )
    found = message(folder)
    assert "'face_03'" in found
    assert "no landmark 'chin'" in found


def test_a_landmark_outside_its_image(folder):
    rewrite(folder, with_cell(landmark_frame(), 5, "x", 40.5), "landmarks.csv")
    found = message(folder)
    assert "landmarks.csv, row 5" in found
    assert "(40.5, 4), outside its image" in found
    assert "16 x 16 pixels" in found


def test_an_unknown_mirror_name(folder):
    marks = landmark_frame().replace({"mirror": {"eye_right": "eye_rihgt"}})
    rewrite(folder, marks, "landmarks.csv")
    found = message(folder)
    assert "landmarks.csv, row 2: found mirror" in found
    assert "eye_rihgt" in found


def test_landmarks_of_an_unknown_face(folder):
    extra = landmark_frame().tail(3).assign(stimulus="stranger")
    rewrite(folder, pd.concat([landmark_frame(), extra]), "landmarks.csv")
    assert "1 ids that are not in stimuli.csv: 'stranger'" in message(folder)


def test_missing_landmark_file(folder):
    (folder / "landmarks.csv").unlink()
    assert "landmarks.csv: found no such file" in message(folder)


@pytest.mark.parametrize("name", ["stimuli.csv", "spike_counts.csv", "embeddings/net.csv"])
def test_a_table_that_is_a_link_out_of_the_folder(folder, tmp_path, name):
    target = tmp_path / "elsewhere.csv"
    target.write_text("stimulus,unit\na,1\n")
    (folder / "embeddings").mkdir()
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(target)
    assert "leaves the dataset's folder" in message(folder)


def test_unknown_needs_are_a_programming_mistake(folder):
    with pytest.raises(ValueError, match="unknown needs"):
        validate_dataset(folder, needs={"pictures"})


def test_the_script_ends_with_one_message_and_writes_nothing(folder, tmp_path, capsys):
    rewrite(folder, with_cell(stimulus_frame(), 5, "split", "tset"))
    output = SimpleNamespace(stimuli=tmp_path / "s.csv", report=tmp_path / "d.json")
    smk = SimpleNamespace(
        input=SimpleNamespace(files=[]),
        output=output,
        params=script_params(folder),
        log=[tmp_path / "log.txt"],
    )
    with pytest.raises(SystemExit) as caught:
        script.main(smk)
    assert caught.value.code == 1
    assert "row 5: found the split 'tset'" in capsys.readouterr().err
    assert not output.stimuli.exists()
    assert not output.report.exists()
