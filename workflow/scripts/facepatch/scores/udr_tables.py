"""UDR beside alignment over the β-VAE sweep (paper_spec 3.4, Figs 3d and 3e)."""

from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from facepatch.seeds import generator

__all__ = ["running_correlation", "udr_table"]

N_SUBSETS = 100


def udr_table(models, alignment):
    """Return UDR and alignment of every trained β-VAE, selected or not.

    Parameters
    ----------
    models, alignment : DataFrame
        `models.csv` and `alignment.csv`.

    Returns
    -------
    DataFrame
        model, beta, seed, udr, alignment (main images), n_live, then alignment_live and
        selected.
    """
    columns = ["model", "beta", "seed", "udr", "alignment", "n_live", "alignment_live", "selected"]
    sweep = models[models["family"] == "beta_vae"]
    if not len(sweep):
        return pd.DataFrame(columns=columns)
    scores = alignment[alignment["split"] == "test"]
    scores = scores[["model", "alignment", "alignment_live"]]
    return sweep.merge(scores, on="model", how="left", validate="one_to_one")[columns]


def _subsets(n_betas, size, rng):
    """Return the subsets as a 0/1 array (n_subsets, n_betas): all, or a random hundred."""
    if comb(n_betas, size) <= max(N_SUBSETS, n_betas):
        chosen = np.array(list(combinations(range(n_betas), size)))
    else:
        chosen = rng.permuted(np.tile(np.arange(n_betas), (N_SUBSETS, 1)), axis=1)[:, :size]
    member = np.zeros((len(chosen), n_betas))
    np.put_along_axis(member, chosen, 1, axis=1)
    return member


def running_correlation(table, seed):
    """Return how the correlation of UDR and alignment grows with the betas it spans.

    For each number k of beta values, Pearson's r over the models of k betas; for k = 1 the
    mean over all betas, for all betas one number, in between 100 random subsets (all
    subsets where there are no more).

    Parameters
    ----------
    table : DataFrame
        Of `udr_table`; models with an undefined value are left out.
    seed : int
        The run's seed.

    Returns
    -------
    DataFrame
        n_betas, mean, sd (over subsets; 0 for one), n_subsets (with a defined r).
    """
    known = table.astype({"udr": float, "alignment": float}).dropna(subset=["udr", "alignment"])
    betas, group = np.unique(known["beta"].to_numpy(float), return_inverse=True)
    x = known["udr"].to_numpy(float) - known["udr"].mean()
    y = known["alignment"].to_numpy(float) - known["alignment"].mean()
    terms = np.column_stack([np.ones(len(x)), x, y, x * x, y * y, x * y])
    sums = np.zeros((len(betas), 6))
    np.add.at(sums, group, terms)
    rows = []
    for size in range(1, len(betas) + 1):
        member = _subsets(len(betas), size, generator(seed, "running correlation", size))
        n, sx, sy, sxx, syy, sxy = (member @ sums).T
        spread = np.clip(sxx - sx**2 / n, 0, None), np.clip(syy - sy**2 / n, 0, None)
        # Two models always lie on a line, and equal values have no correlation.
        defined = (n > 2) & (spread[0] > 1e-12 * sums[:, 3].sum())
        defined &= spread[1] > 1e-12 * sums[:, 4].sum()
        r = (sxy - sx * sy / n)[defined] / np.sqrt(spread[0] * spread[1])[defined]
        summary = (r.mean(), r.std(ddof=1) if len(r) > 1 else 0.0) if len(r) else (np.nan, np.nan)
        rows.append((size, *summary, len(r)))
    return pd.DataFrame(rows, columns=["n_betas", "mean", "sd", "n_subsets"])
