"""The face renderer: from named factors to a picture and its landmarks."""

import numpy as np

from facepatch.faces.albedo import Surface, noise_grid, painted
from facepatch.faces.camera import landmark_pixels, posed, projected
from facepatch.faces.factors import FACTORS, NEUTRAL
from facepatch.faces.glasses import spectacles
from facepatch.faces.hair import (
    angle_from_front,
    ears_under_hair,
    hair_cover,
    hanging_sheet,
    thickened,
)
from facepatch.faces.landmarks import VERTICES
from facepatch.faces.lighting import (
    BACKGROUND,
    Light,
    ambient_occlusion,
    displayed,
    shaded,
    toned,
    unshadowed,
)
from facepatch.faces.mesh import Mesh, Part, joined, load_head
from facepatch.faces.raster import interpolate, rasterize, vertex_normals
from facepatch.faces.shape import HeadShape

__all__ = ["FaceRenderer"]

_SMALL = 64  # pictures up to this size are worth 3 x 3 samples a pixel, larger ones 2 x 2


class FaceRenderer:
    """Renders grey-scale faces from the factors of `facepatch.faces.factors`.

    Parameters
    ----------
    asset_path : path
        `workflow/assets/head/head_min.npz`.

    Raises
    ------
    InputError
        If the asset cannot be read.

    Notes
    -----
    A picture depends on nothing but its factors, size and light: no random state is kept, and all
    arithmetic up to the final rounding to 8 bits is float64, whose last-bit differences between
    processors do not reach the grey values.
    """

    def __init__(self, asset_path):
        self._head = load_head(asset_path)
        self._shape = HeadShape(self._head)
        mesh, part = self._head.mesh, self._head.vertex_part
        self._skin = part == Part.SKIN
        self._angle = angle_from_front(mesh.rest)
        self._noise = noise_grid()
        eye = part == Part.EYE
        self._eyes = [np.flatnonzero(eye & (side * mesh.rest[:, 0] > 0)) for side in (1, -1)]
        ball = mesh.rest[self._eyes[0]]
        self._eye_centre = (ball.max(axis=0) + ball.min(axis=0)) / 2
        neutral = self._shape.vertices(NEUTRAL)
        self._occlusion = ambient_occlusion(neutral, mesh.triangles)

    def render(self, factors, size=64, light=None):
        """Render one face.

        Parameters
        ----------
        factors : dict of str to float
            The fourteen factors; the details may be left out (0).
        size : int
            Width and height of the picture in pixels.
        light : Light, optional
            Replaces the light from `light_az` at 30 degrees of elevation.

        Returns
        -------
        image : uint8 array of shape (size, size)
        landmarks : array of shape (68, 2)
            x, y in pixels, pixel centres at whole numbers, in the order of `landmarks.NAMES`.

        Raises
        ------
        ValueError
            If one of the fourteen factors is missing.
        """
        missing = [factor.name for factor in FACTORS if factor.name not in factors]
        if missing:
            raise ValueError(f"factors missing: {', '.join(missing)}")
        light = light or Light(factors["light_az"])
        vertices = self._shape.vertices(factors)
        scene = self._scene(vertices, factors)
        pose = factors["yaw"], factors["pitch"]
        points = posed(scene.vertices, *pose)
        oversampling = 3 if size <= _SMALL else 2
        fine = size * oversampling
        on_screen = projected(points, fine)
        triangle, weights, _ = rasterize(on_screen, scene.triangles, fine, fine)
        covered = triangle >= 0
        part = scene.part[triangle[covered]]
        attributes = self._attributes(scene, points)
        values = interpolate(triangle, weights, scene.triangles, attributes)
        surface = Surface(*values[:3], part, values[3], values[4])
        normals = values[5:8] / (np.sqrt((values[5:8] ** 2).sum(axis=0)) + 1e-9)
        normals *= np.where((part == Part.HAIR) & (normals[2] < 0), -1.0, 1.0)  # a two-sided sheet

        colour = painted(surface, factors, self._noise, self._eye_centre)
        casters = scene.triangles[scene.part != Part.LASH]
        lit = unshadowed(points, casters, values[8:11].T, light)
        linear = np.full((fine, fine), BACKGROUND)
        linear[covered] = toned(shaded(colour, normals, surface.occlusion, lit, light))
        blocks = linear.reshape(size, oversampling, size, oversampling)
        image = displayed(blocks.mean(axis=(1, 3)))
        # From the bare head, so that landmarks do not know of hair.
        landmarks = projected(posed(vertices[list(VERTICES)], *pose), fine)
        return image, landmark_pixels(landmarks, oversampling)

    def _scene(self, vertices, factors):
        """Return head (its vertices first), hair and glasses as one upright mesh."""
        mesh, ear = self._head.mesh, self._head.ear
        cover = hair_cover(mesh.rest, self._angle, ear, factors["fringe"]) * self._skin
        length = factors["hair_length"]
        haired = thickened(vertices, mesh.rest, cover, length)
        head = ears_under_hair(haired, ear, length)
        parts = [Mesh(head, mesh.triangles, mesh.part, mesh.rest)]
        skull = self._skin & (ear == 0)
        sheet = hanging_sheet(haired[skull], mesh.rest[skull], length)
        if sheet is not None:
            parts.append(sheet)
        if factors["glasses"] > 0.5:
            parts.append(spectacles([vertices[eye] for eye in self._eyes], vertices[ear > 0]))
        return joined(parts)

    def _attributes(self, scene, points):
        """Return what is interpolated: rest 3, ear, occlusion, normal 3, position 3, (n, 11)."""
        ear, occlusion = np.zeros(len(points)), np.ones(len(points))
        ear[: len(self._head.ear)] = self._head.ear
        occlusion[: len(self._occlusion)] = self._occlusion
        normals = vertex_normals(points, scene.triangles)
        return np.column_stack([scene.rest, ear, occlusion, normals, points])
