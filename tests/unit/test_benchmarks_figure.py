import numpy as np
import pandas as pd
import pytest
from facepatch.figures import benchmarks
from facepatch.figures.context import FigureContext

JOBS = pd.DataFrame(
    [
        ("train_model", "vae/vae-s00", 7200.0, 7000.0, 1024.0),
        ("train_model", "vae/vae-s01", 3600.0, 3500.0, 2048.0),
        ("fit_pca", "fit_pca", 1200.0, 2400.0, 512.0),
    ],
    columns=["rule", "job", "seconds", "cpu_seconds", "memory_mb"],
)
CONTEXT = FigureContext("simulated neurons, rendered faces", 159, 2100, 62)


def test_costs_are_summed_by_rule_and_memory_is_the_largest():
    table = benchmarks.sum_by_rule(JOBS)
    assert list(table["rule"]) == ["train_model", "fit_pca"]
    assert list(table["n_jobs"]) == [2, 1]
    np.testing.assert_allclose(table["hours"], [3.0, 1 / 3])
    np.testing.assert_allclose(table["cpu_hours"], [10500 / 3600, 2 / 3])
    np.testing.assert_allclose(table["memory_gb"], [2.0, 0.5])
    np.testing.assert_allclose(table["share"], [0.9, 0.1])


def test_bars_are_as_long_as_the_table_says():
    figure, source = benchmarks.draw(JOBS, CONTEXT)
    time, memory = figure.axes
    widths = [bar.get_width() for bar in time.containers[0]]
    np.testing.assert_allclose(widths, source["benchmarks"]["hours"])
    np.testing.assert_allclose([bar.get_width() for bar in memory.containers[0]], [2.0, 0.5])
    assert [label.get_text() for label in time.get_yticklabels()] == ["train_model", "fit_pca"]
    assert "90.0%, 2 jobs" in {text.get_text() for text in time.texts}


@pytest.mark.parametrize(("factor", "unit"), [(1, "hours"), (1 / 60, "minutes"), (1e-4, "seconds")])
def test_short_runs_are_shown_in_a_unit_that_reads_well(factor, unit):
    jobs = JOBS.assign(seconds=JOBS["seconds"] * factor, cpu_seconds=JOBS["cpu_seconds"] * factor)
    figure, _ = benchmarks.draw(jobs, CONTEXT)
    assert unit in figure.axes[0].get_xlabel()


def test_a_job_too_short_to_be_measured_is_drawn_too():
    figure, source = benchmarks.draw(JOBS.assign(seconds=0.0, cpu_seconds=0.0), CONTEXT)
    assert source["benchmarks"]["share"].eq(0).all()
    assert np.isfinite(figure.axes[0].get_xlim()).all()
