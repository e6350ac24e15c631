"""Would a shorter schedule do? UDR, live units and alignment on the way through a training."""

import pandas as pd

from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, split_rows
from facepatch.scores.udr import udr_scores
from facepatch.seeds import generator

__all__ = ["convergence_table"]

COLUMNS = ["model", "beta", "seed", "fraction", "step", "udr", "n_live", "alignment"]


def convergence_table(models, stages, load, responses, *, train_fraction, seed, **grid):
    """Score beta-VAEs at fractions of their schedule as they are scored at its end.

    Parameters
    ----------
    models : list of dict
        Records with `id`, `beta`, `seed` and `steps`, those of the whole schedule.
    stages : dict of float to list of path
        Embedding files by fraction of the schedule, in the order of `models`; 1.0 is the end.
    load : callable
        Reads an `Embedding` from a path.
    responses : Responses, or None
        Without recordings there is no alignment.
    train_fraction, seed, **grid
        As for `batches.fit_encodings`, so that the split and the penalties are the same.

    Returns
    -------
    table : DataFrame
        ``model, beta, seed, fraction, step, udr, n_live, alignment``, in the order of the stages.
    """
    rows = []
    for fraction, paths in sorted(stages.items()):
        embeddings = [load(path) for path in paths]
        udr = _udr(models, embeddings)
        for model, embedding, score in zip(models, embeddings, udr, strict=True):
            rows.append(
                {
                    **{"model": model["id"], "beta": model["beta"], "seed": model["seed"]},
                    **{"fraction": fraction, "step": round(fraction * model["steps"])},
                    "udr": score,
                    "n_live": embedding.n_live,
                    "alignment": _alignment(embedding, responses, train_fraction, seed, grid),
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _udr(models, embeddings):
    """Return the UDR of each model among the models of its beta."""
    scores = [float("nan")] * len(models)
    for beta in sorted({model["beta"] for model in models}):
        members = [k for k, model in enumerate(models) if model["beta"] == beta]
        values = [embeddings[k].test for k in members]
        live = [embeddings[k].live for k in members]
        for k, score in zip(members, udr_scores(values, live), strict=True):
            scores[k] = float(score)
    return scores


def _alignment(embedding, responses, train_fraction, seed, grid):
    if responses is None:
        return float("nan")
    rows = split_rows(len(responses.test), train_fraction, generator(seed, "encoding split"))
    fit = encode(embedding.values("test"), responses.test, *rows, **grid)
    return alignment_score(fit.weights, fit.r2, live=embedding.live).alignment
