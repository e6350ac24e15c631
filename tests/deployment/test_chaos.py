"""The whole workflow, killed again and again at random moments."""

import random
import time

from comparisons import assert_same, tables
from processes import Workflow

KILLS = 20
SEED = 20211109


def test_twenty_kills_change_no_byte_of_any_table(
    tiny, undisturbed_tiny, expected_tiny, record_property
):
    rng = random.Random(SEED)
    longest = float((undisturbed_tiny.folder / "seconds").read_text()) / 3
    survived, unlocked, done = 0, 0, []
    while survived < KILLS:
        workflow = Workflow(tiny, "--quiet", "rules")
        # Kills come while Snakemake starts and in all stages of the run.
        end = time.monotonic() + rng.uniform(0, longest)
        while workflow.process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        if workflow.process.poll() is not None:
            assert workflow.process.returncode == 0, workflow.text()
            # All done before the last kill: go on with the latter half of the study to do again.
            for path in (tiny.folder / "results/tiny").glob("embeddings/*/*.npz"):
                path.unlink()
            continue
        workflow.kill()
        survived += 1
        done.append(len(list((tiny.folder / "results/tiny/benchmarks").rglob("*.tsv"))))
        if any((tiny.folder / ".snakemake/locks").glob("*")):
            unlocked += 1
            tiny.snakemake("--unlock")
    record_property("kills", survived)
    record_property("jobs_done_at_each_kill", done)
    record_property("kills_that_left_a_lock", unlocked)
    print(f"killed {survived} times, with so many jobs done: {done}; {unlocked} locks")
    assert len(set(done)) >= 4, f"the kills did not meet different stages: {done}"
    tiny.snakemake("--quiet", "rules", timeout=3600)
    assert_same(tables(tiny, "tiny"), expected_tiny)
