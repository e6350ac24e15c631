"""Copies of the repository that are set up for the tiny study."""

import json
import shutil
from pathlib import Path

from checkouts import Checkout, copy_repository
from comparisons import digest
from safetensors import safe_open

TINY = Path(__file__).with_name("tiny.yaml")
# The network whose training tests interrupt.
WEIGHTS = "results/tiny/models/vae/vae-s00.safetensors"
CHECKPOINT = "results/tiny/.checkpoints/vae-s00.safetensors"
LOG = "results/tiny/logs/train_model/vae/vae-s00.log"


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


def steps_kept(checkout):
    """Return how many steps that network's checkpoint holds, 0 without one."""
    if not (checkout.folder / CHECKPOINT).exists():
        return 0
    with safe_open(checkout.folder / CHECKPOINT, "np") as file:
        return json.loads(file.metadata()["checkpoint"])["step"]


def assert_continued(checkout, undisturbed, step):
    """Insist that the rerun went on from `step` or later and ended in the same bytes."""
    log = (checkout.folder / LOG).read_text()
    assert "continues at step" in log, log
    assert int(log.partition("continues at step ")[2].partition(",")[0]) >= step
    assert digest(checkout.folder / WEIGHTS) == digest(undisturbed.folder / WEIGHTS)
    assert not (checkout.folder / CHECKPOINT).exists()
