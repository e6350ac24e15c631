"""Nothing reruns that need not, and what must rerun does."""

import os

import pytest

pytestmark = pytest.mark.slow


def test_a_second_run_has_nothing_to_do(finished):
    assert "Nothing to be done" in finished.snakemake().stdout


def test_touching_scripts_and_library_reruns_nothing(rerun):
    for path in (rerun.folder / "workflow/scripts").rglob("*.py"):
        os.utime(path)
    assert "Nothing to be done" in rerun.snakemake("-n").stdout


def test_comments_rerun_nothing(rerun):
    for path in (rerun.folder / "workflow/scripts").rglob("*.py"):
        with open(path, "a") as file:
            file.write("\n# a comment\n")
    assert "Nothing to be done" in rerun.snakemake("-n").stdout


def test_an_edit_of_one_figure_runs_one_job(rerun):
    rerun.edit("workflow/scripts/facepatch/figures/sfig1.py", "def draw(", "def draw(*unused, ")
    assert rerun.planned() == {"plot_sfig1": 1, "all": 1}


def test_an_edit_of_a_score_runs_the_jobs_that_use_it(rerun):
    rerun.edit("workflow/scripts/facepatch/runs/provenance.py", "platform.platform()", "'here'")
    assert rerun.planned() == {"write_provenance": 1, "all": 1}


def test_an_edit_of_the_training_code_reruns_training_and_what_follows(rerun):
    rerun.edit(
        "workflow/scripts/facepatch/training/streams.py", "BLOCK_STEPS = 64", "BLOCK_STEPS = 32"
    )
    jobs = rerun.planned()
    assert jobs["train_model"] + jobs["train_followed_model"] == 10
    assert "select_models" in jobs
    assert "render_faces" not in jobs
    assert "fit_pca" not in jobs
