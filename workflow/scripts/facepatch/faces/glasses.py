"""Glasses: two rims, a bridge and two temples, all bent tubes fitted to the eyes and ears."""

import numpy as np

from facepatch.faces.mesh import Mesh, Part, split_quads

__all__ = ["spectacles"]

_HALF_WIDTH, _HALF_HEIGHT = 0.245, 0.19  # of a lens, decimetres
_SQUARENESS = 3.0  # exponent of the lens's superellipse: 2 is an ellipse
_BEFORE_EYES = 0.13
_SIDES = 6  # corners of a tube's cross-section


def spectacles(eyes, ears):
    """Return glasses that sit before the eyes and reach to the ears.

    Parameters
    ----------
    eyes : pair of arrays of shape (n, 3)
        Vertices of the eyeball at x > 0, then of the one at x < 0.
    ears : array of shape (n, 3)

    Returns
    -------
    facepatch.faces.mesh.Mesh
    """
    front = max(eye[:, 2].max() for eye in eyes) + _BEFORE_EYES
    ear_x = np.abs(ears[:, 0]).max() - 0.06
    tubes = []
    for eye, side in zip(eyes, (1.0, -1.0), strict=True):
        centre = eye.mean(axis=0)
        tubes.append(_tube(_rim(centre, side, front), 0.027, closed=True))
        hinge = centre[0] + side * _HALF_WIDTH
        back = np.linspace(0.0, 1.0, 6)
        temple = [
            hinge + (side * ear_x - hinge) * back**0.6,
            np.full_like(back, centre[1] + 0.04),
            front - 0.10 - (front - 0.35) * back,
        ]
        tubes.append(_tube(np.stack(temple, axis=1), 0.018, closed=False))
    across = np.linspace(-1.0, 1.0, 9)
    arch = 0.03 * (1.0 - across**2)
    centre = eyes[0].mean(axis=0)
    bridge = [across * (abs(centre[0]) - _HALF_WIDTH), centre[1] + 0.03 + arch, front + arch]
    tubes.append(_tube(np.stack(bridge, axis=1), 0.02, closed=False))
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in tubes])
    vertices = np.concatenate([vertices for vertices, _ in tubes])
    quads = np.concatenate([q + start for (_, q), start in zip(tubes, starts, strict=False)])
    triangles = split_quads(quads)
    return Mesh(vertices, triangles, np.full(len(triangles), Part.FRAME, np.int8), vertices)


def _rim(centre, side, front):
    """Return the centre line of one rim, (36, 3); its outer half bends towards the temple."""
    turn = np.linspace(0.0, 2.0 * np.pi, 36, endpoint=False)
    across, up = (
        np.sign(wave) * np.abs(wave) ** (2.0 / _SQUARENESS) for wave in (np.cos(turn), np.sin(turn))
    )
    return np.stack(
        [
            centre[0] + _HALF_WIDTH * across,
            centre[1] - 0.035 + _HALF_HEIGHT * up,
            front - 0.10 * np.maximum(0.0, side * across),
        ],
        axis=1,
    )


def _tube(path, radius, closed):
    """Return vertices and quads of a tube around `path`, (n, 3), whose ends stay open."""
    n = len(path)
    if closed:
        along = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    else:
        along = np.gradient(path, axis=0)
    along = _unit(along)
    # Any direction will do that no part of the path follows: rims lie in a plane facing z.
    reference = np.array([0.02, 0.03, 1.0]) if np.abs(along[:, 2]).mean() < 0.5 else [0.0, 1.0, 0.0]
    first = _unit(np.cross(along, reference))
    second = np.cross(first, along)
    turn = (2.0 * np.pi * np.arange(_SIDES) / _SIDES)[None, :, None]
    ring = np.cos(turn) * first[:, None] + np.sin(turn) * second[:, None]
    vertices = (path[:, None] + radius * ring).reshape(-1, 3)
    here = np.arange(n if closed else n - 1)[:, None] * _SIDES
    there = (here + _SIDES) % (n * _SIDES)
    side = np.arange(_SIDES)[None, :]
    beside = (side + 1) % _SIDES
    corners = [here + side, there + side, there + beside, here + beside]
    return vertices, np.stack(corners, axis=2).reshape(-1, 4)


def _unit(vectors):
    return vectors / np.sqrt((vectors**2).sum(axis=1, keepdims=True))
