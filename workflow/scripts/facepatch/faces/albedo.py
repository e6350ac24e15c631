"""What the skin, hair, eyes and clothes look like before light falls on them.

Everything is painted procedurally at the pixels of a picture, in coordinates of the mean head
(decimetres), so lips, brows and beard follow the shape of each head.
"""

from dataclasses import dataclass

import numpy as np

from facepatch.faces.hair import angle_from_front, hairline
from facepatch.faces.mesh import Part, smoothstep
from facepatch.faces.raster import value_noise

__all__ = ["Colour", "Surface", "noise_grid", "painted"]

_DARK = 0.012  # glasses, lashes


@dataclass(frozen=True)
class Surface:
    """What is visible at the covered pixels of a picture, one value each.

    `x`, `y`, `z` are places on the mean head (`Mesh.rest`), `part` is a `Part`, `ear` is 1 on ears,
    `occlusion` the share of the sky that is seen.
    """

    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    part: np.ndarray
    ear: np.ndarray
    occlusion: np.ndarray


@dataclass(frozen=True)
class Colour:
    """Albedo, gloss and the sheen of hair per pixel, and the indices of the wet pixels: eyes."""

    albedo: np.ndarray
    gloss: np.ndarray
    sheen: np.ndarray
    wet: np.ndarray


def noise_grid():
    """Return the grid of random numbers (64, 512) that all faces share as texture."""
    return np.random.default_rng(7).random((64, 512))


def painted(surface, factors, noise, eye_centre):
    """Paint the visible pixels.

    Parameters
    ----------
    surface : Surface
    factors : dict of str to float
    noise : array
        From `noise_grid`.
    eye_centre : array of shape (3,)
        Centre of the mean head's eye at x > 0.

    Returns
    -------
    Colour
    """
    hair_albedo = 0.42 * 0.025 ** (0.35 + 0.65 * factors["hair_dark"])
    albedo = np.full(len(surface.x), _DARK)
    gloss = np.full(len(surface.x), 0.05)
    sheen = np.zeros(len(surface.x))

    skin = np.flatnonzero(surface.part == Part.SKIN)
    face = _Face(surface, skin)
    tone = 0.85 * factors["skin_tone"]
    albedo[skin], covered = _skin(face, factors, tone, hair_albedo, noise)
    gloss[skin] *= 1.0 - covered
    clothed = skin[_under_shirt(face)]
    albedo[clothed], gloss[clothed] = 0.09, 0.0
    sheen[skin] = covered

    sheet = np.flatnonzero(surface.part == Part.HAIR)
    strands = value_noise(noise, 1.1 * surface.x[sheet], 0.8 * surface.y[sheet])
    albedo[sheet] = hair_albedo * (0.62 + 0.56 * strands)
    gloss[sheet], sheen[sheet] = 0.0, 1.0
    sheen *= 0.05 * (0.15 + hair_albedo)

    eye = np.flatnonzero(surface.part == Part.EYE)
    albedo[eye] = _eye(surface.x[eye], surface.y[eye], eye_centre)
    gloss[eye] = 0.35
    gloss[surface.part == Part.FRAME] = 0.02
    return Colour(albedo, gloss, sheen, eye)


class _Face:
    """The skin pixels of a surface, with the coordinates that painting uses."""

    def __init__(self, surface, pixels):
        self.x, self.y, self.z = surface.x[pixels], surface.y[pixels], surface.z[pixels]
        self.aside = np.abs(self.x)
        self.angle = angle_from_front(np.stack([self.x, self.y, self.z], axis=1))
        self.ear, self.occlusion = surface.ear[pixels], surface.occlusion[pixels]


def _skin(face, factors, tone, hair_albedo, noise):
    """Return the albedo of skin with all that is painted on it, and how much hair covers it."""
    skin = 0.48 * 0.18**tone
    lips = _lips(face)
    sockets = np.exp(-(((face.aside - 0.31) / 0.20) ** 2) - ((face.y - 7.29) / 0.11) ** 2)
    mottled = value_noise(noise, 23.0 * face.x + 200.0, 23.0 * face.y)
    albedo = skin * (0.95 + 0.10 * mottled)
    albedo *= (1.0 - (0.30 + 0.12 * (1.0 - tone)) * lips) * (1.0 - 0.16 * sockets)
    brows = _brows(face, noise)
    albedo += brows * (np.minimum(0.6 * min(hair_albedo, 0.10), 0.5 * albedo) - albedo)
    if factors["beard"] > 0:
        beard = np.clip(factors["beard"] * _beard(face, lips, noise), 0.0, 0.95)
        albedo += beard * (np.minimum(hair_albedo, 0.6 * albedo) - albedo)
    hair = _scalp_hair(face, factors["fringe"], noise)
    strands = value_noise(noise, 1.3 * face.angle + 20.0 * np.sin(face.y), 1.2 * face.y)
    albedo += hair * (hair_albedo * (0.72 + 0.56 * strands) - albedo)
    return albedo, hair


def _lips(face):
    """Return 1 on the lips, between an upper and a lower outline."""
    upper = [6.688, 6.700, 6.695, 6.672, 6.645, 6.612]
    top = np.interp(face.aside, [0, 0.05, 0.10, 0.17, 0.22, 0.265], upper)
    bottom = np.interp(face.aside, [0, 0.10, 0.17, 0.22, 0.265], [6.49, 6.50, 6.53, 6.565, 6.606])
    inside = smoothstep(-0.012, 0.012, top - face.y) * smoothstep(-0.012, 0.012, face.y - bottom)
    return inside * ((face.aside < 0.27) & (face.z > 1.15))


def _brows(face, noise):
    """Return how much hair of the brows covers each pixel: arcs of varying thickness."""
    cover = np.zeros(len(face.x))
    near = np.flatnonzero((np.abs(face.y - 7.46) < 0.12) & (face.aside < 0.60) & (face.z > 0.9))
    x, y = face.aside[near], face.y[near]
    middle = np.interp(x, [0.08, 0.20, 0.32, 0.42, 0.54], [7.445, 7.485, 7.505, 7.490, 7.420])
    thick = np.interp(x, [0.08, 0.14, 0.30, 0.45, 0.54], [0.030, 0.045, 0.042, 0.028, 0.010])
    arc = smoothstep(1.35, 0.35, np.abs(y - middle) / thick)
    ends = smoothstep(0.05, 0.10, x) * smoothstep(0.57, 0.50, x)
    strands = value_noise(noise, 160.0 * face.x[near] + 60.0 * y, 40.0 * y)
    cover[near] = 0.79 * arc * ends * (0.75 + 0.35 * strands)
    return cover


def _beard(face, lips, noise):
    """Return how much a full beard covers each pixel: cheeks, upper lip and chin."""
    outline = [6.80, 6.78, 6.66, 6.72, 6.95, 7.25]
    top = np.interp(face.aside, [0, 0.12, 0.30, 0.45, 0.60, 0.75], outline)
    grown = smoothstep(-0.03, 0.05, top - face.y) * smoothstep(6.02, 6.15, face.y)
    below_lip = np.exp(-((face.aside / 0.10) ** 2) - ((face.y - 6.47) / 0.045) ** 2)
    patchy = 0.85 + 0.25 * value_noise(noise, 60.0 * face.x + 7.0, 60.0 * face.y)
    return grown * (1.0 - lips) * (face.z > 0.2) * (1.0 - 0.85 * below_lip) * patchy


def _scalp_hair(face, fringe, noise):
    """Return how much the hair of the head covers each pixel; its edge is a little ragged."""
    ragged = 0.03 * (value_noise(noise, 0.9 * face.angle, np.full(len(face.x), 3.0)) - 0.5)
    edge = face.y - hairline(face.angle, fringe) + ragged
    return smoothstep(-0.045, 0.055, edge) * (1.0 - face.ear)


def _under_shirt(face):
    """Return True where clothes cover the neck and shoulders."""
    collar = 5.98 - 0.28 * np.clip((face.z - 0.2) / 0.9, -0.6, 1.0)
    return face.y < collar + 0.12 * np.clip(face.aside - 0.45, -0.3, 0.3)


def _eye(x, y, centre):
    """Return the albedo of the eyeballs: white, iris and pupil."""
    radius = np.sqrt((np.abs(x) - centre[0]) ** 2 + (y - centre[1]) ** 2)
    iris = 0.45 * smoothstep(0.072, 0.062, radius)
    return 0.55 - iris - 0.045 * smoothstep(0.034, 0.026, radius)
