"""The held-out faces of Fig. 7, rebuilt from single neurons by one model of each kind."""

import numpy as np

from facepatch.figures.network_pictures import Reconstructions
from facepatch.scores.correlation import absolute_correlations
from facepatch.scores.decoded_faces import decode_faces
from facepatch.scores.pairing import pair

__all__ = ["gather", "reconstruct_models"]


def _matched_r(faces, embedding, responses):
    """Return |r| over the main images of each matched neuron and unit."""
    both = pair(embedding, responses, "test")
    r = absolute_correlations(both.responses, both.units)
    neurons = {name: place for place, name in enumerate(responses.neurons)}
    units = {name: place for place, name in enumerate(embedding.units)}
    return r[[neurons[name] for name in faces.neurons], [units[name] for name in faces.units]]


def reconstruct_models(networks, embeddings, responses, *, families, models):
    """Rebuild the held-out faces by several models.

    Parameters
    ----------
    networks : sequence
        With `decode(codes)`, as `facepatch.models.reconstruction.load_decoder` returns them.
    embeddings : sequence of Embedding
        Of the same models.
    responses : Responses
    families, models : sequences of str

    Returns
    -------
    found : dict of (family, model) to facepatch.scores.decoded_faces.DecodedFaces
    r : dict of (family, model) to float array of shape (n_matched,)
        Absolute correlation of each matched pair over the main images.

    Raises
    ------
    ValueError
        If a model holds the held-out images in another order than the responses.
    """
    found, r = {}, {}
    for name, network, embedding in zip(
        zip(families, models, strict=True), networks, embeddings, strict=True
    ):
        if not np.array_equal(embedding.heldout_ids, responses.heldout_ids):
            raise ValueError(f"{name[1]} and the responses order the held-out images differently")
        found[name] = decode_faces(embedding, responses, network.decode)
        r[name] = _matched_r(found[name], embedding, responses)
    return found, r


def gather(found, r, originals, stimuli):
    """Put the faces of several models into one file's worth of arrays.

    Parameters
    ----------
    found, r : dicts
        Of `reconstruct_models`.
    originals : array of shape (n_faces, size, size)
    stimuli : array of str, shape (n_faces,)

    Returns
    -------
    Reconstructions
    """
    none = [np.array([], str)]
    return Reconstructions(
        stimuli=np.asarray(stimuli, str),
        originals=np.asarray(originals, np.float32),
        families=np.array([family for family, _ in found], str),
        models=np.array([model for _, model in found], str),
        decoded=np.array([faces.from_neurons for faces in found.values()], np.float32),
        autoencoded=np.array([faces.from_code for faces in found.values()], np.float32),
        pair_model=np.repeat([name[1] for name in r] or none[0], [len(r[name]) for name in r]),
        pair_neuron=np.concatenate([faces.neurons for faces in found.values()] or none),
        pair_unit=np.concatenate([faces.units for faces in found.values()] or none),
        pair_r=np.concatenate([*r.values(), np.zeros(0)]),
    )
