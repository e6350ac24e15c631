"""Where and how precisely to compute: the choice behind ``auto``."""

import torch

from facepatch.errors import InputError

__all__ = ["choose_device", "choose_precision"]


def choose_device(device):
    """Return ``"cuda"``, ``"mps"`` or ``"cpu"`` for a name or ``"auto"``.

    Raises
    ------
    InputError
        If the device is named but this machine lacks it.
    """
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if device == "auto":
        return next(name for name, there in present.items() if there)
    if not present.get(device, False):
        raise InputError(
            "training device",
            repr(device),
            f"one of {[name for name, there in present.items() if there]} on this machine",
            "Set the device to auto, or run where that device is.",
        )
    return device


def choose_precision(precision, device):
    """Return ``"float32"`` or ``"bfloat16"`` for a name or ``"auto"``.

    ``"auto"`` is bfloat16 where the hardware multiplies in it: a CPU with avx512_bf16 or
    AMX, a GPU that supports it without emulation.
    """
    if precision != "auto":
        return precision
    if device == "cpu":
        flags = torch.cpu.get_capabilities()
        fast = flags.get("avx512_bf16", False) or flags.get("amx_bf16", False)
    elif device == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        fast = False
    return "bfloat16" if fast else "float32"
