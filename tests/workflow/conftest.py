"""A copy of the workflow to run, edit and break, and one finished small run."""

import os
import shutil

import pytest
from checkouts import Checkout, copy_repository


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
