"""The table of all β-VAEs with their UDR and the choice among them."""

import numpy as np
import pandas as pd

from facepatch.errors import InputError
from facepatch.scores.udr import rank_models, udr_scores

__all__ = ["model_of_rank", "read_selection", "select_models"]


def select_models(models, embeddings, n_selected):
    """Score all β-VAEs by UDR within their beta and mark the best of all.

    Parameters
    ----------
    models : sequence of dict
        With `id`, `beta` and `seed`.
    embeddings : iterable of Embedding
        In the same order. Read one by one: only the original main images, the set that
        all analyses use, are kept.
    n_selected : int

    Returns
    -------
    pandas.DataFrame
        Columns model, beta, seed, udr, n_live, n_units, selected, rank (0 for the best,
        -1 where not selected), rows in the order of `models`. `udr` is NaN for a model
        without another seed of its beta.

    Raises
    ------
    InputError
        If fewer than `n_selected` models have a UDR.
    """
    kept = [(embedding.test, embedding.live) for embedding in embeddings]
    betas = np.array([model["beta"] for model in models], float)
    udr = np.full(len(models), np.nan)
    for beta in np.unique(betas):
        rows = np.flatnonzero(betas == beta)
        udr[rows] = udr_scores([kept[row][0] for row in rows], [kept[row][1] for row in rows])
    ids = [model["id"] for model in models]
    rank = rank_models(udr, ids, n_selected)
    return pd.DataFrame(
        {
            "model": ids,
            "beta": betas,
            "seed": [model["seed"] for model in models],
            "udr": udr,
            "n_live": [int(live.sum()) for _, live in kept],
            "n_units": [len(live) for _, live in kept],
            "selected": rank >= 0,
            "rank": rank,
        }
    )


def read_selection(path):
    """Return the selected rows of `selection.csv`, best first."""
    table = pd.read_csv(path, dtype={"model": str})
    return table[table["selected"]].sort_values("rank").reset_index(drop=True)


def model_of_rank(selected, rank, model):
    """Return the row of the selected β-VAE of a rank.

    Parameters
    ----------
    selected : pandas.DataFrame
        From `read_selection`.
    rank : int
        0 for the best.
    model : str
        Id of the model that is made from it, for the message.

    Raises
    ------
    InputError
        If fewer β-VAEs are selected.
    """
    if rank >= len(selected):
        raise InputError(
            model,
            f"{len(selected)} selected β-VAEs",
            f"at least {rank + 1}: the model follows the selected β-VAE of rank {rank}",
            "Select more β-VAEs, or ask for fewer models of this family.",
        )
    return selected.iloc[rank]
