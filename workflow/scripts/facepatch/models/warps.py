"""Piecewise-affine warps between shapes that share one triangulation."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt, map_coordinates
from scipy.spatial import Delaunay

__all__ = ["Template", "make_template", "paint"]


@dataclass(frozen=True)
class Template:
    """The pixels inside the mean shape, each as a mixture of three landmarks.

    Attributes
    ----------
    landmarks : array of shape (n_landmarks, 2)
        The mean shape in template pixels (x, y).
    triangles : int array of shape (n_triangles, 3)
        Landmarks at the corners of each Delaunay triangle of the mean shape.
    mask : bool array of shape (height, width)
        True inside the convex hull of the mean shape.
    corners : int array of shape (n_pixels, 3)
        Landmarks at the corners of each masked pixel's triangle, row by row.
    weights : array of shape (n_pixels, 3)
        The pixel's barycentric coordinates in it.
    """

    landmarks: np.ndarray
    triangles: np.ndarray
    mask: np.ndarray
    corners: np.ndarray
    weights: np.ndarray

    def sample(self, image, shape):
        """Return the grey values (n_pixels,) of `image` under the template warped to `shape`.

        Parameters
        ----------
        image : array of shape (height, width)
        shape : array of shape (n_landmarks, 2)
            Landmarks of the face in pixels of `image`. Values between pixels are
            interpolated linearly; beyond the edge the nearest pixel counts.
        """
        places = np.einsum("pk,pkc->cp", self.weights, shape[self.corners])
        return map_coordinates(image, places[::-1], order=1, mode="nearest", output=np.float64)


def make_template(mean_shape, margin=1):
    """Make the template of a mean shape given in pixels.

    Parameters
    ----------
    mean_shape : array of shape (n_landmarks, 2)
    margin : int
        Empty pixels around the shape.
    """
    landmarks = mean_shape - mean_shape.min(axis=0) + margin
    width, height = np.ceil(landmarks.max(axis=0)).astype(int) + 1 + margin
    triangulation = Delaunay(landmarks)
    rows, columns = np.mgrid[:height, :width]
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(float)
    triangle = triangulation.find_simplex(pixels)
    inside = triangle >= 0
    triangles = triangulation.simplices
    weights = _barycentric(pixels[inside], landmarks[triangles[triangle[inside]]])
    return Template(
        landmarks=landmarks,
        triangles=triangles,
        mask=inside.reshape(height, width),
        corners=triangles[triangle[inside]],
        weights=weights,
    )


def paint(template, appearance, shape, canvas):
    """Warp an appearance from the template to a shape and paint it over an image.

    Parameters
    ----------
    template : Template
    appearance : array of shape (n_pixels,)
        Grey values of the template's masked pixels.
    shape : array of shape (n_landmarks, 2)
        Where to put the landmarks, in pixels of `canvas`.
    canvas : array of shape (height, width)
        Kept outside the face.

    Returns
    -------
    image : float64 array of shape (height, width)
    painted : bool array of shape (height, width)
        The pixels that the face covers.
    """
    height, width = canvas.shape
    rows, columns = np.mgrid[:height, :width]
    pixels = np.column_stack([columns.ravel(), rows.ravel()]).astype(float)
    source = np.full((height * width, 2), np.nan)
    for triangle in template.triangles:
        corners = shape[triangle]
        area = np.linalg.det(corners[1:] - corners[0])
        if abs(area) < 1e-9:
            continue
        weights = _barycentric(pixels, np.broadcast_to(corners, (len(pixels), 3, 2)))
        inside = (weights >= -1e-9).all(axis=1)
        source[inside] = weights[inside] @ template.landmarks[triangle]
    painted = np.isfinite(source[:, 0])
    values = map_coordinates(
        _filled(template, appearance), source[painted].T[::-1], order=1, mode="nearest"
    )
    image = canvas.astype(float).ravel()
    image[painted] = values
    return image.reshape(height, width), painted.reshape(height, width)


def _barycentric(points, corners):
    """Return coordinates (n, 3) of `points` (n, 2) in triangles `corners` (n, 3, 2)."""
    edges = corners[:, 1:] - corners[:, :1]
    offset = points - corners[:, 0]
    determinant = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0]
    second = (offset[:, 0] * edges[:, 1, 1] - offset[:, 1] * edges[:, 1, 0]) / determinant
    third = (edges[:, 0, 0] * offset[:, 1] - edges[:, 0, 1] * offset[:, 0]) / determinant
    return np.column_stack([1 - second - third, second, third])


def _filled(template, appearance):
    """Return the template's picture, with the nearest masked value outside the mask.

    Linear interpolation at the rim of the face reads a pixel beyond it.
    """
    picture = np.zeros(template.mask.shape)
    picture[template.mask] = appearance
    nearest = distance_transform_edt(~template.mask, return_distances=False, return_indices=True)
    return picture[tuple(nearest)]
