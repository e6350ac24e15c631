"""What single latents of a beta-VAE do to a face, and which known factor each resembles."""

import numpy as np

from facepatch.figures.network_pictures import Traversals
from facepatch.scores.udr import spearman_matrix

__all__ = ["closest_factors", "traverse_models", "traverse_units"]


def closest_factors(codes, factors, names):
    """Return the known factor that each unit resembles most.

    Parameters
    ----------
    codes : array of shape (n_images, n_units)
    factors : array of shape (n_images, n_factors)
    names : sequence of str
        Of the factors.

    Returns
    -------
    closest : array of str, shape (n_units,)
        Empty strings without factors.
    r : float array of shape (n_units,)
        Absolute Spearman correlation; 0 without factors or for a constant unit.
    """
    n_units = codes.shape[1]
    if not len(names):
        return np.full(n_units, ""), np.zeros(n_units)
    r = spearman_matrix(codes, factors)
    best = r.argmax(axis=1)
    return np.asarray(names, str)[best], r[np.arange(n_units), best]


def traverse_units(network, codes, kl, n_units, values):
    """Traverse the most informative latents of one network around its most typical face.

    All other latents stay at the code of the image that is nearest to the mean code
    (paper_spec 3.7).

    Parameters
    ----------
    network : object
        With `traverse(code, unit, values)`, as `facepatch.models.reconstruction.load_decoder`
        returns it.
    codes : array of shape (n_images, n_latents)
        Posterior means of the main images.
    kl : array of shape (n_latents,)
        Mean divergence of each latent in nats.
    n_units : int
        Latents traversed at most, by falling divergence.
    values : array of shape (n_values,)

    Returns
    -------
    units : int array of shape (n_units,)
    images : float32 array of shape (n_units, n_values, size, size)
    """
    codes = np.asarray(codes, float)
    typical = codes[np.square(codes - codes.mean(axis=0)).sum(axis=1).argmin()]
    units = np.argsort(-np.asarray(kl), kind="stable")[:n_units]
    return units, np.stack([network.traverse(typical, unit, values) for unit in units])


def _padded(rows, length, fill):
    return np.array([[*row, *[fill] * (length - len(row))] for row in rows])


def traverse_models(networks, embeddings, *, models, udr, factors, factor_names, n_units, values):
    """Traverse several models.

    Parameters
    ----------
    networks : sequence
        As for `traverse_units`.
    embeddings : sequence of Embedding
        Of the same models.
    models : sequence of str
        Their ids.
    udr : sequence of float
    factors : array of shape (n_images, n_factors)
        Known factors of the main images, in the embeddings' order.
    factor_names : sequence of str
    n_units : int
    values : array of shape (n_values,)

    Returns
    -------
    Traversals
    """
    units, kl, closest, r, images = [], [], [], [], []
    for network, embedding in zip(networks, embeddings, strict=True):
        chosen, drawn = traverse_units(network, embedding.test, embedding.kl, n_units, values)
        names, similarity = closest_factors(embedding.test[:, chosen], factors, factor_names)
        units.append(chosen)
        kl.append(embedding.kl[chosen])
        closest.append(names)
        r.append(similarity)
        missing = n_units - len(chosen)
        images.append(np.pad(drawn, [(0, missing), *[(0, 0)] * 3], constant_values=1.0))
    return Traversals(
        models=np.asarray(models, str),
        udr=np.asarray(udr, float),
        values=np.asarray(values, float),
        units=_padded(units, n_units, -1),
        kl=_padded(kl, n_units, np.nan),
        factors=_padded(closest, n_units, ""),
        factor_r=_padded(r, n_units, np.nan),
        images=np.stack(images).astype(np.float32),
    )
