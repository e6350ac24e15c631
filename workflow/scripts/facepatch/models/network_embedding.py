"""Embeddings of trained networks: their codes over the images of a run."""

import numpy as np

from facepatch.cache import JobCache, job_key
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.models.embedding import Embedding
from facepatch.models.reconstruction import load_network
from facepatch.progress import Progress

__all__ = ["embed_network", "embed_networks"]

LEAST_SPREAD = 1e-6


def embed_network(network, train, test, heldout, test_ids, heldout_ids, live_threshold=0.01):
    """Return a trained network's `Embedding`.

    A unit of a variational network is live if its mean divergence from the prior over the
    training images exceeds `live_threshold`; a unit of any other network, if it varies over
    them at all (standard deviation above 1e-6).

    Parameters
    ----------
    network : facepatch.models.reconstruction.Autoencoder
    train, test, heldout : float arrays of shape (n_images, size, size)
    test_ids, heldout_ids : sequences of str
    live_threshold : float
        In nats.

    Returns
    -------
    embedding : Embedding
        With `kl` over the training images for variational networks and `nll` per split for
        networks that reconstruct.
    """
    splits = {"train": train, "test": test, "heldout": heldout}
    described = {split: network.describe(images) for split, images in splits.items()}
    kl = described["train"].kl
    if kl is None:
        live = described["train"].codes.std(0, dtype=np.float64) > LEAST_SPREAD
    else:
        live = kl > live_threshold
    nll = {}
    if network.architecture.reconstructs:
        nll = {split: d.nll for split, d in described.items() if d.nll is not None}
    return Embedding(
        units=[f"z{unit:02d}" for unit in range(network.architecture.latents)],
        train=described["train"].codes,
        test=described["test"].codes,
        heldout=described["heldout"].codes,
        test_ids=test_ids,
        heldout_ids=heldout_ids,
        live=live,
        kl=kl,
        nll=nll,
    )


def embed_networks(models, weights, images, stimuli, embeddings, *, live_threshold, cache, key):
    """Embed a batch of trained networks and write their embeddings.

    Parameters
    ----------
    models : list of str
    weights : list of path
        Their weights, in the same order.
    images : list of path
        `.npy` files of the training, test and held-out images.
    stimuli : path
        The run's `stimuli.csv`.
    embeddings : list of path
        Written, in the order of `models`.
    live_threshold : float
        See `embed_network`.
    cache : path
        Folder of the `JobCache`.
    key : str
        Fingerprint of the code.
    """
    kept = JobCache(cache)
    splits = [np.load(path, mmap_mode="r", allow_pickle=False) for path in images]
    table = read_stimulus_table(stimuli)
    ids = [table.ids[table.of(split)] for split in ("main", "heldout")]
    progress = Progress("embedding", len(models), "models")
    for done, (source, target) in enumerate(zip(weights, embeddings, strict=True)):
        job = job_key([source, *images, stimuli], {"live_threshold": live_threshold}, key)
        if not kept.reuse(target, job):
            network = load_network(source)
            embed_network(network, *splits, *ids, live_threshold).save(target)
            kept.keep(target, job)
        progress.update(done + 1, models[done], final=done + 1 == len(models))
