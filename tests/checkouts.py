"""Copies of the workflow to run, edit and break."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "workflow", "config", "profiles", "envs", "pyproject.toml")


@dataclass
class Checkout:
    """A working copy of the repository in a folder of its own."""

    folder: Path
    config: str = "config/small.yaml"
    python: str = sys.executable
    environment: dict = field(default_factory=lambda: dict(os.environ))

    def command(self, *arguments, cores=2, config=None):
        """Return the snakemake call as a list; without `cores` where a profile knows better."""
        count = ["--cores", str(cores)] if cores else []
        call = [self.python, "-m", "snakemake", *count, *arguments]
        return [*call, "--configfile", config or self.config]

    def snakemake(self, *arguments, cores=2, check=True, config=None, timeout=3600):
        """Run snakemake here; targets and flags come before the configuration file."""
        result = subprocess.run(
            self.command(*arguments, cores=cores, config=config),
            cwd=self.folder,
            env=self.environment,
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
            ignore = shutil.ignore_patterns(".snakemake", "*.egg-info", "__pycache__")
            shutil.copytree(source, folder / part, ignore=ignore)
        else:
            shutil.copy2(source, folder / part)
    return Checkout(folder)
