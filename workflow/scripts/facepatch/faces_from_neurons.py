"""Held-out faces rebuilt from single neurons, one neuron for each unit (paper_spec 3.5.4)."""

from dataclasses import dataclass

import numpy as np

from facepatch.decoding import decode_one_to_one
from facepatch.files import write_npz
from facepatch.pairing import pair
from facepatch.scaling import column_scale

__all__ = ["Reconstructions", "reconstruct", "reconstruct_models"]


@dataclass(frozen=True)
class Reconstructions:
    """Held-out faces as three kinds of model rebuild them.

    Attributes
    ----------
    stimuli : array of str, shape (n_faces,)
    originals : float32 array of shape (n_faces, size, size)
    families, models : arrays of str, shape (n_models,)
    n_neurons : int array of shape (n_models,)
        Neurons that a model's units were matched with.
    decoded : float32 array of shape (n_models, n_faces, size, size)
        From the matched neurons alone.
    autoencoded : float32 array of shape (n_models, n_faces, size, size)
        From the image itself, the most that the model could show.
    pair_model, pair_neuron : arrays of str, shape (n_pairs,)
    pair_unit : int array of shape (n_pairs,)
        The matched pairs of all models.
    pair_r : float array of shape (n_pairs,)
        Their absolute correlation over the main images.
    """

    stimuli: np.ndarray
    originals: np.ndarray
    families: np.ndarray
    models: np.ndarray
    n_neurons: np.ndarray
    decoded: np.ndarray
    autoencoded: np.ndarray
    pair_model: np.ndarray
    pair_neuron: np.ndarray
    pair_unit: np.ndarray
    pair_r: np.ndarray

    def save(self, path):
        """Write the reconstructions as a pickle-free `.npz`."""
        write_npz(path, **{name: getattr(self, name) for name in self.__dataclass_fields__})

    @classmethod
    def load(cls, path):
        """Read reconstructions that `save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(**{name: file[name] for name in cls.__dataclass_fields__})


def reconstruct(network, embedding, responses):
    """Rebuild the held-out faces by one model.

    Parameters
    ----------
    network : object
        With `decode(codes)`, as `facepatch.reconstruction.load_decoder` returns it.
    embedding : Embedding
        Of the same model.
    responses : Responses

    Returns
    -------
    decoded, autoencoded : float32 arrays of shape (n_heldout, size, size)
        In the order of the responses' held-out ids. Units without a neuron stay at their
        mean over the main images.
    result : facepatch.decoding.OneToOneDecoding
    r : float array of shape (n_matched,)
        Absolute correlation of each matched pair over the main images.
    """
    main, heldout = (pair(embedding, responses, split) for split in ("test", "heldout"))
    result = decode_one_to_one(main, heldout)
    mean, scale = column_scale(embedding.test)
    place = {stimulus: row for row, stimulus in enumerate(embedding.heldout_ids)}
    own = embedding.heldout[[place[stimulus] for stimulus in responses.heldout_ids]]
    units, neurons = main.units[:, result.unit], main.responses[:, result.neuron]
    x, y = ((values - values.mean(axis=0)) / column_scale(values)[1] for values in (units, neurons))
    r = np.abs((x * y).mean(axis=0))
    return network.decode(result.code(mean, scale)), network.decode(own), result, r


def reconstruct_models(networks, embeddings, responses, originals, *, families, models):
    """Rebuild the held-out faces by several models.

    Parameters
    ----------
    networks, embeddings : sequences
        As for `reconstruct`, in the same order.
    responses : Responses
    originals : array of shape (n_heldout, size, size)
        The held-out images in the order of the first embedding's ids.
    families, models : sequences of str

    Returns
    -------
    Reconstructions
        Faces in the order of the responses' held-out ids.
    """
    ids = embeddings[0].heldout_ids
    place = {stimulus: row for row, stimulus in enumerate(ids)}
    rows = [place[stimulus] for stimulus in responses.heldout_ids]
    decoded, autoencoded, pairs = [], [], []
    for model, network, embedding in zip(models, networks, embeddings, strict=True):
        faces, own, result, r = reconstruct(network, embedding, responses)
        decoded.append(faces)
        autoencoded.append(own)
        pairs.append((np.full(len(r), model), responses.neurons[result.neuron], result.unit, r))
    pair_model, pair_neuron, pair_unit, pair_r = (
        np.concatenate(column) for column in zip(*pairs, strict=True)
    )
    return Reconstructions(
        stimuli=responses.heldout_ids,
        originals=np.asarray(originals, np.float32)[rows],
        families=np.asarray(families, str),
        models=np.asarray(models, str),
        n_neurons=np.array([len(columns[3]) for columns in pairs]),
        decoded=np.stack(decoded),
        autoencoded=np.stack(autoencoded),
        pair_model=pair_model,
        pair_neuron=pair_neuron,
        pair_unit=pair_unit,
        pair_r=pair_r,
    )
