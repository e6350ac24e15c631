"""Models made from the fc7 units of VGG-16: random parts of the layer, its components."""

import numpy as np

from facepatch.errors import InputError
from facepatch.models.embedding import Embedding
from facepatch.models.pca import fit_pca

__all__ = ["fc7_components", "fc7_subset"]


def fc7_subset(layer, n_units, rng, *, where):
    """Return randomly drawn units of the layer, or all of it (VGG (raw), paper_spec 2.2).

    Parameters
    ----------
    layer : Embedding
        From `vgg.fc7_embedding`.
    n_units : int
        Drawn from the units that vary over the main images, since rectified units may
        be silent for all faces. With as many as the layer has, the whole layer is kept.
    rng : numpy.random.Generator
    where : str
        Id of the model, for the message.

    Raises
    ------
    InputError
        If fewer than `n_units` units vary.
    """
    if n_units >= len(layer.units):
        return layer
    candidates = np.flatnonzero(layer.live)
    if n_units > len(candidates):
        raise InputError(
            where,
            f"{len(candidates)} units of fc7 that vary over the main images",
            f"at least {n_units}, the size of the subset",
            "Lower models.vgg_raw.subset_units, or check the images and the weights.",
        )
    drawn = np.sort(rng.choice(candidates, n_units, replace=False))
    return Embedding(
        units=layer.units[drawn],
        test=layer.test[:, drawn],
        heldout=layer.heldout[:, drawn],
        test_ids=layer.test_ids,
        heldout_ids=layer.heldout_ids,
        live=layer.live[drawn],
        extra=layer.extra,
    )


def fc7_components(layer, n_components):
    """Fit principal components to the layer over the original main images.

    VGG is the one family that is not trained on the mirror-flipped images (paper_spec
    1.1): it comes trained, and its components are those of the images analysed.

    Returns
    -------
    PrincipalComponents

    Raises
    ------
    InputError
        For fewer stimuli than components, or images that the network cannot tell apart.
    """
    return fit_pca(layer.test, n_components, what="PCA of VGG's fc7 units")
