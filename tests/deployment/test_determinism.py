"""The same tables whatever the number of cores, and nearly the same on other types of CPU."""

import platform
import shutil

import pandas as pd
import pytest
from comparisons import assert_same, tables
from studies import copied

# What makes NumPy, SciPy, PyTorch and Numba choose the code of a CPU of twenty years ago.
OLD_CPU = {
    "OPENBLAS_CORETYPE": "Prescott",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4",
    "ATEN_CPU_CAPABILITY": "default",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "NUMBA_CPU_NAME": "x86-64",
    "NUMBA_CPU_FEATURES": "",
}


def test_one_core_makes_the_tables_that_two_make(checkout, expected):
    checkout.snakemake("--quiet", "rules", cores=1, timeout=3600)
    assert_same(tables(checkout), expected)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names CPUs of the x86-64 family")
def test_another_cpu_makes_the_same_tables_to_a_millionth(undisturbed_tiny, tmp_path):
    """From the same networks: their training magnifies the last bit (docs/clusters.md)."""
    copy = copied(undisturbed_tiny, tmp_path / "facepatch")
    results = copy.folder / "results/tiny"
    for made in ("embeddings", "encoding", "scores", "tables", "figure_data", ".cache"):
        shutil.rmtree(results / made)
    copy.environment = copy.environment | OLD_CPU
    copy.snakemake("tables", "--quiet", "rules")
    differ = 0
    for path in sorted((results / "tables").glob("*.csv")):
        found = pd.read_csv(path)
        expected = pd.read_csv(undisturbed_tiny.folder / path.relative_to(copy.folder))
        pd.testing.assert_frame_equal(found, expected, rtol=1e-6, atol=1e-6, obj=path.name)
        differ += not found.equals(expected)
    assert differ, "no table differs in any bit: the settings had no effect"
