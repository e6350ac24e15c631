"""Shapes without their position, size and rotation: generalised Procrustes analysis."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Similarity", "align", "generalised_procrustes"]


@dataclass(frozen=True)
class Similarity:
    """Scale, rotation and translation of n shapes: z goes to `scale * z @ rotation + shift`.

    Attributes
    ----------
    scale : array of shape (n,)
    rotation : array of shape (n, 2, 2)
        Proper rotations (determinant 1).
    shift : array of shape (n, 2)
    """

    scale: np.ndarray
    rotation: np.ndarray
    shift: np.ndarray

    def apply(self, shapes):
        """Return `shapes` (n, n_landmarks, 2) moved into the reference frame."""
        return self.scale[:, None, None] * shapes @ self.rotation + self.shift[:, None]

    def undo(self, shapes):
        """Return `shapes` (n, n_landmarks, 2) of the reference frame moved back."""
        back = np.swapaxes(self.rotation, 1, 2)
        return (shapes - self.shift[:, None]) @ back / self.scale[:, None, None]


def align(shapes, reference):
    """Find the similarity that brings each shape closest to a reference.

    Parameters
    ----------
    shapes : array of shape (n, n_landmarks, 2)
        Not all landmarks of a shape in one point.
    reference : array of shape (n_landmarks, 2)

    Returns
    -------
    Similarity
        Least-squares optimal, without reflections (Umeyama 1991).
    """
    centre = shapes.mean(axis=1)
    goal = reference.mean(axis=0)
    centred = shapes - centre[:, None]
    cross = np.einsum("nli,lj->nij", centred, reference - goal)
    # In the plane the best rotation has a closed form: the angle of the sums of the dot
    # and of the cross products.
    angle = np.arctan2(cross[:, 0, 1] - cross[:, 1, 0], cross[:, 0, 0] + cross[:, 1, 1])
    cosine, sine = np.cos(angle), np.sin(angle)
    rotation = np.stack([np.stack([cosine, sine], -1), np.stack([-sine, cosine], -1)], -2)
    gain = np.einsum("nij,nij->n", cross, rotation)
    scale = gain / (centred**2).sum(axis=(1, 2))
    shift = goal - scale[:, None] * np.einsum("ni,nij->nj", centre, rotation)
    return Similarity(scale, rotation, shift)


def generalised_procrustes(shapes, *, tolerance=1e-10, max_iterations=100):
    """Find the mean shape to which all shapes align best.

    Alternates between aligning all shapes to the mean and averaging them (Gower 1975).

    Parameters
    ----------
    shapes : array of shape (n, n_landmarks, 2)
    tolerance : float
        Stop when the mean moves by less, relative to its size.
    max_iterations : int

    Returns
    -------
    array of shape (n_landmarks, 2)
        Centred at 0, with the shapes' average size (root of the mean squared distance of
        the landmarks from their centre, in pixels) and the orientation of their average.
    """
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=2).mean(axis=1)).mean()
    upright = _resized(centred.mean(axis=0), size)
    mean = upright
    for _ in range(max_iterations):
        moved = _resized(align(centred, mean).apply(centred).mean(axis=0), size)
        # Averages drift in orientation; the first one stays the reference.
        moved = _resized(align(moved[None], upright).apply(moved[None])[0], size)
        step = np.sqrt(((moved - mean) ** 2).sum(axis=1).mean())
        mean = moved
        if step < tolerance * size:
            break
    return mean


def _resized(shape, size):
    shape = shape - shape.mean(axis=0)
    return shape * (size / np.sqrt((shape**2).sum(axis=1).mean()))
