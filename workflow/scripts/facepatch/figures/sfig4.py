"""Supplementary Fig. 4: which label raters give to each latent, and how far they agree."""

import numpy as np
import pandas as pd

from facepatch.figures import panels, tables
from facepatch.figures.context import finish
from facepatch.figures.style import (
    COLOURS,
    DOUBLE_COLUMN,
    FONT_SIZE,
    SMALL_FONT_SIZE,
    new_figure,
    print_style,
)

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("label_counts", "label_agreement")
PANELS = ("sfig4a", "sfig4b", "sfig4c")

_ROW = 4.0  # mm per latent


def _draw_counts(figure, axes, counts):
    shares = counts.pivot(index="latent", columns="label", values="share")
    shares = shares.loc[counts["latent"].unique()]
    image = axes.imshow(shares, aspect="auto", vmin=0, vmax=1, cmap="cividis")
    axes.set_yticks(range(len(shares)), shares.index)
    names = [label.replace("_", " ") for label in shares.columns]
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.tick_params(length=0)
    axes.set_ylabel("Latent")
    bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=15, ticks=[0, 0.5, 1])
    bar.set_label("Share of raters", fontsize=SMALL_FONT_SIZE)
    bar.outline.set_linewidth(0.6)


def _draw_bars(axes, values, limit, label):
    rows = np.arange(len(values))
    axes.barh(rows, values, height=0.7, color=COLOURS["beta_vae"])
    axes.set_ylim(len(values) - 0.5, -0.5)
    axes.set_yticks(rows, [""] * len(rows))
    axes.set_xlim(0, 1.05 * limit)
    axes.tick_params(axis="y", length=0)
    axes.axvline(limit, color="0.3", lw=0.6, ls=(0, (4, 2)))
    axes.set_xlabel(label)


@print_style
def draw(inputs, context):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        `label_counts` (latent, label, count, share, simulated) and `label_agreement`
        (latent, n_raters, entropy, max_entropy, max_agreement, n_labels, simulated).
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`.
    """
    counts, agreement = inputs["label_counts"], inputs["label_agreement"]
    if not (tables.present(counts) and tables.present(agreement)):
        figure = new_figure(DOUBLE_COLUMN, 40)
        panels.no_data(figure.subplots(), "Nobody labelled latents in this run")
        finish(figure, f"{context.data_sentence()} No ratings, and nothing to simulate them from.")
        columns = (["latent", "label", "count", "share"], ["latent", "entropy", "max_entropy"],
                   ["latent", "max_agreement"])  # fmt: skip
        return figure, {
            panel: pd.DataFrame(columns=names) for panel, names in zip(PANELS, columns, strict=True)
        }
    figure = new_figure(DOUBLE_COLUMN, max(60, 40 + _ROW * len(agreement)))
    a, b, c = figure.subplots(1, 3, width_ratios=[3, 1, 1])
    for axes, name in zip((a, b, c), "abc", strict=True):
        panels.letter(axes, name)
    _draw_counts(figure, a, counts)
    limit = float(agreement["max_entropy"].iloc[0])
    _draw_bars(b, agreement["entropy"], limit, "Entropy (nats)")
    _draw_bars(c, 100 * agreement["max_agreement"], 100, "Most frequent (%)")
    simulated = bool(agreement["simulated"].iloc[0])
    raters = f"{agreement['n_raters'].max():,} {'simulated ' if simulated else ''}raters"
    if simulated:
        figure.suptitle("Simulated raters, not people", fontsize=FONT_SIZE)
    warning = (
        " Each picks a known factor in proportion to the variance it shares with the latent."
        if simulated
        else ""
    )
    finish(
        figure,
        f"{context.data_sentence()} The β-VAE of highest UDR; n = {raters} per latent, "
        f"{agreement['n_labels'].iloc[0]} labels.{warning} Dashed: largest possible value. "
        "No test.",
    )
    return figure, {
        "sfig4a": counts[["latent", "label", "count", "share"]],
        "sfig4b": agreement[["latent", "entropy", "max_entropy"]],
        "sfig4c": agreement[["latent", "max_agreement"]],
    }
