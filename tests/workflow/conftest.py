"""A copy of the workflow to run, edit and break, and one finished small run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "workflow", "config", "profiles", "envs", "pyproject.toml")


@dataclass
class Checkout:
    """A working copy of the repository in a folder of its own."""

    folder: Path
    config: str = "config/small.yaml"

    def snakemake(self, *arguments, cores=2, check=True, config=None, timeout=900):
        """Run snakemake here; targets and flags come before the configuration file."""
        command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
        result = subprocess.run(
            [*command, "--configfile", config or self.config],
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
        )
        if check and result.returncode:
            raise AssertionError(f"snakemake {' '.join(arguments)} failed:\n{result.stdout}")
        return result

    def planned(self, *arguments):
        """Return how many jobs of each rule a run would do."""
        lines = self.snakemake("-n", "--quiet", "rules", *arguments).stdout.splitlines()
        jobs = {}
        for line in lines:
            words = line.split()
            if len(words) == 2 and words[1].isdigit() and words[0] != "total":
                jobs[words[0]] = int(words[1])
        return jobs

    def edit(self, path, old, new):
        """Replace text in a file and insist that it was there."""
        file = self.folder / path
        text = file.read_text()
        assert old in text, f"{old!r} is not in {path}"
        file.write_text(text.replace(old, new))


def copy_repository(folder):
    """Copy what the workflow needs into `folder`, without anything that was generated."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            ignore = shutil.ignore_patterns(".snakemake", "*.egg-info")
            shutil.copytree(source, folder / part, ignore=ignore)
        else:
            shutil.copy2(source, folder / part)
    return Checkout(folder)


@pytest.fixture
def checkout(tmp_path):
    """A fresh copy of the repository without results."""
    return copy_repository(tmp_path / "facepatch")


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A copy of the repository in which the small run has been done; do not edit it."""
    copy = copy_repository(tmp_path_factory.mktemp("finished") / "facepatch")
    copy.snakemake("--quiet", "rules")
    return copy


@pytest.fixture
def rerun(finished, tmp_path):
    """A copy of the finished run to edit: what reruns there?"""
    folder = tmp_path / "facepatch"
    shutil.copytree(finished.folder, folder, copy_function=_copy, symlinks=True)
    return Checkout(folder)


def _copy(source, target):
    """Copy code; link results, which tests only read, keeping their times."""
    if "/results/" in source or "/data/" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)
