import numpy as np
from facepatch.training.checkpoints import discard_checkpoint, load_checkpoint, save_checkpoint

GROUPS = {
    "weights": {"encoder.conv1.weight": np.arange(6, dtype=np.float32).reshape(2, 3)},
    "curves": {"points": np.zeros((0, 1, 6)), "taken": np.array([7])},
}


def test_what_goes_in_comes_out(tmp_path):
    path = tmp_path / "deep" / "model.safetensors"
    save_checkpoint(path, "key", 12, GROUPS)
    step, groups = load_checkpoint(path, "key")
    assert step == 12
    assert groups.keys() == GROUPS.keys()
    for group, arrays in GROUPS.items():
        assert groups[group].keys() == arrays.keys()
        for name, array in arrays.items():
            assert groups[group][name].dtype == array.dtype
            np.testing.assert_array_equal(groups[group][name], array)


def test_another_key_is_refused(tmp_path, capsys):
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, "key", 12, GROUPS)
    assert load_checkpoint(path, "other") == (0, None)
    assert "other settings" in capsys.readouterr().out


def test_damaged_and_missing_files_start_afresh(tmp_path, capsys):
    path = tmp_path / "model.safetensors"
    assert load_checkpoint(path, "key") == (0, None)
    assert capsys.readouterr().out == ""
    save_checkpoint(path, "key", 12, GROUPS)
    path.write_bytes(path.read_bytes()[:-5])
    assert load_checkpoint(path, "key") == (0, None)
    assert "not a readable checkpoint" in capsys.readouterr().out
    path.write_bytes(b"")
    assert load_checkpoint(path, "key") == (0, None)


def test_discarding_takes_leftovers_of_a_kill_along(tmp_path):
    path = tmp_path / "model.safetensors"
    save_checkpoint(path, "key", 12, GROUPS)
    (tmp_path / ".model.x1y2.safetensors").write_bytes(b"half")
    other = tmp_path / "model2.safetensors"
    save_checkpoint(other, "key", 12, GROUPS)
    discard_checkpoint(path)
    discard_checkpoint(path)
    assert list(tmp_path.iterdir()) == [other]
