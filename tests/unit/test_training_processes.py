"""Real training processes, really killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from safetensors import safe_open

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow" / "scripts"
SIZE = 16

# Runs the script as Snakemake does: a fresh interpreter, an object called `smk`.
RUN = """
import json, sys
from types import SimpleNamespace
sys.path.insert(0, sys.argv[1])
import train_models
fields = json.loads(sys.argv[2])
parts = {k: SimpleNamespace(**v) if isinstance(v, dict) else v for k, v in fields.items()}
train_models.main(SimpleNamespace(**parts))
"""


def _job(folder, images, models=1, steps=150, family="beta_vae", **params):
    """Return the fields of a `snakemake` object for some models and the files they write."""
    ids = [f"{family}-s{k:02d}" for k in range(models)]
    folder.mkdir(exist_ok=True)
    output = {
        "weights": [str(folder / f"{i}.safetensors") for i in ids],
        "info": [str(folder / f"{i}.json") for i in ids],
        "curves": [str(folder / f"{i}.parquet") for i in ids],
        "snapshots": [str(folder / f"{i}-{f}.safetensors") for i in ids for f in (0.1, 0.5)],
    }
    return {
        "log": [str(folder / "log")],
        "threads": models,
        "input": {"images": str(images)},
        "output": output,
        "params": {
            "models": [{"id": i, "family": family, "beta": 0.5} for i in ids],
            "seed": 7,
            "steps": steps,
            "fallback_steps": None,
            "batch_size": 4,
            "learning_rate": 1e-3,
            "latent_units": 4,
            "hidden_units": 16,
            "engine": "torch",
            "device": "cpu",
            "precision": "float32",
            "snapshot_fractions": [0.1, 0.5],
            "checkpoint_folder": str(folder / "checkpoints"),
            "checkpoint_seconds": 0.0,
            **params,
        },
    }


def _start(job, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(SCRIPTS), json.dumps(job)],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _finish(job, **environment):
    process = _start(job, **environment)
    text, _ = process.communicate(timeout=300)
    return process.returncode, text


def _wait_for(condition, what):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


def _checkpoints(job):
    return sorted(Path(job["params"]["checkpoint_folder"]).glob("[!.]*.safetensors"))


def _weights(job):
    return [
        Path(path).read_bytes() for path in job["output"]["weights"] + job["output"]["snapshots"]
    ]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    path = tmp_path_factory.mktemp("images") / "train.npy"
    np.save(path, np.random.default_rng(0).random((30, SIZE, SIZE)).astype(np.float32))
    return path


@pytest.fixture(scope="module")
def uninterrupted(images, tmp_path_factory):
    job = _job(tmp_path_factory.mktemp("whole"), images, models=2)
    code, text = _finish(job)
    assert code == 0, text
    return job


def test_files_that_a_training_writes(uninterrupted):
    for info, curve in zip(
        uninterrupted["output"]["info"], uninterrupted["output"]["curves"], strict=True
    ):
        described = json.loads(Path(info).read_text())
        assert described["steps"] == 150
        assert described["beta"] == 0.5
        assert described["architecture"]["image_size"] == SIZE
        table = pd.read_parquet(curve)
        assert list(table["step"]) == list(range(1, 151))
        assert described["final"]["loss"] == table["loss"].iloc[-1]
    assert len(set(_weights(uninterrupted))) == 6
    assert _checkpoints(uninterrupted) == []
    log = Path(uninterrupted["log"][0]).read_text()
    assert "beta_vae-s00  150/150 steps  loss" in log
    assert "beta_vae-s01  150/150 steps  loss" in log


def _worker_of(process):
    return psutil.Process(process.pid).children()[0]


def _kill_worker(process):
    _worker_of(process).send_signal(signal.SIGKILL)


def _kill_all(process):
    for child in psutil.Process(process.pid).children():
        child.send_signal(signal.SIGKILL)
    process.kill()


@pytest.mark.parametrize("kill", [_kill_worker, _kill_all])
def test_sigkill_changes_no_bit_of_the_result(kill, uninterrupted, images, tmp_path):
    job = _job(tmp_path / "job", images, models=2)
    for _ in range(2):
        before = [path.stat().st_mtime_ns for path in _checkpoints(job)]
        process = _start(job)
        _wait_for(
            lambda before=before: (
                [p.stat().st_mtime_ns for p in _checkpoints(job)] > before
                and len(_checkpoints(job)) == 2
            ),
            "new checkpoints",
        )
        kill(process)
        text, _ = process.communicate(timeout=60)
        assert process.returncode != 0, text
    assert not Path(job["output"]["weights"][0]).exists()
    code, text = _finish(job)
    assert code == 0, text
    assert _weights(job) == _weights(uninterrupted)
    assert _checkpoints(job) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_obeyed_at_once_and_nothing_is_lost(number, uninterrupted, images, tmp_path):
    job = _job(tmp_path / "job", images, models=2)
    process = _start(job)
    _wait_for(lambda: len(_checkpoints(job)) == 2, "checkpoints")
    workers = psutil.Process(process.pid).children()
    process.send_signal(number)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + number, text
    assert not any(w.is_running() for w in workers)
    for path in _checkpoints(job):
        with safe_open(path, "np") as file:
            step = json.loads(file.metadata()["checkpoint"])["step"]
        assert f"{path.stem}: stopped after {step} steps" in text
    code, text = _finish(job)
    assert code == 0, text
    assert _weights(job) == _weights(uninterrupted)


def test_workers_end_when_their_parent_is_killed(images, tmp_path):
    job = _job(tmp_path / "job", images, models=2, steps=10**6)
    process = _start(job)
    _wait_for(lambda: len(_checkpoints(job)) == 2, "checkpoints")
    workers = psutil.Process(process.pid).children()
    process.kill()
    process.communicate(timeout=60)
    gone, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == []
    assert len(gone) == 2


def test_a_loss_that_explodes_ends_the_job_with_one_message(images, tmp_path):
    job = _job(tmp_path / "job", images, models=2, learning_rate=1e6)
    code, text = _finish(job)
    assert code == 1
    assert "facepatch: training of beta_vae-s0" in text
    assert "Lower the learning rate, now 1e+06." in text
    assert "Traceback" not in text
    assert not os.path.exists(job["output"]["weights"][0])


def test_auto_without_a_compiler_takes_the_shorter_schedule_and_says_so(images, tmp_path):
    for engine, steps in (("auto", 4), ("torch", 8)):
        job = _job(tmp_path / engine, images, steps=8, engine=engine, fallback_steps=4)
        code, text = _finish(job, CXX="no-such-compiler")
        assert code == 0, text
        assert json.loads(Path(job["output"]["info"][0]).read_text())["steps"] == steps
        assert ("training 4 steps, not 8: PyTorch takes" in text) == (engine == "auto")
        assert ("no C++ compiler found" in text) == (engine == "auto")


def test_classes_are_images_or_the_identities_that_the_stimuli_name(images, tmp_path):
    for identities, n_classes in (("", 30), ("identity", 10)):
        job = _job(tmp_path / f"job{n_classes}", images, family="classifier", steps=3)
        job["params"]["models"][0]["units"] = 5
        stimuli = tmp_path / "stimuli.csv"
        rows = [f"s{k:02d},,main" + (f",p{k % 10}" if identities else "") for k in range(30)]
        header = "stimulus,image,split" + (",identity" if identities else "")
        stimuli.write_text("\n".join([header, *rows]) + "\n")
        job["input"]["stimuli"] = str(stimuli)
        code, text = _finish(job)
        assert code == 0, text
        described = json.loads(Path(job["output"]["info"][0]).read_text())
        assert described["architecture"]["n_classes"] == n_classes
        assert described["architecture"]["latents"] == 5
        assert described["final"].keys() == {"loss", "reconstruction"}
