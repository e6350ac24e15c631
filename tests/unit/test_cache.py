"""A kept result comes back only under its own key and with its own bytes."""

import os

from facepatch.cache import JobCache, job_key


def written(path, text):
    path.write_text(text)
    return path


def test_a_kept_result_comes_back_after_the_output_is_deleted(tmp_path):
    cache, output = JobCache(tmp_path / "kept"), written(tmp_path / "a.npz", "result")
    cache.keep(output, "key")
    output.unlink()
    assert cache.reuse(output, "key")
    assert output.read_text() == "result"


def test_a_reused_result_is_newer_than_its_inputs(tmp_path):
    cache, output = JobCache(tmp_path / "kept"), written(tmp_path / "a.npz", "result")
    cache.keep(output, "key")
    os.utime(output, (1, 1))
    source = written(tmp_path / "input.npz", "changed and changed back")
    assert cache.reuse(output, "key")
    assert output.stat().st_mtime >= source.stat().st_mtime


def test_another_key_is_not_served(tmp_path):
    cache, output = JobCache(tmp_path / "kept"), written(tmp_path / "a.npz", "result")
    assert not cache.reuse(output, "key")
    cache.keep(output, "key")
    assert not cache.reuse(output, "other")


def test_changed_bytes_are_not_served(tmp_path):
    cache, output = JobCache(tmp_path / "kept"), written(tmp_path / "a.npz", "result")
    cache.keep(output, "key")
    output.write_text("written over in place, through the hard link")
    assert not cache.reuse(output, "key")


def test_an_unreadable_key_is_not_served(tmp_path):
    cache, output = JobCache(tmp_path / "kept"), written(tmp_path / "a.npz", "result")
    cache.keep(output, "key")
    next((tmp_path / "kept").glob("*.key")).write_text("{")
    assert not cache.reuse(output, "key")


def test_the_folder_holds_one_result_per_output(tmp_path):
    cache, output = JobCache(tmp_path / "kept"), tmp_path / "a.npz"
    for key in ("one", "two", "three"):
        cache.keep(written(output, key), key)
        output.unlink()
    assert len(list((tmp_path / "kept").iterdir())) == 2
    assert not cache.reuse(output, "two")
    assert cache.reuse(output, "three")
    assert output.read_text() == "three"


def test_outputs_of_the_same_name_do_not_share_a_result(tmp_path):
    cache = JobCache(tmp_path / "kept")
    first, second = tmp_path / "pca" / "m.npz", tmp_path / "ica" / "m.npz"
    first.parent.mkdir()
    cache.keep(written(first, "first"), "key")
    assert not cache.reuse(second, "key")


def test_results_are_copied_where_links_do_not_work(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("no links on this disk")

    monkeypatch.setattr(os, "link", refuse)
    cache, output = JobCache(tmp_path / "kept"), written(tmp_path / "a.npz", "result")
    cache.keep(output, "key")
    output.write_text("overwritten")
    assert cache.reuse(output, "key")
    assert output.read_text() == "result"


def test_the_key_depends_on_contents_params_and_code(tmp_path):
    file = written(tmp_path / "in.npz", "one")
    key = job_key([file], {"n_folds": 10}, "abc")
    assert key == job_key([file], {"n_folds": 10}, "abc")
    assert key != job_key([file], {"n_folds": 5}, "abc")
    assert key != job_key([file], {"n_folds": 10}, "abd")
    written(file, "two")
    assert key != job_key([file], {"n_folds": 10}, "abc")
