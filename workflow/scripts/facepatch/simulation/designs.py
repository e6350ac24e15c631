"""What simulated neurons can be driven by other than the factors: pixels, or an AAM's space."""

import numpy as np

from facepatch.datasets.landmark_table import prepared_landmarks
from facepatch.datasets.stimuli import prepare_images
from facepatch.models.aam import fit_aam
from facepatch.models.pca import fit_pca

__all__ = ["aam_design", "image_design", "pixel_design"]


def image_design(ground_truth, folder, stimuli, landmarks, size):
    """Return the design of an image-driven ground truth for a dataset's images.

    Parameters
    ----------
    ground_truth : str
        `pixel_linear` or `aam_axis`.
    folder : path
        The dataset's folder.
    stimuli : StimulusTable
        In run order.
    landmarks : path
        The dataset's `landmarks.csv`; read for `aam_axis`.
    size : int
        Side to which images are prepared, in pixels.

    Returns
    -------
    design : float64 array of shape (n_stimuli, n_dimensions)
    names : list of str
    """
    splits = [prepare_images(folder, stimuli, split, size) for split in ("main", "heldout")]
    images = np.concatenate(splits)
    if ground_truth == "pixel_linear":
        return pixel_design(images, stimuli.of("main"))
    if ground_truth == "aam_axis":
        marks = prepared_landmarks(landmarks, stimuli, folder, size)
        return aam_design(images, marks.points, stimuli.of("main"))
    raise ValueError(f"{ground_truth!r} is not driven by images")


def pixel_design(images, main, n_components=100):
    """Return pixels as a design for neurons that are linear in them.

    A random direction on the principal components, whose scores keep their spread, is a
    random filter on the pixels without what few images share; and the truth can be
    written down in a hundred numbers per neuron.

    Parameters
    ----------
    images : float array of shape (n, size, size)
    main : int array
        Rows of the main stimuli, to which the components are fitted.
    n_components : int
        At most this many.

    Returns
    -------
    design : float64 array of shape (n, n_components)
    names : list of str
        `pixel_pc_<number>`.
    """
    pixels = images.reshape(len(images), -1)
    n_components = min(n_components, len(main) - 1, pixels.shape[1])
    components = fit_pca(pixels[main], n_components, what="pixels")
    return components.transform(pixels), [f"pixel_pc_{k:03d}" for k in range(n_components)]


def aam_design(images, landmarks, main, n_components=25):
    """Return coefficients of an active appearance model, scaled as for tuning axes.

    Shape and appearance get the same total variance of 1/2 each, and keep the relative
    spread of their components (paper_spec 2.3, after Chang & Tsao 2017).

    Parameters
    ----------
    images : float array of shape (n, size, size)
    landmarks : float array of shape (n, n_landmarks, 2)
        x and y in pixels of `images`.
    main : int array
        Rows of the main stimuli: the model is fitted to them, and they set the scale.
    n_components : int
        Shape components, and as many appearance components.

    Returns
    -------
    design : float64 array of shape (n, 2 * n_components)
    names : list of str
    """
    aam = fit_aam(images[main], landmarks[main], n_components)
    coefficients = aam.transform(images, landmarks)
    coefficients = coefficients - coefficients[main].mean(0)
    variance = coefficients[main].var(0)
    n_shape = len(aam.shape.components)
    total = np.where(
        np.arange(len(variance)) < n_shape, variance[:n_shape].sum(), variance[n_shape:].sum()
    )
    return coefficients / np.sqrt(2 * total), [str(name) for name in aam.units]
