"""Copies of the repository that are set up for the tiny study."""

import shutil
from pathlib import Path

from checkouts import Checkout, copy_repository

TINY = Path(__file__).with_name("tiny.yaml")


def tiny_checkout(folder):
    """Return a copy of the repository that is set up for the tiny study."""
    copy = copy_repository(folder)
    shutil.copy2(TINY, copy.folder / "config")
    copy.config = "config/tiny.yaml"
    return copy


def copied(checkout, folder):
    """Return a copy of a checkout with all that was made in it, times kept."""
    shutil.copytree(checkout.folder, folder, symlinks=True)
    return Checkout(folder, checkout.config)
