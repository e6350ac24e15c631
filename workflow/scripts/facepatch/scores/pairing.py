"""A model's units beside the neurons' responses to the same images."""

from dataclasses import dataclass

import numpy as np

from facepatch.errors import InputError

__all__ = ["Pair", "pair"]


@dataclass(frozen=True)
class Pair:
    """What a score of one model reads.

    Attributes
    ----------
    units : float64 array of shape (n_images, n_units)
        Dead units are 0.
    responses : float64 array of shape (n_images, n_neurons)
    live : bool array of shape (n_units,)
    target : bool array of shape (n_neurons,)
        Neurons that are scored: not silent, and not themselves units of the model.
    """

    units: np.ndarray
    responses: np.ndarray
    live: np.ndarray
    target: np.ndarray


def pair(embedding, responses, split):
    """Match a model's units and the responses by the ids of the images.

    Parameters
    ----------
    embedding : Embedding
    responses : Responses
    split : {"test", "heldout"}

    Returns
    -------
    Pair
        Rows in the order of the responses.

    Raises
    ------
    InputError
        If the model knows nothing of an image that has responses.
    """
    rows = _rows(getattr(embedding, f"{split}_ids"), getattr(responses, f"{split}_ids"))
    drawn = np.isin(responses.neurons, embedding.extra.get("neurons", np.array([], str)))
    return Pair(
        units=embedding.values(split)[rows].astype(float),
        responses=np.asarray(getattr(responses, split), float),
        live=embedding.live,
        target=~np.asarray(responses.silent, bool) & ~drawn,
    )


def _rows(ids, wanted):
    if np.array_equal(ids, wanted):
        return slice(None)
    place = {stimulus: row for row, stimulus in enumerate(ids)}
    missing = [stimulus for stimulus in wanted if stimulus not in place]
    if missing:
        raise InputError(
            "an embedding",
            f"no row for {len(missing)} images with responses, such as {missing[0]!r}",
            "every image that has responses",
            "Embed all stimuli of the dataset, under the ids of stimuli.csv.",
        )
    return [place[stimulus] for stimulus in wanted]
