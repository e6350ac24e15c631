"""Held-out faces rebuilt from single neurons through a model's decoder (paper_spec 3.5.4)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from facepatch.scores.decoding import decode_one_to_one
from facepatch.scores.pairing import pair

__all__ = ["DecodedFaces", "decode_faces", "distance_table", "root_mean_square"]


@dataclass(frozen=True)
class DecodedFaces:
    """Reconstructions of the held-out images by one model.

    Attributes
    ----------
    from_neurons : float32 array of shape (n_heldout, size, size)
        From codes read out of the matched neurons only.
    from_code : float32 array of shape (n_heldout, size, size)
        From the model's own codes: the best that the decoder can do.
    neurons : array of str, shape (n_matched,)
    units : array of str, shape (n_matched,)
    """

    from_neurons: np.ndarray
    from_code: np.ndarray
    neurons: np.ndarray
    units: np.ndarray


def decode_faces(embedding, responses, decode):
    """Rebuild the held-out images from the neurons that match a model's units.

    Parameters
    ----------
    embedding : Embedding
    responses : Responses
    decode : callable
        Codes (n_images, n_units) to images (n_images, size, size).

    Returns
    -------
    DecodedFaces
    """
    matched = decode_one_to_one(*(pair(embedding, responses, s) for s in ("test", "heldout")))
    seen = embedding.train if len(embedding.train) else embedding.test
    return DecodedFaces(
        from_neurons=decode(matched.codes(seen.mean(axis=0, dtype=float))),
        from_code=decode(embedding.heldout),
        neurons=responses.neurons[matched.neuron],
        units=embedding.units[matched.unit],
    )


def root_mean_square(images, originals):
    """Return the root mean square difference in grey value per image, shape (n_images,)."""
    difference = np.asarray(images, float) - originals
    return np.sqrt((difference**2).mean(axis=(1, 2)))


def distance_table(found, originals, stimuli):
    """Return how far each reconstruction is from its original.

    Parameters
    ----------
    found : dict of (family, model) to DecodedFaces
    originals : array of shape (n_heldout, size, size)
    stimuli : array of str, shape (n_heldout,)

    Returns
    -------
    DataFrame
        family, model, stimulus, n_matched, distance (from neurons), own_distance (from
        the model's code); distances are root mean square grey values, images in [0, 1].
    """
    parts = [
        pd.DataFrame(
            {
                "family": family,
                "model": model,
                "stimulus": stimuli,
                "n_matched": len(faces.neurons),
                "distance": root_mean_square(faces.from_neurons, originals),
                "own_distance": root_mean_square(faces.from_code, originals),
            }
        )
        for (family, model), faces in found.items()
    ]
    columns = ["family", "model", "stimulus", "n_matched", "distance", "own_distance"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
