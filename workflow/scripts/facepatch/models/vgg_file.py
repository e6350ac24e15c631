"""Whether the file of VGG-Face weights is the one that the configuration names."""

from pathlib import Path

from facepatch.errors import InputError
from facepatch.files import sha256

__all__ = ["check_weights_file"]


def check_weights_file(path, expected_sha256):
    """Insist that a weights file is there and is the expected one.

    Parameters
    ----------
    path : path
    expected_sha256 : str
        Hexadecimal digest.

    Raises
    ------
    InputError
        If the file is missing or has another digest.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(
            str(path),
            "no such file",
            "the weights of VGG-Face (models.vgg_weights.file)",
            "Obtain them as data/README.md describes, or leave the key empty to use random "
            "weights, labelled 'VGG (untrained)'.",
        )
    digest = sha256(path)
    if digest != expected_sha256.lower():
        raise InputError(
            str(path),
            f"SHA-256 {digest}",
            f"{expected_sha256} (models.vgg_weights.sha256)",
            "Download the file again; if it is the one you want, correct the digest.",
        )
