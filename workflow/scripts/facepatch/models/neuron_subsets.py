"""Random subsets of the recorded neurons as models of the others: the ceiling of alignment."""

import numpy as np

from facepatch.models.run_inputs import embed

__all__ = ["draw_neurons", "subset_embedding"]


def draw_neurons(silent, n_live, rng):
    """Draw as many neurons as the matched model has live units.

    A subset is as sparse as the β-VAE it is compared with (paper_spec 3.1.4, end). At
    most half of the neurons that respond are drawn, so that no fewer remain to be
    predicted.

    Parameters
    ----------
    silent : bool array of shape (n_neurons,)
        Neurons whose response never varies; they are never drawn.
    n_live : int
    rng : numpy.random.Generator

    Returns
    -------
    int array of shape (min(n_live, n_responding // 2),)
        Indices, rising.
    """
    candidates = np.flatnonzero(~np.asarray(silent, bool))
    size = min(n_live, len(candidates) // 2)
    return np.sort(rng.choice(candidates, size, replace=False))


def subset_embedding(responses, n_live, n_units, rng):
    """Return randomly drawn neurons as the units of a model, padded with dead units.

    Parameters
    ----------
    responses : Responses
    n_live, n_units : int
        Live latents and latents in all of the β-VAE to match.
    rng : numpy.random.Generator

    Returns
    -------
    Embedding
        `n_units` units, the drawn neurons first. Their names are in `extra["neurons"]`:
        whoever predicts neurons from this model leaves these out. There is no train
        part, since nobody recorded responses to the mirror-flipped images.
    """
    drawn = draw_neurons(responses.silent, n_live, rng)
    names = responses.neurons[drawn]
    padding = ((0, 0), (0, max(n_units - len(drawn), 0)))
    dead = [f"dead_{index:02d}" for index in range(len(drawn), n_units)]
    return embed(
        [*names, *dead],
        np.pad(responses.test[:, drawn], padding),
        np.pad(responses.heldout[:, drawn], padding),
        (responses.test_ids, responses.heldout_ids),
        extra={"neurons": names},
    )
