"""Traversals as small grey pictures, the form in which the page carries them."""

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from facepatch.array_record import ArrayRecord

__all__ = ["TraversalTiles", "png_data_uri"]


@dataclass(frozen=True)
class TraversalTiles(ArrayRecord):
    """One strip of pictures for each traversed unit of some models.

    Attributes
    ----------
    models : array of str, shape (n_strips,)
        Id of the strip's model.
    units : int array of shape (n_strips,)
        Position of the traversed unit among all units of the model.
    steps : float array of shape (n_steps,)
        What the unit is set to, in standard deviations from its mean.
    tiles : uint8 array of shape (n_strips, n_steps, size, size)
    """

    models: np.ndarray
    units: np.ndarray
    steps: np.ndarray
    tiles: np.ndarray

    def strips(self, model):
        """Return the (unit, picture) pairs of a model, steps side by side, in stored order."""
        return [
            (int(self.units[row]), np.hstack(list(self.tiles[row])))
            for row in np.flatnonzero(self.models == model)
        ]


def png_data_uri(picture):
    """Return a picture as a `data:` address that an `<img>` shows without any file.

    Parameters
    ----------
    picture : uint8 array of shape (height, width)
        Grey values.

    Returns
    -------
    uri : str
        A PNG (ISO/IEC 15948: 8-bit grey, filter "up", which suits smooth faces).

    Raises
    ------
    ValueError
        If the picture is not a two-dimensional array of uint8.
    """
    if picture.ndim != 2 or picture.dtype != np.uint8:
        raise ValueError(f"a grey picture is needed, got {picture.dtype} {picture.shape}")
    height, width = picture.shape
    above = np.vstack([np.zeros((1, width), np.uint8), picture[:-1]])
    filtered = np.hstack([np.full((height, 1), 2, np.uint8), picture - above])
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(filtered.tobytes(), 9)),
            (b"IEND", b""),
        )
    )
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _chunk(kind, content):
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum
