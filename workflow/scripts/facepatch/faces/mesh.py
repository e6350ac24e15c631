"""Meshes of triangles, and the head that is read from the asset."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from facepatch.errors import InputError

__all__ = ["Head", "Mesh", "Part", "joined", "load_head", "smoothstep", "split_quads"]

_EAR_TARGETS = ("l-ear-scale-incr", "r-ear-scale-incr", "l-ear-wing-incr", "r-ear-wing-incr")
_ARRAYS = ("V", "quads", "qpart", "vpart", "names", "T")


class Part(IntEnum):
    """What a triangle belongs to; the first four are the codes of the asset."""

    SKIN = 0
    EYE = 1
    HAIR = 2
    LASH = 3
    FRAME = 5


@dataclass(frozen=True)
class Mesh:
    """Triangles with what the shader needs to know of them.

    Attributes
    ----------
    vertices : array of shape (n, 3)
        Positions in decimetres: x to the right of the picture, y up, z to the viewer.
    triangles : int32 array of shape (m, 3)
    part : int8 array of shape (m,)
        A `Part` for each triangle.
    rest : array of shape (n, 3)
        Where the vertex lies on the mean head (textures are painted there); for hair sheets the
        angle around the head in degrees, the height, and 0.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    part: np.ndarray
    rest: np.ndarray


@dataclass(frozen=True)
class Head:
    """The mean head of the asset and its morph targets.

    Attributes
    ----------
    mesh : Mesh
        Mean head of skin, eyes and eyelashes (the mouth is shut: no teeth).
    vertex_part : int8 array of shape (n,)
    ear : array of shape (n,)
        1 on the ears, 0 elsewhere.
    names : tuple of str
        The morph targets.
    targets : float32 array of shape (n_targets, n, 3)
        Displacements in decimetres.
    """

    mesh: Mesh
    vertex_part: np.ndarray
    ear: np.ndarray
    names: tuple
    targets: np.ndarray

    def target(self, name):
        """Return the displacement of one morph target, (n, 3)."""
        return self.targets[self.names.index(name)].astype(np.float64)


def smoothstep(start, stop, x):
    """Go from 0 at `start` to 1 at `stop` without a corner (they may be in either order)."""
    t = np.clip((x - start) / (stop - start), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def split_quads(quads):
    """Cut quads (n, 4) into triangles (2 n, 3): all the first halves, then all the second."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)


def joined(meshes):
    """Join meshes into one; vertices keep the order of `meshes`."""
    starts = np.cumsum([0] + [len(mesh.vertices) for mesh in meshes])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([m.triangles + s for m, s in zip(meshes, starts, strict=False)]).astype(
            np.int32
        ),
        np.concatenate([mesh.part for mesh in meshes]),
        np.concatenate([mesh.rest for mesh in meshes]),
    )


def load_head(path):
    """Read the head asset.

    Parameters
    ----------
    path : path of head_min.npz

    Returns
    -------
    Head

    Raises
    ------
    InputError
        If the file is missing, is not an `.npz`, or lacks an array.
    """
    try:
        with np.load(path, allow_pickle=False) as asset:
            arrays = {name: asset[name] for name in _ARRAYS}
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            str(path),
            f"no readable head ({error})",
            f"an .npz with the arrays {', '.join(_ARRAYS)}",
            "Restore workflow/assets/head/head_min.npz from the repository.",
        ) from error
    vertices = arrays["V"].astype(np.float64)
    keep = np.isin(arrays["qpart"], [Part.SKIN, Part.EYE, Part.LASH])
    triangles = split_quads(arrays["quads"][keep])
    part = np.tile(arrays["qpart"][keep], 2)
    names = tuple(str(name) for name in arrays["names"])
    targets = arrays["T"].astype(np.float32)
    return Head(
        Mesh(vertices, triangles, part, vertices),
        arrays["vpart"],
        _ear_mask(vertices, names, targets),
        names,
        targets,
    )


def _ear_mask(vertices, names, targets):
    """Ears are what the ear targets move, less the temples that move along with them."""
    moved = np.zeros(len(vertices), bool)
    for name in _EAR_TARGETS:
        moved |= np.abs(targets[names.index(name)]).max(axis=1) > 0.012
    moved &= (np.abs(vertices[:, 0]) >= 0.70) & (vertices[:, 1] <= 7.40)
    return moved.astype(np.float64)
