"""Would a shorter schedule do? UDR, live units and alignment along the training."""

import numpy as np
import pandas as pd
from matplotlib.ticker import EngFormatter

from facepatch.figures import panels, tables
from facepatch.figures.context import finish
from facepatch.figures.style import DOUBLE_COLUMN, GRADIENT, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("convergence",)
PANELS = ("convergence_a", "convergence_b", "convergence_c")

_SCORES = (("udr", "UDR"), ("n_live", "Live units"), ("alignment", "Alignment"))


def _draw_score(axes, table, column, label):
    betas = np.sort(table["beta"].unique())
    shades = GRADIENT(np.linspace(0, 1, len(betas)))
    known = table.dropna(subset=[column])
    for beta, shade in zip(betas, shades, strict=True):
        rows = known[known["beta"] == beta]
        mean = rows.groupby("step")[column].mean()
        axes.plot(mean.index, mean, color=shade, label=f"β = {beta:g}")
        axes.plot(
            *(rows["step"], rows[column]),
            linestyle="none",
            marker="o",
            markersize=2.2,
            markerfacecolor=shade,
            markeredgewidth=0,
            clip_on=False,
        )
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.set_xlabel("Step")
    axes.set_ylabel(label)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    return known[["model", "beta", "seed", "step", "fraction", column]].reset_index(drop=True)


@print_style
def draw(inputs, context):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        `convergence`: model, beta, seed, fraction (of the schedule), step, udr, n_live,
        alignment.
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`.
    """
    table = inputs["convergence"]
    figure = new_figure(DOUBLE_COLUMN, 62)
    source = {}
    for panel, axes, (column, label) in zip(PANELS, figure.subplots(1, 3), _SCORES, strict=True):
        panels.letter(axes, panel[-1])
        if tables.present(table):
            source[panel] = _draw_score(axes, table, column, label)
        else:
            panels.no_data(axes, "No β-VAEs were followed\nin this run")
            columns = ["model", "beta", "seed", "step", "fraction", column]
            source[panel] = pd.DataFrame(columns=columns)
    n_models = source[PANELS[1]]["model"].nunique()
    if n_models:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=8)
    finish(
        figure,
        f"{context.data_sentence()} n = {n_models} β-VAEs at fractions of their schedule; "
        "points: models, lines: means over seeds. No test.",
    )
    return figure, source
