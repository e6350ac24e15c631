"""Hair: a thicker scalp above the hairline, and a sheet that hangs from it when it is long."""

import numpy as np

from facepatch.faces.mesh import Mesh, Part, smoothstep, split_quads

__all__ = [
    "angle_from_front",
    "ears_under_hair",
    "hair_cover",
    "hairline",
    "hanging_sheet",
    "thickened",
]

_AXIS_Z = 0.25  # depth of the head's upright axis, in decimetres
_SKULL_CENTRE = np.array([0.0, 7.35, 0.2])
_HANGS_FROM = 0.1  # hair length from which a sheet hangs down
_TOP, _EAR_TOP = 8.05, 7.55
_N_AROUND, _N_DOWN = 72, 18


def angle_from_front(rest):
    """Return each point's angle around the head's axis: 0 in front, 180 degrees behind."""
    return np.degrees(np.arctan2(np.abs(rest[:, 0]), rest[:, 2] - _AXIS_Z))


def hairline(angle, fringe):
    """Return the height of the lower edge of the hair on the mean head, in decimetres.

    Parameters
    ----------
    angle : array
        From `angle_from_front`, degrees.
    fringe : float
        The factor, 0 to 1.
    """
    front = 8.20 - 0.58 * fringe
    angles = [0, 20, 36, 50, 60, 70, 78, 92, 100, 125, 180]
    temples = [min(front - 0.16, 7.86), min(front - 0.20, 7.66), 7.40]
    behind = [7.22, 7.30, 7.10, 6.75, 6.62]
    return np.interp(angle, angles, [front + 0.02, front, front - 0.07, *temples, *behind])


def hair_cover(rest, angle, ear, fringe):
    """Return how much each vertex of the skin lies under hair, 0 to 1."""
    return smoothstep(-0.02, 0.16, rest[:, 1] - hairline(angle, fringe)) * (1.0 - ear)


def thickened(vertices, rest, cover, length):
    """Push the vertices under hair outwards by the hair's thickness, (n, 3)."""
    thickness = 0.035 + 0.075 * smoothstep(0.0, 0.35, length) + 0.03 * length
    outwards = rest - _SKULL_CENTRE
    outwards /= np.sqrt((outwards**2).sum(axis=1, keepdims=True))
    return vertices + (cover * thickness)[:, None] * outwards


def ears_under_hair(vertices, ear, length):
    """Press the ears to the head as far as long hair lies on them, (n, 3)."""
    pressed = 0.17 * ear * smoothstep(_HANGS_FROM, 0.5, length)
    return vertices * np.stack([1.0 - pressed, np.ones_like(ear), np.ones_like(ear)], axis=1)


def hanging_sheet(scalp, rest, length):
    """Return the sheet of hair around sides and back, or None if the hair is short.

    The sheet is an upright tube, open in front, that starts inside the hair of the skull, leans
    on its widest ring, falls from there, and turns in at its rounded lower end.

    Parameters
    ----------
    scalp : array of shape (n, 3)
        The thickened head without ears.
    rest : array of shape (n, 3)
        The same vertices on the mean head.
    length : float
        The factor, 0 to 1.
    """
    if length <= _HANGS_FROM:
        return None
    reach = (length - _HANGS_FROM) / (1.0 - _HANGS_FROM)
    ring = scalp[np.abs(rest[:, 1] - 7.75) < 0.12]
    half_width = np.abs(ring[:, 0]).max() + 0.07 * reach
    half_depth = _AXIS_Z - ring[:, 2].min() + 0.02

    opening = np.radians(62.0 - 14.0 * reach)
    around = np.linspace(opening, 2.0 * np.pi - opening, _N_AROUND)[:, None]
    down = np.linspace(0.0, 1.0, _N_DOWN)[None, :]
    from_edge = np.minimum(around - around[0], around[-1] - around)
    front_edge = np.exp(-((from_edge / 0.25) ** 2))

    end = 7.50 - 1.46 * reach + 0.14 * front_edge + 0.03 * np.sin(9.0 * around)
    height = _TOP + (end - _TOP) * down
    fall = smoothstep(_EAR_TOP, 6.3, height)
    turned_in = 0.12 * np.exp(-(((height - end) / 0.20) ** 2))
    tucked = 0.16 * smoothstep(7.75, _TOP, height)
    hugging = 0.08 * smoothstep(0.35, 0.0, reach)
    width = 1.0 + (0.02 + 0.20 * reach) * fall - turned_in - tucked - 0.10 * front_edge - hugging
    width = width * (1.0 + 0.010 * np.sin(40.0 * around))

    x = half_width * width * np.sin(around)
    forward = np.where(np.cos(around) > 0, 0.85, 1.0) * np.cos(around)
    z = _AXIS_Z + half_depth * forward * (0.9 + 0.1 * width)
    z = z + 0.12 * front_edge * np.sin(np.pi * np.clip((_TOP - height) / 2.2, 0.0, 1.0))
    vertices = np.stack([x, height, z], axis=2).reshape(-1, 3)
    texture = np.stack([np.degrees(around) + 0.0 * down, height, 0.0 * height], axis=2)
    triangles = _grid_triangles(_N_AROUND, _N_DOWN)
    part = np.full(len(triangles), Part.HAIR, np.int8)
    return Mesh(vertices, triangles, part, texture.reshape(-1, 3))


def _grid_triangles(n_rows, n_columns):
    first = (np.arange(n_rows - 1)[:, None] * n_columns + np.arange(n_columns - 1)).ravel()
    corners = [first, first + 1, first + n_columns + 1, first + n_columns]
    return split_quads(np.stack(corners, axis=1))
