"""The small study on a real SLURM cluster of one node, through the shipped profile."""

import re

from comparisons import assert_same, tables
from processes import Workflow
from studies import WEIGHTS, assert_continued, steps_kept

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
    assert "Group job fits" in output, "fits were not grouped"
    assert_same(tables(checkout), expected)


def test_scancelled_training_resumes(training, long_training, cluster):
    training.environment = cluster.environment
    arguments = (*PROFILE, "--retries", "0", WEIGHTS)
    workflow = Workflow(training, *arguments, cores=None)
    workflow.wait_until(lambda: steps_kept(training) > 0)
    (job,) = cluster.client("squeue", "-h", "-t", "R", "-o", "%i").split()
    cluster.client("scancel", job)
    assert workflow.finish() != 0
    assert not (training.folder / WEIGHTS).exists()
    kept = steps_kept(training)
    assert 0 < kept < 600
    training.snakemake(*arguments, cores=None)
    assert_continued(training, long_training, kept)
