"""Turning the head on its neck and projecting it into the picture."""

import numpy as np

from facepatch.faces.mesh import smoothstep

__all__ = ["landmark_pixels", "posed", "projected"]

_NECK = np.array([0.0, 6.7, 0.3])
_FACE_BEFORE_NECK = 0.81  # decimetres by which a turn would move the face in the frame
_DISTANCE, _FOCUS_Z = 14.0, 1.2  # of the camera, and the depth that keeps its true size
_SPAN, _CENTRE_Y = 2.66, 7.31  # decimetres that the frame shows, height of its centre


def posed(vertices, yaw, pitch):
    """Turn the head by `yaw` and `pitch` (degrees) while shoulders stay and the face stays centred.

    Parameters
    ----------
    vertices : array of shape (n, 3)
    yaw : float
        Positive turns the face to the picture's right.
    pitch : float
        Positive bows the head.
    """
    yaw, pitch = np.radians(yaw), np.radians(pitch)
    follows = smoothstep(5.7, 6.25, vertices[:, 1])
    x, y, z = (vertices - _NECK).T
    sine, cosine = _sine_and_cosine(pitch, follows)
    y, z = y * cosine - z * sine, y * sine + z * cosine
    sine, cosine = _sine_and_cosine(yaw, follows)
    x, z = x * cosine + z * sine, -x * sine + z * cosine
    x = x - _FACE_BEFORE_NECK * np.sin(yaw)
    y = y + _FACE_BEFORE_NECK * np.sin(pitch)
    return np.stack([x, y, z], axis=1) + _NECK


def _sine_and_cosine(angle, follows):
    """Return sine and cosine of `angle` times `follows`, which is 1 for most vertices."""
    sine, cosine = np.full((2, len(follows)), [[np.sin(angle)], [np.cos(angle)]])
    partly = np.flatnonzero(follows < 1.0)
    sine[partly] = np.sin(angle * follows[partly])
    cosine[partly] = np.cos(angle * follows[partly])
    return sine, cosine


def projected(vertices, size):
    """Project into a square picture of `size` pixels: columns, rows and depth, (n, 3)."""
    nearness = _DISTANCE / (_DISTANCE - (vertices[:, 2] - _FOCUS_Z))
    scale = size / _SPAN
    columns = vertices[:, 0] * nearness * scale
    rows = (_CENTRE_Y - vertices[:, 1]) * nearness * scale
    middle = size / 2 - 0.5
    return np.stack([columns + middle, rows + middle, vertices[:, 2]], axis=1)


def landmark_pixels(points, oversampling):
    """Return x, y in pixels of the finished picture (pixel centres whole), (n, 2)."""
    return (points[:, :2] + 0.5) / oversampling - 0.5
