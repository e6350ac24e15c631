"""Reading the user's VGG-Face weights: checked, without pickles, whatever their names."""

import re
from pathlib import Path

import torch
from safetensors.torch import load_file

from facepatch.errors import InputError
from facepatch.models.vgg_file import check_weights_file

__all__ = ["canonical_names", "read_weights"]

_CONVOLUTIONS = [
    f"conv{block}_{place}"
    for block, places in enumerate((2, 2, 3, 3, 3), start=1)
    for place in range(1, places + 1)
]
# Places of the convolutions in a network written as one sequence of layers, with a
# rectifier after each and a maximum after each block.
_SEQUENCE = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
_DENSE = ("fc6", "fc7", "fc8")
_IN_SEQUENCE = dict(zip(map(str, _SEQUENCE), _CONVOLUTIONS, strict=True))
_IN_CLASSIFIER = dict(zip(("0", "3", "6"), _DENSE, strict=True))
_AFTER_SEQUENCE = dict(zip(("32", "35", "38"), _DENSE, strict=True))


def canonical_names(state):
    """Give the tensors of a published conversion of VGG-Face the names of `vgg.Vgg16`.

    Known are the names of the Caffe and MatConvNet conversions (`conv1_1`, `fc6`), of the
    Torch7 ones (`conv_1_1`; or numbers in one sequence, `0` ... `38.1`), and of
    torchvision (`features.0` ... `classifier.6`), each under any prefix (`module.`).

    Parameters
    ----------
    state : dict of str to tensor

    Returns
    -------
    dict of str to tensor
        Tensors of unknown name are left out.
    """
    named = {}
    for name, tensor in state.items():
        layer, _, kind = name.rpartition(".")
        canonical = _layer(layer)
        if canonical and kind in ("weight", "bias"):
            named[f"{canonical}.{kind}"] = tensor
    return named


def read_weights(path, expected_sha256):
    """Return the tensors of a weights file, after checking that it is the expected one.

    Parameters
    ----------
    path : path
        `.safetensors`, or a torch state dict (`.pth`, `.pt`), read with `weights_only`.
    expected_sha256 : str
        Hexadecimal digest.

    Returns
    -------
    dict of str to tensor
        Named by `canonical_names`.

    Raises
    ------
    InputError
        If the file is missing, has another digest, or cannot be read as tensors.
    """
    check_weights_file(path, expected_sha256)
    return canonical_names(_tensors(Path(path)))


def _tensors(path):
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        # Damaged bytes can fail in any way inside the parsers; the file is at fault in all.
        raise _damaged(path, type(error).__name__) from error
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict):
        raise _damaged(path, f"it holds a {type(state).__name__}, not a dict of tensors")
    return {str(name): tensor for name, tensor in state.items() if torch.is_tensor(tensor)}


def _damaged(path, reason):
    return InputError(
        str(path),
        f"a file that cannot be read as weights ({reason})",
        "safetensors, or a torch state dict of tensors only",
        "Obtain the file again, or save model.state_dict() from a program you trust.",
    )


def _layer(name):
    """Return the canonical name of a layer, or None."""
    if match := re.search(r"(?:^|\.)conv_?(\d)_(\d)$", name):
        return f"conv{match[1]}_{match[2]}"
    if match := re.search(r"(?:^|\.)fc_?([678])$", name):
        return f"fc{match[1]}"
    if match := re.search(r"(?:^|\.)features\.(\d+)$", name):
        return _IN_SEQUENCE.get(match[1])
    if match := re.search(r"(?:^|\.)classifier\.(\d+)$", name):
        return _IN_CLASSIFIER.get(match[1])
    if match := re.fullmatch(r"(?:[A-Za-z_]\w*\.)*(\d+)(?:\.1)?", name):
        return _IN_SEQUENCE.get(match[1]) or _AFTER_SEQUENCE.get(match[1])
    return None
