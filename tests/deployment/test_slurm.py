"""The small study on a real SLURM cluster of one node, through the shipped profile."""

import json
import re
import subprocess
import time

from comparisons import assert_same, tables

PROFILE = (
    *("--profile", "profiles/slurm", "--slurm-status-command", "squeue", "--slurm-no-account"),
    # Short waits: the file system is not shared here, and jobs take seconds.
    *("--latency-wait", "10", "--slurm-init-seconds-before-status-checks", "3"),
    *("--seconds-between-status-checks", "2"),
)


def test_small_study_on_slurm_makes_the_same_tables(checkout, cluster, expected):
    checkout.environment = cluster.environment
    output = checkout.snakemake(*PROFILE, cores=None, timeout=3600).stdout
    submitted = re.findall(r"SLURM jobid (\d+)", output)
    assert len(submitted) > 20, output[-3000:]
    assert "Group: fits" in output or "group job" in output, "fits were not grouped"
    assert_same(tables(checkout), expected)


def test_scancelled_training_resumes(checkout, cluster):
    checkout.environment = cluster.environment
    checkout.edit("config/small.yaml", "steps: 120", "steps: 4000\n  checkpoint_seconds: 1")
    name = "vae-s00"
    weights = f"results/small/models/vae/{name}.safetensors"
    history = checkout.folder / "results/small/.checkpoints"
    process = subprocess.Popen(
        checkout.command(*PROFILE, "--retries", "0", weights, cores=None),
        cwd=checkout.folder,
        env=checkout.environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    log = checkout.folder / f"results/small/logs/train_model/vae/{name}.log"
    deadline = time.monotonic() + 600
    while not any(history.glob("*")) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.5)
    running = cluster.client("squeue", "-h", "-t", "R", "-o", "%i").split()
    assert running, "no training job is running"
    cluster.client("scancel", *running)
    output = process.communicate(timeout=300)[0]
    assert process.returncode != 0, output
    assert not (checkout.folder / weights).exists()
    output = checkout.snakemake(*PROFILE, weights, cores=None, timeout=1800).stdout
    assert re.search(r"resum", log.read_text()), log.read_text()
    assert json.loads((checkout.folder / weights).with_suffix(".json").read_text())
