"""Where a run's ratings come from: the dataset's files, else simulated raters."""

import numpy as np

from facepatch.datasets.ratings import read_labels, read_rankings
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.models.embedding import Embedding
from facepatch.seeds import generator
from facepatch.simulation.raters import simulated_labels, simulated_rankings
from facepatch.tables.records import read_tables

__all__ = ["label_rows", "ranking_rows"]

_NOBODY = np.array([], str)


def _given(inputs, name):
    return getattr(inputs, name, None) or None


def label_rows(inputs, params):
    """Return labels of latents, and whether they are simulated.

    Parameters
    ----------
    inputs, params : objects
        Of the script `tabulate_ratings`, which names their attributes.

    Returns
    -------
    rows : (participant, latent, label), arrays of str
        Empty without the file and without a β-VAE and factors to simulate from.
    simulated : bool
    """
    if _given(inputs, "labels"):
        return read_labels(inputs.labels), False
    empty = (_NOBODY,) * 3
    if not (_given(inputs, "stimuli") and _given(inputs, "embeddings")):
        return empty, True
    models = read_tables(inputs, ["models"])["models"]
    shown = set(models.loc[models["instance"] & (models["family"] == "beta_vae"), "model"])
    stimuli = read_stimulus_table(inputs.stimuli)
    if not shown or not stimuli.factors:
        return empty, True
    files = zip(params.models, inputs.embeddings, strict=True)
    path = next(path for record, path in files if record["id"] in shown)
    embedding = Embedding.load(path)
    place = {stimulus: row for row, stimulus in enumerate(stimuli.ids)}
    rows = [place[stimulus] for stimulus in embedding.test_ids]
    return simulated_labels(
        embedding.test[:, embedding.live],
        embedding.units[embedding.live],
        stimuli.factor_matrix()[rows],
        list(stimuli.factors),
        params.n_raters,
        generator(params.seed, "simulated labels"),
    ), True


def ranking_rows(inputs, params):
    """Return rankings of reconstructions, and whether they are simulated.

    Parameters
    ----------
    inputs, params : objects
        Of the script `tabulate_ratings`.

    Returns
    -------
    rows : (participant, stimulus, model, rank)
        Models are the families whose reconstructions were ranked. Empty without the file
        and without reconstructions of at least two families.
    simulated : bool
    """
    if _given(inputs, "rankings"):
        return read_rankings(inputs.rankings), False
    distances = read_tables(inputs, ["reconstructions"]).get("reconstructions")
    if distances is None or distances["family"].nunique() < 2:
        return (_NOBODY,) * 4, True
    table = distances.pivot(index="stimulus", columns="family", values="distance")
    shown = distances["stimulus"].unique()[: params.n_faces]
    families = distances["family"].unique()
    rng = generator(params.seed, "simulated rankings")
    values = table.loc[shown, families].to_numpy(float)
    return simulated_rankings(shown, families, values, params.n_raters, rng), True
