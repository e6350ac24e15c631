"""The tables of a run: how records of models become rows, and which rows are compared."""

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from facepatch.catalog import FAMILIES

__all__ = [
    "MODEL_COLUMNS",
    "alignment_rows",
    "artificial_rows",
    "compared",
    "heldout_recipe_rows",
    "models_table",
    "nll_rows",
    "read_tables",
]

MODEL_COLUMNS = ("family", "model", "seed", "n_units", "n_live", "selected")
# Families that reconstruct images: one model of each stands for it in the pictures.
_RECONSTRUCTING = ("beta_vae", "vae", "ae")
_NOT_HYPERPARAMETERS = ("family", "id", "seed", "replicate", "file")
# Ids are text even where they look like numbers (007) or like nothing (NA).
_TEXT = dict.fromkeys(
    ("model", "stimulus", "neuron", "latent", "group_a", "group_b", "label", "item"), str
)
_ALIGNMENT_SCORES = ("alignment", "alignment_live", "explained_neurons", "unexplained_fraction")


def read_tables(inputs, names):
    """Read those CSV tables that a script was given.

    Parameters
    ----------
    inputs : object
        `snakemake.input`: a table that the run does not have is absent or empty there.
    names : sequence of str
        Names of the inputs.

    Returns
    -------
    dict of str to DataFrame
        Only the tables that are there.
    """
    paths = {name: getattr(inputs, name, None) for name in names}
    return {
        name: pd.read_csv(str(path), dtype=_TEXT, keep_default_na=False, na_values=[""])
        for name, path in paths.items()
        if path
    }


def _in_order(frame):
    """Sort rows by family as in the figures; models keep the order they came in."""
    rank = frame["family"].map({family: place for place, family in enumerate(FAMILIES)})
    return frame.iloc[np.argsort(rank.to_numpy(), kind="stable")].reset_index(drop=True)


def models_table(records, embeddings, selection=None):
    """Return one row per model: sizes, hyper-parameters, UDR, and its part in the study.

    Parameters
    ----------
    records : sequence of dict
        `catalog.Model.record` of each model: `family`, `id`, `replicate` (or `seed`) and
        the hyper-parameters.
    embeddings : iterable of Embedding
        In the order of `records`; read one at a time.
    selection : DataFrame, optional
        Columns `model`, `udr`, `selected` of the beta-VAEs; without it every model is
        selected and no UDR is known.

    Returns
    -------
    DataFrame
        `MODEL_COLUMNS`, the hyper-parameters, `udr`, then `instance` and `train_nll`.
        `selected` is True for the selected beta-VAEs and for **all** models of the other
        families, so that it picks the models that are compared. `instance` marks the one
        model that stands for a family that reconstructs: the beta-VAE of highest UDR, the
        AE and VAE of lowest negative log-likelihood on the training images (paper_spec
        3.5.4). Hyper-parameters that a family does not have are empty.
    """
    parameters = list(
        dict.fromkeys(k for record in records for k in record if k not in _NOT_HYPERPARAMETERS)
    )
    rows = []
    for record, embedding in zip(records, embeddings, strict=True):
        nll = embedding.nll.get("train", ())
        rows.append(
            {
                "family": record["family"],
                "model": record["id"],
                "seed": record.get("replicate", record.get("seed", 0)),
                "n_units": len(embedding.units),
                "n_live": embedding.n_live,
                "selected": True,
                **{name: record.get(name) for name in parameters},
                "udr": np.nan,
                "instance": False,
                "train_nll": float(np.mean(nll)) if len(nll) else np.nan,
            }
        )
    columns = [*MODEL_COLUMNS, *parameters, "udr", "instance", "train_nll"]
    table = _in_order(pd.DataFrame(rows, columns=columns))
    if selection is not None:
        chosen = selection.set_index("model")
        swept = table["family"] == "beta_vae"
        table.loc[swept, "udr"] = table["model"].map(chosen["udr"])[swept]
        table.loc[swept, "selected"] = table["model"].map(chosen["selected"])[swept].eq(True)
    table["instance"] = table["model"].isin(_instances(table))
    return table


def _instances(table):
    for family in _RECONSTRUCTING:
        rows = table[(table["family"] == family) & table["train_nll"].notna()]
        if family == "beta_vae" and rows["udr"].notna().any():
            yield rows.loc[rows["udr"].idxmax(), "model"]
        elif len(rows):
            yield rows.loc[rows["train_nll"].idxmin(), "model"]


def compared(table, models):
    """Keep the rows of the models that are compared: `selected` in the models table."""
    return table[table["model"].isin(models.loc[models["selected"], "model"])]


def _scores(found):
    values = {name: found.get(name) for name in _ALIGNMENT_SCORES}
    return {name: np.nan if value is None else value for name, value in values.items()}


def alignment_rows(records, scores):
    """Return the rows of `alignment.csv`.

    Parameters
    ----------
    records : sequence of dict
        As for `models_table`.
    scores : sequence of dict
        Per model: `test`, `heldout` (dicts of scores), `artificial` (list of such, first
        the fixed draw that figures show), `remix_gap`, `remix_p`. Undefined values are
        None.

    Returns
    -------
    DataFrame
        One row per model and split (`test`, `heldout`, `artificial`). The remix null
        concerns the main images: it is empty for the other splits.
    """
    rows = []
    for record, found in zip(records, scores, strict=True):
        splits = {"test": found["test"], "heldout": found.get("heldout")}
        splits["artificial"] = next(iter(found.get("artificial", ())), None)
        null = {name: found.get(name) for name in ("remix_gap", "remix_p")}
        for split, values in splits.items():
            if values is None:
                continue
            start = {"family": record["family"], "model": record["id"], "split": split}
            remix = {n: v if split == "test" and v is not None else np.nan for n, v in null.items()}
            rows.append(start | _scores(values) | remix)
    columns = ["family", "model", "split", *_ALIGNMENT_SCORES, "remix_gap", "remix_p"]
    return _in_order(pd.DataFrame(rows, columns=columns))


def artificial_rows(records, scores):
    """Return every artificial draw's scores, one row per model and draw (0 is the fixed one)."""
    rows = [
        {"family": record["family"], "model": record["id"], "draw": draw} | _scores(values)
        for record, found in zip(records, scores, strict=True)
        for draw, values in enumerate(found.get("artificial", ()))
    ]
    columns = ["family", "model", "draw", *_ALIGNMENT_SCORES]
    return _in_order(pd.DataFrame(rows, columns=columns))


def heldout_recipe_rows(records, scores):
    """Return both scores of the held-out images: `recipe` is `heldout`, or `main`.

    The recipe for few images fits and scores the same ones; the main recipe repeated on them
    holds a part of them back (paper_spec 3.1.2).
    """
    keys = {"heldout": "heldout", "main": "heldout_main_recipe"}
    rows = [
        {"family": record["family"], "model": record["id"], "recipe": recipe} | _scores(found[key])
        for record, found in zip(records, scores, strict=True)
        for recipe, key in keys.items()
        if found.get(key) is not None
    ]
    columns = ["family", "model", "recipe", *_ALIGNMENT_SCORES]
    return _in_order(pd.DataFrame(rows, columns=columns))


def nll_rows(records, embeddings):
    """Return the negative log-likelihood of every image under every model that has one.

    Parameters
    ----------
    records : sequence of dict
    embeddings : iterable of Embedding
        `nll` per split in nats per pixel; the training images are the mirrored main
        images and carry their ids.

    Returns
    -------
    DataFrame
        Columns family, model, split, stimulus, nll; texts as categories.
    """
    texts = {name: [] for name in ("family", "model", "split", "stimulus")}
    values, kept = [np.array([], float)], {}
    for record, embedding in zip(records, embeddings, strict=True):
        for split in ("train", "test", "heldout"):
            if split not in embedding.nll:
                continue
            ids = embedding.heldout_ids if split == "heldout" else embedding.test_ids
            # All models of a run name the same images: one copy of the ids serves them all.
            stimuli = kept.setdefault(tuple(ids), pd.Categorical(ids))
            for name, text in (("family", record["family"]), ("model", record["id"])):
                texts[name].append(pd.Categorical([text]).repeat(len(ids)))
            texts["split"].append(pd.Categorical([split]).repeat(len(ids)))
            texts["stimulus"].append(stimuli)
            values.append(np.asarray(embedding.nll[split], float))
    columns = {
        name: union_categoricals(parts) if parts else pd.Categorical([])
        for name, parts in texts.items()
    }
    return pd.DataFrame(columns | {"nll": np.concatenate(values)})
