"""Checkpoints of interrupted trainings: one safetensors file each, written atomically."""

import json
from pathlib import Path

import safetensors.numpy
from safetensors import SafetensorError, safe_open

from facepatch.files import atomic_path

__all__ = ["discard_checkpoint", "load_checkpoint", "save_checkpoint"]


def save_checkpoint(path, key, step, groups):
    """Write a checkpoint.

    Parameters
    ----------
    path : path
    key : str
        Hash of everything that shapes the result; `load_checkpoint` refuses any other.
    step : int
        Steps done.
    groups : dict of str to dict of str to array
        Named groups of named arrays.
    """
    tensors = {
        f"{group}/{name}": a for group, arrays in groups.items() for name, a in arrays.items()
    }
    header = json.dumps({"key": key, "step": step}, sort_keys=True)
    with atomic_path(path) as temporary:
        safetensors.numpy.save_file(tensors, temporary, {"checkpoint": header})


def load_checkpoint(path, key):
    """Read a checkpoint that belongs to `key`.

    Returns
    -------
    step : int
    groups : dict of str to dict of str to array
        As they were saved; ``(0, None)`` if there is no readable checkpoint of that key.
    """
    if not Path(path).is_file():
        return 0, None
    try:
        with safe_open(path, "np") as file:
            header = json.loads(file.metadata()["checkpoint"])
            tensors = {name: file.get_tensor(name) for name in sorted(file.keys())}
    except (SafetensorError, KeyError, TypeError, ValueError):
        print(f"{path}: not a readable checkpoint, starting from the first step")
        return 0, None
    if header["key"] != key:
        print(f"{path}: made under other settings or data, starting from the first step")
        return 0, None
    groups = {}
    for name, tensor in tensors.items():
        group, _, rest = name.partition("/")
        groups.setdefault(group, {})[rest] = tensor
    return header["step"], groups


def discard_checkpoint(path):
    """Remove a checkpoint, and what a kill in the middle of writing it may have left."""
    path = Path(path)
    for leftover in path.parent.glob(f".{path.stem}.*{path.suffix}"):
        leftover.unlink()
    path.unlink(missing_ok=True)
