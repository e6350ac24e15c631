"""Fig. 2: what single latents of the best beta-VAEs stand for, shown by traversing them."""

import pandas as pd

from facepatch.figures import panels
from facepatch.figures.context import finish
from facepatch.figures.image_tiles import draw_tiles
from facepatch.figures.style import DOUBLE_COLUMN, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ()
PANELS = ("fig2a",)

_COLUMNS = ["model", "udr", "unit", "kl", "factor", "factor_r", "value"]
_LABELS = 24.0  # mm beside each block of pictures
_FRAME = 26.0  # mm above and below them: titles, ticks, footer


def _source(traversals):
    rows = [
        (model, traversals.udr[i], unit, traversals.kl[i, j], traversals.factors[i, j],
         traversals.factor_r[i, j], value)
        for i, model in enumerate(traversals.models)
        for j, unit in enumerate(traversals.units[i])
        if unit >= 0
        for value in traversals.values
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row_labels(traversals, index):
    labels = []
    for unit, kl, factor, r in zip(
        traversals.units[index],
        traversals.kl[index],
        traversals.factors[index],
        traversals.factor_r[index],
        strict=True,
    ):
        if unit >= 0:
            known = f"\n{factor.replace('_', ' ')} {r:.2f}" if factor else ""
            labels.append(f"unit {unit}, {kl:.2g} nats{known}")
    return labels


def _draw_blocks(figure, traversals):
    columns = figure.subplots(1, len(traversals.models), squeeze=False)[0]
    values = [f"{value:.1f}".replace("-", "−") for value in traversals.values]
    for index, axes in enumerate(columns):
        labels = _row_labels(traversals, index)
        draw_tiles(axes, traversals.images[index, : len(labels)], labels, values)
        axes.set_title(f"{traversals.models[index]} (UDR {traversals.udr[index]:.2f})")
        axes.set_xlabel("Value of the latent")
        axes.set_anchor("N")


@print_style
def draw(inputs, context, traversals=None):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict
        Empty: the figure needs no table.
    context : FigureContext
    traversals : facepatch.figures.network_pictures.Traversals, optional

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        One row per picture for each of `PANELS`.
    """
    if traversals is None or not len(traversals.models):
        figure = new_figure(DOUBLE_COLUMN, 40)
        panels.no_data(figure.subplots(), "No β-VAEs in this run")
        source = pd.DataFrame(columns=_COLUMNS)
    else:
        n_models, n_units, n_values = traversals.images.shape[:3]
        side = (DOUBLE_COLUMN / n_models - _LABELS) / n_values
        figure = new_figure(DOUBLE_COLUMN, side * n_units + _FRAME)
        _draw_blocks(figure, traversals)
        source = _source(traversals)
    known = (source["factor"].astype(str) != "").any()
    finish(
        figure,
        f"{context.data_sentence()} Latents by falling divergence from the prior; all others stay "
        "at the code of the face nearest to the mean code."
        + (" Names: the known factor of largest |Spearman r|." if known else "")
        + " No test.",
    )
    return figure, {"fig2a": source}
