"""The control that keeps a code's sparsity and destroys its axes."""

import numpy as np
from scipy.stats import ortho_group

from facepatch.models.embedding import Embedding

__all__ = ["rotated_embedding", "rotation_of_live"]


def rotation_of_live(live, rng):
    """Draw an orthogonal matrix that mixes the live units and leaves the dead ones.

    Parameters
    ----------
    live : bool array of shape (n_units,)
    rng : numpy.random.Generator

    Returns
    -------
    float64 array of shape (n_units, n_units)
        Uniform (Haar) over the orthogonal group of the live units; the identity on the
        dead ones.
    """
    live = np.asarray(live, bool)
    matrix = np.eye(len(live))
    n_live = int(live.sum())
    if n_live > 0:
        matrix[np.ix_(live, live)] = ortho_group.rvs(n_live, random_state=rng)
    return matrix


def rotated_embedding(embedding, source, rng):
    """Return `embedding` with its live units mixed by a random rotation.

    The raw posterior means are rotated, not standardised ones: the prior of a β-VAE does
    not change under rotation, so the rotated code says the same of each image and differs
    from the model's own in its axes only (paper_spec 3.1.4, control a). Dead units stay
    dead and in place.

    Parameters
    ----------
    embedding : Embedding
    source : str
        Id of the model, kept as `extra["source"]` beside `extra["rotation"]`.
    rng : numpy.random.Generator

    Returns
    -------
    Embedding
        Without KL and likelihood, which belong to the model's own axes.
    """
    matrix = rotation_of_live(embedding.live, rng)
    return Embedding(
        units=[f"rotated_{index:02d}" for index in range(len(embedding.units))],
        train=embedding.train @ matrix,
        test=embedding.test @ matrix,
        heldout=embedding.heldout @ matrix,
        test_ids=embedding.test_ids,
        heldout_ids=embedding.heldout_ids,
        live=embedding.live,
        extra={"rotation": matrix, "source": np.array(source)},
    )
