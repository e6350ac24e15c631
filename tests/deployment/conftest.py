"""Runs of the small study in every place where it can run, and the hashes of what they made."""

import shutil

import pytest
from checkouts import Checkout, copy_repository
from comparisons import tables
from slurm import Cluster

pytestmark = [pytest.mark.slow, pytest.mark.deployment]


def pytest_collection_modifyitems(items):
    """Mark all tests of this folder."""
    for item in items:
        if "tests/deployment" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.deployment)


@pytest.fixture
def checkout(tmp_path):
    """A fresh copy of the repository without results."""
    return copy_repository(tmp_path / "facepatch")


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The small study on two cores, never disturbed; do not edit it."""
    copy = copy_repository(tmp_path_factory.mktemp("undisturbed") / "facepatch")
    copy.snakemake("--quiet", "rules")
    return copy


@pytest.fixture(scope="session")
def expected(undisturbed):
    """The hash of every table of the small study."""
    return tables(undisturbed)


@pytest.fixture
def prepared(undisturbed, tmp_path):
    """A copy of the small study up to its responses and images, nothing trained yet."""
    copy = Checkout(tmp_path / "prepared")
    skip = shutil.ignore_patterns("models", "embeddings", "encoding", "scores", "figures")
    shutil.copytree(undisturbed.folder, copy.folder, ignore=skip, symlinks=True)
    return copy


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """A SLURM cluster of one node."""
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
