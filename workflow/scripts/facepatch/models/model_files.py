"""Files of trained networks: safetensors that say what they hold, and readable JSON beside them."""

import json
from dataclasses import asdict

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from facepatch.errors import InputError
from facepatch.files import atomic_path
from facepatch.models.architecture import Architecture, parameter_shapes

__all__ = ["load_model", "save_model"]

KEY = "facepatch"


def save_model(path, model, architecture, weights):
    """Write a network's weights, with its id and architecture in the file's header.

    Parameters
    ----------
    path : path
    model : str
        The model's id.
    architecture : Architecture
    weights : dict of str to float32 array
        As `facepatch.models.architecture.parameter_shapes` names them.
    """
    # One entry only: the header's entries have no fixed order.
    header = json.dumps({"model": model, "architecture": asdict(architecture)}, sort_keys=True)
    tensors = {name: np.ascontiguousarray(weights[name]) for name in parameter_shapes(architecture)}
    with atomic_path(path) as temporary:
        safetensors.numpy.save_file(tensors, temporary, {KEY: header})


def load_model(path):
    """Read a network that `save_model` wrote.

    Returns
    -------
    model : str
        The model's id.
    architecture : Architecture
    weights : dict of str to float32 array

    Raises
    ------
    InputError
        If the file is not such a network, or lacks weights.
    """
    try:
        with safe_open(path, "np") as file:
            header = json.loads((file.metadata() or {})[KEY])
            weights = {name: file.get_tensor(name) for name in sorted(file.keys())}
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise InputError(
            str(path),
            f"no readable network ({error})",
            "a .safetensors file of this workflow",
            "Delete the file, so that the training makes it again.",
        ) from error
    architecture = Architecture(**header["architecture"])
    found = {name: array.shape for name, array in weights.items()}
    if found != parameter_shapes(architecture):
        raise InputError(
            str(path),
            "weights of other names or shapes",
            "those of the architecture in its header",
            "Delete the file, so that the training makes it again.",
        )
    return header["model"], architecture, weights
