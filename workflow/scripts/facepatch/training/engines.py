"""The engines that can train, and the choice between them."""

from facepatch.errors import InputError
from facepatch.training.devices import choose_precision
from facepatch.training.native_engine import FAMILIES, NativeEngine, NativeNetwork
from facepatch.training.native_library import NativeUnavailableError, load_library
from facepatch.training.torch_engine import TorchEngine

__all__ = ["ENGINES", "choose_engine", "choose_engine_precision"]

ENGINES = {"torch": TorchEngine, "native": NativeEngine}


def _native_obstacle(architecture, batch_size):
    """Return in a line why the native engine cannot train a network here, or ''."""
    try:
        NativeNetwork(load_library(), architecture, batch_size, "float32")
    except NativeUnavailableError as reason:
        return f"{reason}"
    except ValueError as reason:
        return f"the native engine lacks {reason}"
    return ""


def choose_engine(engine, architecture, batch_size, device):
    """Return the engine that trains a network: ``"native"`` or ``"torch"``.

    ``"auto"`` takes the native engine on a CPU where it can be built and knows the network,
    and says in one line why if not. Classifiers train in PyTorch whatever is asked for.

    Parameters
    ----------
    engine : str
        ``"native"``, ``"torch"`` or ``"auto"``.
    architecture : facepatch.models.architecture.Architecture
    batch_size : int
    device : str
        As `facepatch.training.devices.choose_device` returned it.

    Raises
    ------
    InputError
        If the native engine is asked for by name and cannot do it.
    """
    if engine == "torch" or architecture.family not in FAMILIES:
        return "torch"
    if device != "cpu":
        if engine == "auto":
            return "torch"
        raise InputError(
            "configuration key 'training.engine'",
            f"'native' with device {device}",
            "a CPU",
            "Set training.device to cpu, or training.engine to auto.",
        )
    obstacle = _native_obstacle(architecture, batch_size)
    if not obstacle:
        return "native"
    if engine == "auto":
        print(f"training with PyTorch, which takes longer: {obstacle}")
        return "torch"
    raise InputError(
        "configuration key 'training.engine'",
        f"'native', but {obstacle}",
        "what the native engine can do",
        "Mend this, or set training.engine to auto or torch.",
    )


def choose_engine_precision(precision, engine, device):
    """Return ``"float32"`` or ``"bfloat16"``; ``"auto"`` is what is fastest for the engine."""
    if engine == "native" and precision == "auto":
        return "bfloat16" if load_library().facepatch_has_bfloat16() else "float32"
    return choose_precision(precision, device)
