"""Runs that were never disturbed, to compare with, and copies to disturb."""

import ctypes
import subprocess
import time
from pathlib import Path

import pytest
from checkouts import copy_repository
from comparisons import tables
from slurm import Cluster
from studies import WEIGHTS, copied, tiny_checkout

HERE = Path(__file__).parent
_NEW_MOUNT_NAMESPACE = 0x00020000


def pytest_collection_modifyitems(items):
    """Mark all tests of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.deployment)


@pytest.fixture
def checkout(tmp_path):
    """A fresh copy of the repository without results."""
    return copy_repository(tmp_path / "facepatch")


@pytest.fixture
def tiny(tmp_path):
    """A fresh copy of the repository, set up for the tiny study."""
    return tiny_checkout(tmp_path / "facepatch")


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The small study on two cores, never disturbed; do not edit it."""
    copy = copy_repository(tmp_path_factory.mktemp("undisturbed") / "facepatch")
    copy.snakemake("--quiet", "rules", timeout=3600)
    return copy


@pytest.fixture(scope="session")
def expected(undisturbed):
    """The hash of every table of the small study."""
    return tables(undisturbed)


@pytest.fixture(scope="session")
def undisturbed_tiny(tmp_path_factory):
    """The tiny study, never disturbed; do not edit it."""
    copy = tiny_checkout(tmp_path_factory.mktemp("tiny") / "facepatch")
    started = time.monotonic()
    copy.snakemake("--quiet", "rules", timeout=3600)
    (copy.folder / "seconds").write_text(str(time.monotonic() - started))
    return copy


@pytest.fixture(scope="session")
def expected_tiny(undisturbed_tiny):
    """The hash of every table of the tiny study."""
    return tables(undisturbed_tiny, "tiny")


@pytest.fixture(scope="session")
def long_training(undisturbed_tiny, tmp_path_factory):
    """A copy of the tiny study in which one network trained for long; do not edit it."""
    copy = copied(undisturbed_tiny, tmp_path_factory.mktemp("long") / "facepatch")
    copy.edit("config/tiny.yaml", "steps: 40", "steps: 600")
    copy.snakemake(WEIGHTS, "--quiet", "rules")
    return copy


@pytest.fixture
def training(long_training, tmp_path):
    """A copy of that in which the network is still to be trained."""
    copy = copied(long_training, tmp_path / "facepatch")
    for path in (copy.folder / WEIGHTS).parent.glob("vae-s00.*"):
        path.unlink()
    return copy


@pytest.fixture
def small_disk(tiny):
    """Give the results a disk of their own; return a function that sets its size and mode."""
    folder = tiny.folder / "results"
    folder.mkdir()
    # Mounts of this process and its children alone: none is left, however the test ends.
    private = ctypes.CDLL(None).unshare(_NEW_MOUNT_NAMESPACE) == 0
    make = ["mount", "-t", "tmpfs", "-o", "size=1m", "facepatch-test", str(folder)]
    for command in (["mount", "--make-rprivate", "/"], make):
        made = subprocess.run(command, capture_output=True, text=True) if private else None
        if made is None or made.returncode:
            pytest.skip("NO FULL-DISK TEST: only root can mount a small disk")
    yield lambda options: subprocess.run(
        ["mount", "-o", f"remount,{options}", str(folder)], check=True
    )
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A SLURM cluster of one node."""
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
