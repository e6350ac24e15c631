"""Each rule in its own environment, run by a Snakemake that has nothing but itself."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from checkouts import Checkout, copy_repository
from comparisons import assert_same, tables
from venvs import LOCK, make_venv

STAND_IN = Path(__file__).parent / "conda/bin"
# What code imports -> what an environment file calls it.
MODULES = {
    "numpy": "numpy",
    "scipy": "scipy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "sklearn": "scikit-learn",
    "numba": "numba",
    "torch": "pytorch",
    "safetensors": "safetensors",
    "matplotlib": "matplotlib-base",
    "h5py": "h5py",
    "pynwb": "pynwb",
    "PIL": "pillow",
    "statsmodels": "statsmodels",
    "scikit_posthocs": "scikit-posthocs",
    "plotly": "plotly",
}


@pytest.fixture(scope="module")
def conda(tmp_path_factory):
    """Return a function that makes a checkout use the stand-in and a bare Snakemake."""
    bare = tmp_path_factory.mktemp("bare")
    wanted = re.findall(r"^snakemake(?:-executor.*)?==.*$", LOCK.read_text(), flags=re.MULTILINE)
    make_venv(bare, wanted)

    def use(checkout):
        checkout.python = str(bare / "bin/python")
        hidden = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME")
        kept = {k: v for k, v in checkout.environment.items() if k not in hidden}
        path = f"{STAND_IN}:{bare / 'bin'}:{kept['PATH']}"
        checkout.environment = kept | {"PATH": path}
        return checkout

    return use


@pytest.fixture(scope="module")
def conda_run(conda, tmp_path_factory):
    """The small study, every rule in an environment that the stand-in built."""
    copy = conda(copy_repository(tmp_path_factory.mktemp("conda") / "facepatch"))
    copy.snakemake("--sdm", "conda", "--quiet", "rules", timeout=3600)
    return copy


def test_small_study_runs_to_the_last_figure(conda_run):
    built = list((conda_run.folder / ".snakemake/conda").glob("*.yaml"))
    names = {re.search(r"name: (\S+)", file.read_text())[1] for file in built}
    assert names == {
        f"facepatch-{file.stem}" for file in (conda_run.folder / "envs").glob("*.yaml")
    }
    report = conda_run.folder / "results/small/figures"
    assert len(list(report.glob("*.svg"))) >= 12


def test_tables_are_those_of_a_run_in_one_environment(conda_run, expected):
    assert_same(tables(conda_run), expected)


def probe(checkout, *targets):
    """Run the jobs that look for every module in every environment; return what they found."""
    shutil.copytree(Path(__file__).parent / "isolation", checkout.folder / "probe")
    shutil.copytree(checkout.folder / "envs", checkout.folder / "probe/envs")
    checkout.folder = checkout.folder / "probe"
    declared = {}
    for file in sorted((checkout.folder / "envs").glob("*.yaml")):
        listed = set(re.findall(r"^  - (\S+) =", file.read_text(), flags=re.MULTILINE))
        declared[file.stem] = sorted(m for m, package in MODULES.items() if package in listed)
    config = {"modules": sorted(MODULES), "declared": declared}
    (checkout.folder / "config.json").write_text(json.dumps(config))
    checkout.snakemake(*targets, "--sdm", "conda", config="config.json", timeout=3600)
    reports = {f.stem: json.loads(f.read_text()) for f in checkout.folder.glob("isolation/*.json")}
    return reports, declared


def outside(report):
    """Return the modules that a job found, but not in its own environment."""
    return {
        m
        for m, origin in report["found"].items()
        if origin and not origin.startswith(report["prefix"])
    }


def test_no_rule_can_import_a_package_that_is_not_declared(conda, checkout):
    reports, declared = probe(conda(checkout))
    assert sorted(reports) == sorted(declared)
    for environment, report in reports.items():
        assert outside(report) == set(), environment
        missing = {module for module, origin in report["found"].items() if origin is None}
        assert "torch" in missing or environment == "training"
        assert len(missing) >= 5, f"{environment} has nearly everything: {report['found']}"


def test_the_probe_sees_packages_that_leak_from_snakemake_s_own_environment(checkout):
    """What happens to users who install Snakemake beside the science: the trap is real."""
    checkout = Checkout(checkout.folder, python=sys.executable)
    checkout.environment["PATH"] = f"{STAND_IN}:{checkout.environment['PATH']}"
    reports, _ = probe(checkout, "isolation/rendering.json")
    assert "matplotlib" in outside(reports["rendering"])
