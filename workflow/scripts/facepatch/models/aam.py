"""Active appearance models: a face as its shape and its texture on the mean shape."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import QhullError

from facepatch.errors import InputError
from facepatch.models.pca import PrincipalComponents, fit_pca
from facepatch.models.procrustes import align, generalised_procrustes
from facepatch.models.warps import Template, make_template, paint

__all__ = ["ActiveAppearanceModel", "fit_aam"]

# How far landmarks may lie beyond the edge of the prepared image, in sides of the image:
# marks of a chin at the border jitter across it, those of a face that the square crop
# cuts off lie farther out.
_BEYOND = 1 / 16


@dataclass(frozen=True)
class ActiveAppearanceModel:
    """Shape and appearance bases of faces with landmarks (paper_spec 2.3).

    Attributes
    ----------
    mean_shape : float64 array of shape (n_landmarks, 2)
        In pixels, centred at 0.
    shape : PrincipalComponents
        Of the aligned landmarks, `n_landmarks * 2` numbers a face.
    template : Template
        The mean shape's pixels.
    appearance : PrincipalComponents
        Of the grey values on the mean shape.
    """

    mean_shape: np.ndarray
    shape: PrincipalComponents
    template: Template
    appearance: PrincipalComponents

    def first(self, n_components):
        """Return the model of the first `n_components` shape and appearance components."""
        return ActiveAppearanceModel(
            self.mean_shape,
            self.shape.first(n_components),
            self.template,
            self.appearance.first(n_components),
        )

    @property
    def units(self):
        """Names of the coefficients, shape before appearance."""
        parts = (("shape", self.shape), ("appearance", self.appearance))
        return [f"{name}_{k:02d}" for name, part in parts for k in range(len(part.components))]

    def arrays(self):
        """Return what defines the model as named arrays."""
        parts = {"shape": self.shape, "appearance": self.appearance}
        named = {f"{k}_{n}": a for k, part in parts.items() for n, a in part.arrays().items()}
        return {"mean_shape": self.mean_shape, "mask": self.template.mask, **named}

    def transform(self, images, landmarks):
        """Return the shape and the appearance coefficients of faces.

        Parameters
        ----------
        images : array of shape (n, height, width)
        landmarks : array of shape (n, n_landmarks, 2)
            x and y in pixels of `images`.

        Returns
        -------
        array of shape (n, n_shape + n_appearance)
        """
        aligned = _aligned(landmarks, self.mean_shape)
        textures = _textures(self.template, images, landmarks)
        return np.hstack([self.shape.transform(aligned), self.appearance.transform(textures)])

    def reconstruct_landmarks(self, coefficients, landmarks):
        """Return landmarks (n, n_landmarks, 2) from shape coefficients.

        Position, size and rotation, which the coefficients do not hold, are those of
        `landmarks`.
        """
        n_shape = len(self.shape.components)
        shapes = self.shape.inverse(coefficients[:, :n_shape]).reshape(-1, *self.mean_shape.shape)
        return align(landmarks, self.mean_shape).undo(shapes)

    def reconstruct(self, coefficients, landmarks, canvas):
        """Return faces from their coefficients.

        Parameters
        ----------
        coefficients : array of shape (n, n_shape + n_appearance)
        landmarks : array of shape (n, n_landmarks, 2)
            They place, size and turn the faces.
        canvas : array of shape (height, width)
            The picture to paint on.

        Returns
        -------
        images : array of shape (n, height, width)
        painted : bool array of shape (n, height, width)
            The pixels of the face.
        """
        shapes = self.reconstruct_landmarks(coefficients, landmarks)
        textures = self.appearance.inverse(coefficients[:, len(self.shape.components) :])
        pairs = [
            paint(self.template, texture, shape, canvas)
            for texture, shape in zip(textures, shapes, strict=True)
        ]
        return np.stack([image for image, _ in pairs]), np.stack([face for _, face in pairs])


def fit_aam(images, landmarks, n_components, *, where="landmarks.csv"):
    """Fit an active appearance model.

    Generalised Procrustes alignment, principal components of the aligned shapes; each
    face warped to the mean shape by a piecewise-affine map over its Delaunay triangles,
    principal components of the grey values there (paper_spec 2.3).

    Parameters
    ----------
    images : array of shape (n, height, width)
    landmarks : array of shape (n, n_landmarks, 2)
        x and y in pixels of `images`.
    n_components : int
        Shape components, and as many appearance components.
    where : str
        File of the landmarks, for messages.

    Returns
    -------
    ActiveAppearanceModel

    Raises
    ------
    InputError
        For too few stimuli or landmarks, identical shapes or images, landmarks on one
        line, or landmarks outside the images.
    """
    _check_landmarks(images, landmarks, where)
    mean_shape = generalised_procrustes(landmarks)
    shape = fit_pca(_aligned(landmarks, mean_shape), n_components, what="AAM, shapes")
    try:
        template = make_template(mean_shape)
    except QhullError:
        raise _bad_landmarks(where, "a mean shape without an area") from None
    textures = _textures(template, images, landmarks)
    appearance = fit_pca(textures, n_components, what="AAM, appearance")
    return ActiveAppearanceModel(mean_shape, shape, template, appearance)


def _aligned(landmarks, mean_shape):
    return align(landmarks, mean_shape).apply(landmarks).reshape(len(landmarks), -1)


def _textures(template, images, landmarks):
    textures = np.empty((len(images), len(template.corners)), np.float32)
    for row, (image, shape) in enumerate(zip(images, landmarks, strict=True)):
        textures[row] = template.sample(image, shape)
    return textures


def _bad_landmarks(where, found):
    return InputError(
        where,
        found,
        "at least three landmarks that span an area in every face",
        "Check the landmarks, or leave the family 'aam' out of the configuration.",
    )


def _check_landmarks(images, landmarks, where):
    n_landmarks = landmarks.shape[1]
    if n_landmarks < 3:
        raise _bad_landmarks(where, f"{n_landmarks} landmarks")
    flat = np.ptp(landmarks, axis=1).max(axis=1) == 0
    if flat.any():
        raise _bad_landmarks(
            where, f"all landmarks of main stimulus {flat.argmax() + 1} in one point"
        )
    height, width = images.shape[1:]
    beyond = np.maximum(-0.5 - landmarks, landmarks + 0.5 - (width, height)).max(axis=(1, 2))
    outside = beyond > _BEYOND * max(height, width)
    if outside.any():
        raise InputError(
            where,
            f"landmarks up to {beyond.max():.1f} pixels outside the prepared images "
            f"({outside.sum()} main stimuli, first number {outside.argmax() + 1})",
            "faces that lie within the centred square of their images",
            "Crop the images around the faces, or correct the landmarks.",
        )
