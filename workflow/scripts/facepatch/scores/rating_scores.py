"""Scores of human ratings: agreement on labels, and rankings of reconstructions.

Definitions in paper_spec 3.7 (labels, Fig S4) and 3.8 (rankings, Fig S5).
"""

import numpy as np
import pandas as pd

from facepatch.tables.statistics import cliffs_delta, rank_tests

__all__ = ["label_entropy", "label_tables", "ranking_tables"]

LABEL_COUNT_COLUMNS = ("latent", "label", "count", "share", "simulated")
AGREEMENT_COLUMNS = (
    *("latent", "n_raters", "entropy", "max_entropy", "max_agreement", "top_label"),
    *("n_labels", "simulated"),
)
SCORE_COLUMNS = ("stimulus", "model", "mean_score", "n_raters", "simulated")
TEST_COLUMNS = (
    *("stimulus", "group_a", "group_b", "test", "alternative", "n_a", "n_b", "statistic", "p"),
    *("difference_of_medians", "cliffs_delta", "median_a", "median_b", "simulated", "note"),
)


def label_entropy(counts):
    """Return the entropy in nats of label counts; 0 if all agree, ln k if k are even.

    Parameters
    ----------
    counts : array of shape (..., n_labels)

    Returns
    -------
    float array of shape (...)
    """
    share = np.asarray(counts, float)
    share = share / share.sum(axis=-1, keepdims=True)
    logs = np.log(np.where(share > 0, share, 1))
    return -(share * logs).sum(axis=-1) + 0.0


def label_tables(latent, label, simulated):
    """Return how often each latent got each label, and how far the raters agree.

    Parameters
    ----------
    latent, label : arrays of str, shape (n_rows,)
        One row per participant and latent.
    simulated : bool
        Whether the raters are simulated; written into every row.

    Returns
    -------
    counts : DataFrame
        `LABEL_COUNT_COLUMNS`; every latent with every label that was used at all.
    agreement : DataFrame
        `AGREEMENT_COLUMNS`; entropy in nats, its maximum ln(n_labels), the largest share.
    """
    if not len(latent):
        return pd.DataFrame(columns=LABEL_COUNT_COLUMNS), pd.DataFrame(columns=AGREEMENT_COLUMNS)
    latents, row = _in_order_of_appearance(latent)
    labels, column = np.unique(label, return_inverse=True)
    table = np.zeros((len(latents), len(labels)), int)
    np.add.at(table, (row, column), 1)
    total = table.sum(axis=1)
    counts = pd.DataFrame(
        {
            "latent": np.repeat(latents, len(labels)),
            "label": np.tile(labels, len(latents)),
            "count": table.ravel(),
            "share": (table / total[:, None]).ravel(),
            "simulated": simulated,
        }
    )
    agreement = pd.DataFrame(
        {
            "latent": latents,
            "n_raters": total,
            "entropy": label_entropy(table),
            "max_entropy": np.log(len(labels)),
            "max_agreement": table.max(axis=1) / total,
            "top_label": labels[table.argmax(axis=1)],
            "n_labels": len(labels),
            "simulated": simulated,
        }
    )
    return counts, agreement


def _in_order_of_appearance(values):
    distinct, first, place = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return distinct[order], np.argsort(order)[place]


def ranking_tables(participant, stimulus, model, rank, simulated):
    """Return mean scores of the models for each stimulus, and the tests between them.

    A rank becomes a score from +1 (best) over 0 to -1 (worst), evenly spaced.

    Parameters
    ----------
    participant, stimulus, model : arrays of str, shape (n_rows,)
        Each participant who saw a stimulus ranked all models.
    rank : float array of shape (n_rows,)
        1 is best.
    simulated : bool

    Returns
    -------
    scores : DataFrame
        `SCORE_COLUMNS`.
    tests : DataFrame
        `TEST_COLUMNS`: per stimulus Friedman's test (groups "all"), then for each pair of
        models Nemenyi's test and, as a check, Conover's. Effects are of scores, group a
        minus group b; `statistic` is chi-square, or Nemenyi's q.
    """
    models, column = _in_order_of_appearance(model)
    stimuli, group = _in_order_of_appearance(stimulus)
    scores, tests = [], []
    for number, name in enumerate(stimuli):
        here = np.flatnonzero(group == number)
        rater = np.unique(participant[here], return_inverse=True)[1]
        ranks = np.zeros((rater.max() + 1, len(models)))
        ranks[rater, column[here]] = rank[here]
        value = (len(models) + 1 - 2 * ranks) / max(len(models) - 1, 1)
        for place, one in enumerate(models):
            scores.append((name, one, value[:, place].mean(), len(ranks), simulated))
        common = {"stimulus": name, "alternative": "two-sided", "simulated": simulated}
        common |= {"n_a": len(ranks), "n_b": len(ranks)}
        tests += [common | row for row in _tests(models, ranks, value)]
    return pd.DataFrame(scores, columns=SCORE_COLUMNS), pd.DataFrame(tests, columns=TEST_COLUMNS)


def _tests(models, ranks, value):
    result = rank_tests(ranks)
    whole = {"group_a": "all", "group_b": "all", "test": "Friedman"}
    yield whole | {"statistic": result.statistic, "p": result.p, "note": result.note}
    n_raters, n_models = ranks.shape
    median = np.median(value, axis=0)
    spread = np.sqrt(n_models * (n_models + 1) / (6 * n_raters))
    for a in range(n_models):
        for b in range(a + 1, n_models):
            pair = {
                "group_a": models[a],
                "group_b": models[b],
                "difference_of_medians": median[a] - median[b],
                "cliffs_delta": cliffs_delta(value[:, a], value[:, b]),
                "median_a": median[a],
                "median_b": median[b],
                "note": result.note,
            }
            q = abs(ranks[:, a].mean() - ranks[:, b].mean()) / spread
            q = np.nan if result.note else q
            yield pair | {"test": "Nemenyi", "statistic": q, "p": result.nemenyi[a, b]}
            yield pair | {"test": "Conover", "statistic": np.nan, "p": result.conover[a, b]}
