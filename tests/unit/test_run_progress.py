import os
import subprocess
import sys
from pathlib import Path

from facepatch.progress import Progress
from facepatch.runs.progress import Training, describe, read_trainings

SCRIPT = Path(__file__).parents[2] / "workflow/scripts/show_progress.py"
LOG = """Building DAG of jobs...
Job stats:
job                count
---------------  -------
train_followed_model   4
train_model            6
select_models          1
total                 11

Select jobs to execute...
Finished jobid: 5 (Rule: train_followed_model)
1 of 11 steps (9%) done
Finished jobid: 6 (Rule: train_model)
2 of 11 steps (18%) done
"""


def test_lines_of_the_progress_bar_are_read_back(tmp_path):
    log = tmp_path / "logs/train_model/vae/vae-s00.log"
    log.parent.mkdir(parents=True)
    with open(log, "w") as file:
        progress = Progress("vae-s00", 100, stream=file, every=0)
        progress.update(20, "loss 1.5  KL 2")
        progress.update(50, "loss 1.2  KL 3")
    (training,) = read_trainings(tmp_path, since=0)
    assert (training.name, training.done, training.total) == ("vae-s00", 50, 100)
    assert training.detail == "loss 1.2  KL 3"
    assert training.rate > 0
    assert read_trainings(tmp_path, since=os.path.getmtime(log) + 10) == []


def test_time_left_counts_what_has_not_begun():
    trainings = [
        Training("vae-s00", 1000, 1000, "", 50.0),
        Training("vae-s01", 1000, 1000, "", 50.0),
        Training("vae-s02", 400, 1000, "", 50.0),
        Training("vae-s03", 600, 1000, "", 50.0),
    ]
    lines = describe(LOG, trainings, started=0.0, now=125.0)
    assert lines[0] == "jobs      2 of 11 done, 2m05s since the start"
    # 600 + 400 steps of the two, 6 models of 1000 steps to come, 100 steps a second
    assert lines[1] == (
        "training  2 of 10 jobs done, 2 models in training, 100 steps/s, about 1m10s left"
    )
    assert lines[2].startswith("  vae-s02  400/1000 steps (40%)")
    assert lines[2].endswith("12s left")


def test_a_run_that_has_just_begun_says_so():
    assert describe(LOG.partition("Select")[0], [], started=0.0, now=3.0) == [
        "jobs      0 of 11 done, 3s since the start",
        "training  0 of 10 jobs done, 0 models in training",
    ]


def test_the_command_reads_the_newest_call_that_ran_jobs(tmp_path):
    logs = tmp_path / ".snakemake/log"
    logs.mkdir(parents=True)
    (logs / "2026-01-02T030405.123456.snakemake.log").write_text(LOG)
    (logs / "2026-01-02T040506.123456.snakemake.log").write_text("Nothing to be done.\n")
    (tmp_path / "results/demo").mkdir(parents=True)
    command = [sys.executable, str(SCRIPT), "results/demo"]
    output = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert output.stdout.startswith("jobs      2 of 11 done")


def test_the_command_explains_itself_where_nothing_runs(tmp_path):
    command = [sys.executable, str(SCRIPT), "results/demo"]
    output = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert output.returncode == 2
    assert "there is no folder results/demo" in output.stderr
