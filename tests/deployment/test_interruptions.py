"""Whatever stops a run, nothing half-written counts as a result and the next run completes."""

import signal

import pytest
from checkouts import Checkout
from comparisons import assert_same, digest, tables
from processes import Workflow
from studies import CHECKPOINT, LOG, WEIGHTS, assert_continued, steps_kept


def interrupted(checkout, stop):
    """Start the training, call `stop` once there is a checkpoint, and return the workflow."""
    workflow = Workflow(checkout, WEIGHTS)
    workflow.wait_until(lambda: steps_kept(checkout) > 0)
    stop(workflow)
    assert workflow.finish() != 0
    assert not (checkout.folder / WEIGHTS).exists()
    return workflow


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_signal_saves_and_stops_and_the_rerun_continues(training, long_training, number):
    interrupted(training, lambda workflow: workflow.signal(number))
    kept = steps_kept(training)
    assert 0 < kept < 600
    training.snakemake(WEIGHTS)
    assert_continued(training, long_training, kept)


def test_a_killed_run_says_how_to_unlock_and_then_continues(training, long_training):
    interrupted(training, Workflow.kill)
    kept = steps_kept(training)
    refused = training.snakemake(WEIGHTS, check=False)
    assert refused.returncode != 0
    assert "--unlock" in refused.stdout
    training.snakemake("--unlock")
    training.snakemake(WEIGHTS)
    assert_continued(training, long_training, kept)


def test_a_checkpoint_cut_short_is_not_continued(training, long_training):
    interrupted(training, lambda workflow: workflow.signal(signal.SIGTERM))
    checkpoint = training.folder / CHECKPOINT
    checkpoint.write_bytes(checkpoint.read_bytes()[:-1000])
    training.snakemake(WEIGHTS)
    log = (training.folder / LOG).read_text()
    assert "not a readable checkpoint, starting from the first step" in log
    assert digest(training.folder / WEIGHTS) == digest(long_training.folder / WEIGHTS)


def test_a_second_run_in_the_same_folder_is_refused_and_harms_nothing(training, long_training):
    first = Workflow(training, WEIGHTS)
    first.wait_until(lambda: steps_kept(training) > 0)
    second = training.snakemake(WEIGHTS, check=False)
    assert second.returncode != 0
    assert "cannot be locked" in second.stdout
    assert first.finish() == 0, first.text()
    assert digest(training.folder / WEIGHTS) == digest(long_training.folder / WEIGHTS)


def test_a_full_disk_ends_the_run_and_more_room_completes_it(tiny, small_disk, expected_tiny):
    files = list((tiny.folder / "results").rglob("*"))
    assert files == []
    for kilobytes in (400, 1000, 2500):
        small_disk(f"size={kilobytes}k")
        result = tiny.snakemake("--keep-going", check=False)
        assert result.returncode != 0, f"all of it fitted into {kilobytes} kB"
        assert "No space left on device" in result.stdout
    small_disk("size=500m")
    tiny.snakemake("--quiet", "rules")
    assert_same(tables(tiny, "tiny"), expected_tiny)


def test_a_read_only_results_folder_is_named_and_later_used(tiny, small_disk, expected_tiny):
    small_disk("size=500m")
    tiny.snakemake("responses", "--quiet", "rules")
    small_disk("ro")
    result = tiny.snakemake("tables", check=False)
    assert result.returncode != 0
    assert "Read-only file system" in result.stdout
    assert "results/tiny" in result.stdout
    small_disk("rw")
    tiny.snakemake("--quiet", "rules")
    assert_same(tables(tiny, "tiny"), expected_tiny)


def test_no_temporary_file_is_left_in_a_finished_run(undisturbed_tiny: Checkout):
    left = [path for path in (undisturbed_tiny.folder / "results").rglob(".*") if path.is_file()]
    assert left == []
