"""Unsupervised disentanglement ranking (UDR) of models that differ by their seed only."""

import numpy as np
from scipy.stats import rankdata

from facepatch.errors import InputError

__all__ = ["rank_models", "spearman_matrix", "udr_pair", "udr_scores"]


def spearman_matrix(a, b):
    """Return the size of Spearman's correlation of every column of `a` with every one of `b`.

    Parameters
    ----------
    a : array of shape (n_images, d_a)
    b : array of shape (n_images, d_b)

    Returns
    -------
    float64 array of shape (d_a, d_b)
        In [0, 1]; ties share their mean rank; 0 where a column is constant.
    """
    return np.abs(_standard_ranks(a).T @ _standard_ranks(b))


def udr_pair(similarity):
    """Return how alike two models are, latent for latent.

    For each latent of either model, the square of its best match in the other model over
    the sum of all its matches; the mean over the informative latents of both models
    together (Duan et al. 2020, equation of UDR_ij; paper_spec 3.4, paper form). One where
    each latent has exactly one perfect partner.

    Parameters
    ----------
    similarity : array of shape (d_a, d_b)
        Absolute correlations between the informative latents of the two models.

    Returns
    -------
    float
        In [0, 1]. A latent without any match counts 0; so do all latents of one model if
        the other has no informative latent, and two models without any give 0.
    """
    d_a, d_b = similarity.shape
    if d_a == 0 or d_b == 0:
        return 0.0
    return float((_concentration(similarity, 0) + _concentration(similarity, 1)) / (d_a + d_b))


def udr_scores(values, live):
    """Return the UDR of every model of one hyper-parameter setting.

    The median over the other models of `udr_pair`, Spearman form. Where Duan et al.'s
    formula and the code of disentanglement_lib differ (the code averages the means over
    each model's latents, the formula pools the latents) this is the formula; they agree
    if both models have the same number of informative latents.

    Parameters
    ----------
    values : sequence of arrays of shape (n_images, n_units)
        One per seed, over the same images.
    live : sequence of bool arrays of shape (n_units,)
        Informative latents (mean KL above the threshold); the others are left out.

    Returns
    -------
    float64 array of shape (n_models,)
        NaN for a model that is alone, since nothing can be compared.

    Examples
    --------
    >>> code = np.random.default_rng(0).permuted(np.tile(np.arange(99.0), (2, 1)), axis=1).T
    >>> mask = np.ones(2, bool)
    >>> udr_scores([code, -code[:, ::-1]], [mask, mask]).round(1) >= 0.8
    array([ True,  True])
    """
    ranks = [_standard_ranks(v[:, mask]) for v, mask in zip(values, live, strict=True)]
    n_models = len(ranks)
    scores = np.full((n_models, n_models), np.nan)
    for i in range(n_models):
        for j in range(i):
            scores[i, j] = scores[j, i] = udr_pair(np.abs(ranks[i].T @ ranks[j]))
    if n_models < 2:
        return np.full(n_models, np.nan)
    return np.nanmedian(scores, axis=1)


def rank_models(udr, ids, n_selected, *, where="beta_vae.n_selected"):
    """Rank models by falling UDR, equal ones by id, and keep the best.

    Parameters
    ----------
    udr : array of shape (n_models,)
        NaN where undefined.
    ids : sequence of str, length n_models
    n_selected : int
    where : str
        Configuration key, for the message.

    Returns
    -------
    int array of shape (n_models,)
        0 for the best, up to n_selected - 1; -1 for models that are not selected.

    Raises
    ------
    InputError
        If fewer than `n_selected` models have a UDR.
    """
    udr = np.asarray(udr, float)
    defined = np.flatnonzero(np.isfinite(udr))
    if n_selected > len(defined):
        raise InputError(
            where,
            f"{n_selected} models to select, but {len(defined)} with a UDR",
            "at most as many as there are models with a partner of the same beta",
            "Train at least two seeds of each beta, or lower the number to select.",
        )
    order = sorted(defined, key=lambda index: (-udr[index], ids[index]))
    rank = np.full(len(udr), -1)
    rank[order[:n_selected]] = np.arange(n_selected)
    return rank


def _standard_ranks(values):
    """Return ranks of each column, centred and scaled to unit length; 0 if constant."""
    ranks = rankdata(values, axis=0) - (len(values) + 1) / 2
    length = np.sqrt((ranks**2).sum(axis=0))
    return ranks / np.where(length > 0, length, 1.0)


def _concentration(similarity, axis):
    """Sum over latents of the squared best match over the sum of matches along `axis`."""
    total = similarity.sum(axis=axis)
    best = similarity.max(axis=axis)
    return (best**2 / np.where(total > 0, total, 1.0)).sum()
