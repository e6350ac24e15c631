"""Light: direction, shadows, ambient occlusion, and the tone of the finished picture."""

from dataclasses import dataclass

import numpy as np

from facepatch.faces.mesh import smoothstep
from facepatch.faces.raster import rasterize, shadow_lookup, vertex_normals

__all__ = [
    "BACKGROUND",
    "LIGHTINGS",
    "Light",
    "ambient_occlusion",
    "displayed",
    "shaded",
    "toned",
    "unshadowed",
]

BACKGROUND = 0.216  # linear light of the grey behind the head: 0.5 on the screen
_GAMMA = 2.2
_CONTRAST = 2.0  # slope around the background's grey: paper_spec.md 3.1.4 found about 1.8 useful
_SHOULDER = 4.0  # sharpness of the bend towards black and white
_MAP_SIZE, _MAP_SPAN = 160, 3.2  # shadow map: pixels and decimetres
_MAP_CENTRE = np.array([[0.0, 7.2, 0.6]])  # inside the head
_WET_SHARPNESS = 60.0  # exponent of the highlight on the eyes; 14 on skin, 10 on hair
_WRAP = 0.12  # light reaches a little beyond the terminator, as in skin


@dataclass(frozen=True)
class Light:
    """One directional light and the ambient light around it.

    Attributes
    ----------
    azimuth, elevation : float
        Where the light comes from, degrees; positive is the picture's right, and above.
    ambient : float
        Share of ambient light, 0 to 1.
    """

    azimuth: float
    elevation: float = 30.0
    ambient: float = 0.4

    @property
    def direction(self):
        """Unit vector towards the light."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        level = np.cos(elevation)
        return np.array([np.sin(azimuth) * level, np.sin(elevation), np.cos(azimuth) * level])


# The seven lightings of the illumination dataset: our own choice, the originals are not published.
LIGHTINGS = {
    "front": Light(0.0, 25.0, 0.45),
    "left": Light(-45.0, 20.0, 0.25),
    "right": Light(45.0, 20.0, 0.25),
    "far_left": Light(-80.0, 10.0, 0.15),
    "far_right": Light(80.0, 10.0, 0.15),
    "above": Light(0.0, 75.0, 0.20),
    "below": Light(0.0, -40.0, 0.20),
}


def _across(direction, reference):
    """Return two unit vectors that span the plane facing `direction`."""
    first = np.cross(reference, direction)
    first = first / np.sqrt((first**2).sum())
    return first, np.cross(direction, first)


def _seen_from(points, direction, reference):
    """Return coordinates of points across and towards `direction`, (n, 3)."""
    first, second = _across(direction, reference)
    return np.stack([points @ first, points @ second, points @ direction], axis=1)


def unshadowed(points, triangles, pixels, light):
    """Return the share of direct light that no other part of the head takes away.

    Parameters
    ----------
    points : array of shape (n, 3)
        Vertices of what throws shadows.
    triangles : int array of shape (m, 3)
    pixels : array of shape (n_pixels, 3)
        The points to light.
    light : Light

    Returns
    -------
    array of shape (n_pixels,)

    Notes
    -----
    The shadow map covers 3.2 decimetres around the middle of the head, wherever its parts are, so
    that glasses and hair change shadows only where they throw them.
    """
    up = np.array([0.0, 1.0, 0.0])
    casters = _seen_from(points, light.direction, up)
    corner = _seen_from(_MAP_CENTRE, light.direction, up)[:, :2] - _MAP_SPAN / 2
    scale = _MAP_SIZE / _MAP_SPAN
    casters[:, :2] = (casters[:, :2] - corner) * scale
    _, _, depth = rasterize(casters, triangles, _MAP_SIZE, _MAP_SIZE)
    receivers = _seen_from(pixels, light.direction, up)
    columns, rows = ((receivers[:, :2] - corner) * scale).T
    return shadow_lookup(depth, columns, rows, receivers[:, 2], bias=0.06, softness=0.10)


def ambient_occlusion(vertices, triangles, n_directions=128, resolution=320):
    """Return the share of the sky that each vertex sees, weighted by the cosine, (n,).

    The sky is sampled in `n_directions` directions of a Fibonacci sphere; a vertex sees one if
    nothing lies before it in a depth map of `resolution` pixels taken from there.
    """
    normals = vertex_normals(vertices, triangles)
    seen, total = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    golden = (1.0 + np.sqrt(5.0)) / 2.0
    for i in range(n_directions):
        y = 1.0 - 2.0 * (i + 0.5) / n_directions
        turn = 2.0 * np.pi * i / golden
        level = np.sqrt(1.0 - y * y)
        direction = np.array([level * np.cos(turn), y, level * np.sin(turn)])
        points = _seen_from(vertices, direction, np.array([0.1, 1.0, 0.05]))
        corner = points[:, :2].min(axis=0)
        scale = (resolution - 4) / (points[:, :2].max(axis=0) - corner).max()
        points[:, :2] = (points[:, :2] - corner) * scale + 2.0
        _, _, depth = rasterize(points, triangles, resolution, resolution)
        columns, rows = np.floor(points[:, :2] + 0.5).astype(int).T
        facing = np.maximum(0.0, normals @ direction)
        seen += facing * (points[:, 2] > depth[rows, columns] - 0.03)
        total += facing
    return seen / total


def shaded(colour, normals, occlusion, lit, light):
    """Return the linear light of pixels: ambient, wrapped diffuse and specular.

    Parameters
    ----------
    colour : facepatch.faces.albedo.Colour
    normals : array of shape (3, n_pixels)
    occlusion, lit : arrays of shape (n_pixels,)
        From `ambient_occlusion` and `unshadowed`.
    light : Light
    """
    towards = light.direction
    diffuse = np.clip((towards @ normals + _WRAP) / (1.0 + _WRAP), 0.0, 1.0) * lit
    halfway = towards + np.array([0.0, 0.0, 1.0])
    halfway = halfway / np.sqrt((halfway**2).sum())
    glance = np.clip(halfway @ normals, 0.0, 1.0)
    glance2 = glance * glance
    glance4 = glance2 * glance2
    broad = glance4 * glance4 * glance2
    narrow = broad * glance4
    narrow[colour.wet] = glance[colour.wet] ** _WET_SHARPNESS
    sky = np.clip(0.6 * normals[2] + 0.4 * normals[1], 0.0, 1.0)
    ambient = light.ambient * (0.55 + 0.45 * sky) * (0.25 + 0.75 * occlusion)
    direct = 1.25 - light.ambient
    shade = ambient + 1.15 * direct * diffuse * (0.55 + 0.45 * occlusion)
    shine = direct * colour.gloss * narrow * smoothstep(0.0, 0.1, diffuse)
    return colour.albedo * shade + shine + colour.sheen * broad


def toned(linear):
    """Return the linear light that film would record: bright parts bend instead of clipping."""
    exposed = 1.4 * linear
    return np.clip(1.22 * exposed / (1.0 + 0.6 * exposed), 0.0, 1.0)


def displayed(linear):
    """Turn linear light into grey values from 0 to 255, with full contrast.

    Grey values are stretched around the background's grey, 0.5, and bend smoothly towards black
    and white, so that nothing is clipped.
    """
    distance = 2.0 * _CONTRAST * (linear ** (1.0 / _GAMMA) - BACKGROUND ** (1.0 / _GAMMA))
    bent = distance / (1.0 + np.abs(distance) ** _SHOULDER) ** (1.0 / _SHOULDER)
    return np.floor(255.0 * (0.5 + 0.5 * bent) + 0.5).astype(np.uint8)
