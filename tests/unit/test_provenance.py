import hashlib
import subprocess

import pytest
from facepatch.runs.benchmarks import read_benchmarks
from facepatch.runs.provenance import git_state, input_checksums, package_versions, provenance


def test_checksums_name_every_file_and_sum_up_many(tmp_path):
    (tmp_path / "images").mkdir()
    for index in range(5):
        (tmp_path / f"images/{index}.png").write_bytes(bytes([index]))
    (tmp_path / "stimuli.csv").write_text("stimulus\n")
    found = input_checksums(tmp_path, limit=4)
    assert set(found) == {"stimuli.csv", "images/ (5 files)"}
    assert found["stimuli.csv"] == hashlib.sha256(b"stimulus\n").hexdigest()
    before = found["images/ (5 files)"]
    (tmp_path / "images/3.png").write_bytes(b"other")
    assert input_checksums(tmp_path, limit=4)["images/ (5 files)"] != before


def test_git_state_tells_the_commit_and_what_was_changed(tmp_path):
    assert git_state(tmp_path) == {"commit": None, "modified": []}

    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    git("init", "-q")
    (tmp_path / "code.py").write_text("1\n")
    git("add", "code.py")
    git("commit", "-qm", "Start")
    clean = git_state(tmp_path)
    assert len(clean["commit"]) == 40
    assert clean["modified"] == []
    (tmp_path / "code.py").write_text("2\n")
    assert git_state(tmp_path) == {"commit": clean["commit"], "modified": ["code.py"]}


def test_provenance_has_config_seed_packages_and_inputs(tmp_path):
    content = provenance({"seed": 7, "run": "x"}, tmp_path, tmp_path)
    assert content["seed"] == 7
    assert content["config"]["run"] == "x"
    assert content["packages"] == package_versions()
    assert "numpy" in content["packages"]
    assert content["inputs"] == {}


def test_benchmarks_are_read_by_rule_and_job(tmp_path):
    header = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
    (tmp_path / "train_model/vae").mkdir(parents=True)
    (tmp_path / "train_model/vae/vae-s00.tsv").write_text(
        header + "9.5\t0:00:09\t812.4\t0\t0\t0\t0\t0\t99.0\t9.1\n"
    )
    (tmp_path / "fit_pca.tsv").write_text(header + "0.4\t0:00:00\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA\n")
    records = read_benchmarks(tmp_path)
    assert [(r["rule"], r["job"], r["seconds"]) for r in records] == [
        ("train_model", "vae/vae-s00", pytest.approx(9.5)),
        ("fit_pca", "fit_pca", pytest.approx(0.4)),
    ]
    assert records[0]["memory_mb"] == pytest.approx(812.4)
    assert records[1]["memory_mb"] == 0.0
