"""The shipped profile for other clusters, with a scheduler that runs jobs in the background."""

import re
import shutil
from pathlib import Path

import pytest
from checkouts import ROOT, Checkout
from comparisons import assert_same, tables

COMMANDS = Path(__file__).parent / "grid_engine"
PROFILE = (
    *("--profile", "profiles/generic", "--latency-wait", "10"),
    *("--max-status-checks-per-second", "10"),
)


@pytest.fixture
def scheduler(tmp_path):
    """Return the folder in which the scheduler keeps its jobs, and a function to use it."""
    folder = tmp_path / "jobs"
    folder.mkdir()

    def use(checkout):
        path = f"{COMMANDS}:{checkout.environment['PATH']}"
        checkout.environment = checkout.environment | {"PATH": path, "GRID_ENGINE": str(folder)}
        return checkout

    return folder, use


@pytest.fixture
def toy(tmp_path):
    """Three GPU jobs that wait for each other, and one that needs more memory than it asks for."""
    folder = tmp_path / "toy"
    shutil.copytree(ROOT / "profiles", folder / "profiles")
    (folder / "Snakefile").write_text(
        """
rule all:
    input: expand("gpu{n}.txt", n=[1, 2, 3]), "memory.txt"


rule gpu:
    output: "gpu{n}.txt"
    resources: gpu=1
    shell:
        "touch started{wildcards.n}; "
        "for _ in $(seq 600); do "
        "[ -e started1 ] && [ -e started2 ] && [ -e started3 ] && touch {output} && exit; "
        "sleep 0.1; done; exit 1"


rule memory:
    output: "memory.txt"
    resources: mem_mb=lambda wildcards, attempt: 1000 * attempt
    shell: "[ {resources.mem_mb} -ge 3000 ] && touch {output}"
"""
    )
    (folder / "none.yaml").write_text("{}\n")
    return Checkout(folder, "none.yaml")


def test_gpu_jobs_run_side_by_side_and_retries_ask_for_more_memory(toy, scheduler):
    jobs, use = scheduler
    use(toy).snakemake(*PROFILE, cores=None)
    asked = sorted(path.read_text() for path in jobs.glob("*/arguments"))
    assert sum("gpu=1" in line for line in asked) == 3
    memory = sorted(re.search(r"h_vmem=(\d+)M", line)[1] for line in asked if "gpu=1" not in line)
    assert memory == ["1000", "2000", "3000"]
    assert all("h_rt=3600" in line for line in asked)


def test_a_job_that_the_cluster_kills_is_noticed_and_tried_again(toy, scheduler):
    jobs, use = scheduler
    killed = "[ -e again ] || (touch again; qdel $(basename $GRID_ENGINE/*)); "
    toy.edit("Snakefile", "[ {resources.mem_mb} -ge 3000 ] &&", killed)
    use(toy).snakemake(*PROFILE, "memory.txt", cores=None)
    assert (toy.folder / "memory.txt").exists()
    assert len(list(jobs.glob("*"))) == 2
    assert len(list(jobs.glob("*/exit"))) == 1


def test_tiny_study_makes_the_same_tables(tiny, scheduler, expected_tiny):
    jobs, use = scheduler
    use(tiny).snakemake(*PROFILE, "--jobs", "4", cores=None, timeout=3600)
    assert len(list(jobs.glob("*"))) > 20
    assert_same(tables(tiny, "tiny"), expected_tiny)
