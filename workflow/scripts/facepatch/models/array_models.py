"""Saving models that are a few named arrays: safetensors for the arrays, JSON for the rest."""

import platform

import numpy as np
from safetensors.numpy import load_file, save_file

from facepatch.files import atomic_path, write_json

__all__ = ["read_arrays", "write_model"]


def write_model(weights_path, info_path, arrays, **info):
    """Write `arrays` as safetensors and what is known of the model as JSON.

    Parameters
    ----------
    weights_path, info_path : path
    arrays : dict of str to array
    **info
        Anything JSON can hold: model, family, seed, sizes. Versions are added.
    """
    with atomic_path(weights_path) as temporary:
        save_file(
            {name: np.ascontiguousarray(values) for name, values in arrays.items()}, temporary
        )
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    write_json({**info, "versions": versions}, info_path)


def read_arrays(weights_path):
    """Return the arrays of a model that `write_model` wrote."""
    return load_file(weights_path)
