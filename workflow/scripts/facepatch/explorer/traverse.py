"""Which models the page shows traversals of, and the traversals themselves."""

import numpy as np

from facepatch.explorer.tiles import TraversalTiles
from facepatch.models.traversal import traverse_units

__all__ = ["traversal_tiles", "traversed_models"]


def traversed_models(models, n_beta_vae):
    """Choose the models whose units are traversed.

    Parameters
    ----------
    models : DataFrame
        The table `models.csv`: `family, model, selected, udr, instance`.
    n_beta_vae : int
        Selected beta-VAEs at most, by falling UDR: each strip of faces makes the page grow.

    Returns
    -------
    chosen : list of str
        Ids: these beta-VAEs, then the VAE and the AE that reconstruct best.
    """
    swept = models[(models["family"] == "beta_vae") & models["selected"]]
    best = swept.sort_values("udr", ascending=False, kind="stable").head(n_beta_vae)
    others = models[models["family"].isin(("vae", "ae")) & models["instance"]]
    return [*best["model"], *others["model"]]


class _Standardised:
    """A decoder whose codes are given in standard deviations from the units' means."""

    def __init__(self, network, mean, sd):
        self.network, self.mean, self.sd = network, mean, sd

    def traverse(self, code, unit, values):
        """Return the images of a standardised code with one unit set to each of `values`."""
        code = code * self.sd + self.mean
        return self.network.traverse(code, unit, values * self.sd[unit] + self.mean[unit])


def _strips(network, embedding, n_units, steps):
    """Return the leading live units of one model and their pictures as uint8."""
    codes = np.asarray(embedding.test, float)
    if embedding.kl is None:
        # The code of an autoencoder has no prior: its own spread sets the scale.
        mean, sd = codes.mean(axis=0), codes.std(axis=0)
        network = _Standardised(network, mean, sd)
        codes = (codes - mean) / np.where(sd > 0, sd, 1.0)
        importance = np.where(embedding.live, sd, -1.0)
    else:
        importance = np.where(embedding.live, embedding.kl, -1.0)
    n_units = min(n_units, embedding.n_live)
    units, images = traverse_units(network, codes, importance, n_units, steps)
    return units, np.rint(255 * images).astype(np.uint8)


def traversal_tiles(networks, embeddings, *, models, n_units, n_steps, span):
    """Traverse the leading live units of several models.

    Parameters
    ----------
    networks : iterable
        Decoders, as `facepatch.models.reconstruction.load_decoder` returns them.
    embeddings : iterable of Embedding
        Of the same models; read one at a time.
    models : sequence of str
        Their ids.
    n_units : int
        Units of a model at most: those of largest divergence from the prior, or of largest
        spread in an autoencoder, which has none.
    n_steps : int
    span : float
        Each unit runs from -span to span, in standard deviations of its prior, or of its
        values over the main images (paper_spec 3.7).

    Returns
    -------
    TraversalTiles
        Models without a live unit have no strip.
    """
    steps = np.linspace(-span, span, n_steps)
    names, units, tiles = [], [], [np.zeros((0, n_steps, 0, 0), np.uint8)]
    for model, network, embedding in zip(models, networks, embeddings, strict=True):
        if embedding.n_live:
            found, pictures = _strips(network, embedding, n_units, steps)
            names += [model] * len(found)
            units += found.tolist()
            tiles.append(pictures)
    return TraversalTiles(
        models=np.asarray(names, str),
        units=np.asarray(units, int),
        steps=steps,
        tiles=np.concatenate(tiles[1:] or tiles),
    )
