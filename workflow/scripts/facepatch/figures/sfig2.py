"""Supplementary Fig. 2: one-to-one correlations on the few held-out faces."""

import numpy as np
import pandas as pd

from facepatch.figures import panels, tables
from facepatch.figures.context import MARKS, finish
from facepatch.figures.family_panels import FamilyPanel, draw_family_panel
from facepatch.figures.style import COLOURS, DOUBLE_COLUMN, family_order, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("correlation", "models", "statistics")
PANELS = ("sfig2a", "sfig2b", "sfig2c")

# The paper's families; its references of this project would weigh the pool differently.
_NOT_POOLED = ("beta_vae_rotated", "factors", "external")
_HELDOUT = {"split": "heldout"}
_SPECS = (
    FamilyPanel(
        *("sfig2", "b", "correlation", "correlation_ratio", "Average correlation ratio"),
        where=_HELDOUT,
        limits=(0, None),
        missing="No held-out faces in this run",
    ),
    FamilyPanel(
        *("sfig2", "c", "correlation", "unit_proportion", "Average unit proportion"),
        where=_HELDOUT,
        limits=(0, 1.02),
        missing="No held-out faces in this run",
    ),
)


def _draw_spread(axes, correlation, statistics, context):
    panels.letter(axes, "a")
    columns = ["family", "model", "split", "sd_abs_r"]
    if not tables.present(correlation):
        panels.no_data(axes, "No correlations\nin this run")
        return pd.DataFrame(columns=columns)
    rows = correlation[~correlation["family"].isin(_NOT_POOLED) & correlation["sd_abs_r"].notna()]
    names = {"test": f"{context.n_images:,}", "heldout": f"{context.n_heldout:,}"}
    families = family_order(rows["family"])
    offsets = dict(zip(families, np.linspace(-0.33, 0.33, len(families)), strict=True))
    drawn = []
    for position, split in enumerate(names):
        values = rows[rows["split"] == split]
        if not len(values):
            continue
        panels.box(axes, values["sd_abs_r"], position, "0.85", width=0.8, points="none")
        axes.scatter(
            position + values["family"].map(offsets),
            values["sd_abs_r"],
            s=2.5,
            c=[COLOURS[family] for family in values["family"]],
            linewidths=0,
            zorder=3,
        )
        drawn.append(values[columns])
    row = tables.comparison(statistics, "sfig2", "a", "all:test", "all:heldout")
    panels.bracket(axes, 0, 1, tables.stars(row))
    axes.set_xticks(range(2), [f"{count} faces" for count in names.values()])
    axes.set_xlim(-0.6, 1.6)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("SD of |r| over units and neurons")
    n_models = rows["model"].nunique()
    axes.set_xlabel(f"n = {n_models} models")
    return pd.concat(drawn, ignore_index=True) if drawn else pd.DataFrame(columns=columns)


@print_style
def draw(inputs, context):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        The tables named in `TABLES`.
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`.
    """
    figure = new_figure(DOUBLE_COLUMN, 78)
    first, *others = figure.subplots(1, 3, width_ratios=[0.45, 1, 1])
    pooled = tables.selected_models(inputs["correlation"], inputs["models"])
    source = {"sfig2a": _draw_spread(first, pooled, inputs["statistics"], context)}
    for axes, spec in zip(others, _SPECS, strict=True):
        source[spec.figure + spec.panel] = draw_family_panel(axes, spec, inputs, context)
    finish(
        figure,
        f"{context.data_sentence(images='both')} a: all families of the paper pooled; colours as "
        "in b. b, c: held-out faces, n of models in brackets, marks against β-VAE. Two-sided "
        f"Welch t-tests, Holm-corrected within a panel: {MARKS}.",
    )
    return figure, source
