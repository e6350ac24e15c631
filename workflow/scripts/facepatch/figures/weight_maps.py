"""Pictures of Lasso weights: which units of a model each neuron rests on."""

from pathlib import Path

import numpy as np
import pandas as pd

from facepatch.figures import panels

__all__ = ["draw_weight_map", "read_weights", "weight_shares"]

COLUMNS = ["model", "unit", "neuron", "row", "column", "share"]


def read_weights(paths, models):
    """Read the weights of the beta-VAE of highest UDR and of its rotation.

    Parameters
    ----------
    paths : sequence of path
        Encoding files; each is named after its model.
    models : DataFrame
        Table `models.csv`.

    Returns
    -------
    dict of str to (str, array)
        Family to model id and weights (units x neurons), for the families present.
    """
    files = {Path(path).stem: path for path in paths}
    shown = models[models["model"].isin(files)]
    best = shown[shown["instance"] & (shown["family"] == "beta_vae")]
    # Rotations are numbered by the rank of the beta-VAE that they turn.
    rotated = shown[shown["family"] == "beta_vae_rotated"].sort_values("model")
    weights = {}
    for rows in (best.head(1), rotated.head(1)):
        for family, model in rows[["family", "model"]].to_numpy():
            with np.load(files[model], allow_pickle=False) as file:
                weights[family] = model, file["weights"]
    return weights


def weight_shares(weights):
    """Return the weights as shares of each neuron, ordered so that an axis code shows.

    Units are ordered by the number of neurons that rest on them most, neurons by their
    main unit and then by its share.

    Parameters
    ----------
    weights : array of shape (n_units, n_neurons)
        Lasso weights.

    Returns
    -------
    shares : array of shape (n_used_units, n_explained_neurons)
        |w| over its sum for the neuron; only units and neurons with any weight.
    units, neurons : int arrays
        What the rows and columns of `shares` are in `weights`.
    """
    size = np.abs(np.asarray(weights, float))
    units, neurons = np.flatnonzero(size.any(axis=1)), np.flatnonzero(size.any(axis=0))
    shares = size[np.ix_(units, neurons)]
    if not shares.size:
        return shares, units, neurons
    shares = shares / shares.sum(axis=0)
    won = np.bincount(shares.argmax(axis=0), minlength=len(units))
    rows = np.lexsort((np.arange(len(units)), -shares.sum(axis=1), -won))
    shares, units = shares[rows], units[rows]
    columns = np.lexsort((np.arange(len(neurons)), -shares.max(axis=0), shares.argmax(axis=0)))
    return shares[:, columns], units, neurons[columns]


def draw_weight_map(axes, weights, model, title):
    """Draw the shares of one model's weights.

    Parameters
    ----------
    axes : Axes
    weights : array of shape (n_units, n_neurons), or None
    model, title : str

    Returns
    -------
    source : DataFrame
        One row per cell drawn, numbered from 0 as in the encoding file and in the picture.
    image : matplotlib image, or None
        For the colour bar.
    """
    shares, units, neurons = weight_shares(np.zeros((0, 0)) if weights is None else weights)
    if not shares.size:
        panels.no_data(axes, f"{title}:\nno weights")
        return pd.DataFrame(columns=COLUMNS), None
    image = axes.imshow(shares, aspect="auto", vmin=0, vmax=1, cmap="cividis")
    axes.set_title(title)
    axes.set_xlabel(f"Neurons (n = {len(neurons)})")
    axes.set_ylabel(f"Units (n = {len(units)})")
    axes.set_xticks([])
    axes.set_yticks([])
    row, column = np.indices(shares.shape).reshape(2, -1)
    source = pd.DataFrame(
        {
            "model": model,
            "unit": units[row],
            "neuron": neurons[column],
            "row": row,
            "column": column,
            "share": shares.ravel(),
        }
    )
    return source, image
