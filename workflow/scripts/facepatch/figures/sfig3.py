"""Supplementary Fig. 3: one unit of a beta-VAE against a whole active appearance model."""

import pandas as pd

from facepatch.figures import panels, tables
from facepatch.figures.context import finish
from facepatch.figures.style import COLOURS, DOUBLE_COLUMN, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("single_unit_ratios",)
PANELS = ("sfig3a",)

_COLUMNS = ["neuron", "model", "ratio", "reference"]


def _draw_boxes(axes, ratios):
    medians = ratios.groupby("neuron")["ratio"].median()
    order = medians.sort_values(ascending=False, kind="stable").index
    values = dict(list(ratios.groupby("neuron")["ratio"]))
    for position, neuron in enumerate(order):
        panels.box(
            *(axes, values[neuron], position, COLOURS["beta_vae"]),
            width=0.7,
            points="outliers",
            size=1.2,
        )
    for limit in (0.5, 1.0):
        axes.axhline(limit, color="0.3", lw=0.6, ls=(0, (4, 2)), zorder=0)
    above = (medians > 0.5).mean()
    axes.set_title(
        f"median above 0.5 for {100 * above:.0f} % of {len(medians)} neurons", loc="right"
    )
    axes.set_xlim(-1, len(order))
    axes.set_ylim(bottom=0)
    axes.set_xticks([])
    axes.set_xlabel(f"Neurons by falling median (n = {len(order)})")
    reference = ratios["reference"].iloc[0]
    axes.set_ylabel(f"Best single unit over {reference}")


@print_style
def draw(inputs, context):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        `single_unit_ratios`: what `facepatch.scores.variance.single_unit_ratios` returns.
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`.
    """
    figure = new_figure(DOUBLE_COLUMN, 70)
    axes = figure.subplots()
    ratios = inputs["single_unit_ratios"]
    if tables.present(ratios):
        _draw_boxes(axes, ratios)
        source = ratios[_COLUMNS].reset_index(drop=True)
    else:
        panels.no_data(axes, "No AAM or no β-VAE in this run")
        source = pd.DataFrame(columns=_COLUMNS)
    n_models = source["model"].nunique()
    finish(
        figure,
        f"{context.data_sentence()} Variance explained by the best single unit of each of "
        f"{n_models} β-VAEs over that of the active appearance model; neurons of which the model "
        "explains more than 1 %. Lines: 0.5 and 1. No test.",
    )
    return figure, {"sfig3a": source}
