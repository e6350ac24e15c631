"""Fig. 6: variance explained, neurons from units, units from neurons, and one unit alone."""

import numpy as np
import pandas as pd

from facepatch.figures import panels, tables
from facepatch.figures.context import MARKS, finish
from facepatch.figures.family_panels import FamilyPanel, draw_family_panel
from facepatch.figures.style import (
    COLOURS,
    DOUBLE_COLUMN,
    SMALL_FONT_SIZE,
    family_order,
    new_figure,
    print_style,
)

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = (
    *("variance_explained", "variance_explained_per_neuron", "single_unit_ratios"),
    *("models", "statistics"),
)
PANELS = ("fig6a", "fig6b", "fig6c", "fig6d")

_SPECS = tuple(
    FamilyPanel(
        *("fig6", panel, "variance_explained", "median", f"Median variance explained\n{what}"),
        where={"direction": direction},
        limits=(0, None),
    )
    for panel, direction, what in (
        ("a", "encoding", "of neurons by all units"),
        ("b", "decoding", "of units by all neurons"),
    )
)
# The two accounts of the neurons that the paper sets against each other, and the control.
_SCATTERED = ("aam", "beta_vae_rotated", "beta_vae")


def _draw_single_units(axes, per_neuron, context):
    panels.letter(axes, "c")
    columns = ["family", "neuron", "encoding", "best_single_unit"]
    medians = pd.DataFrame(columns=columns)
    if tables.present(per_neuron):
        rows = per_neuron[per_neuron["family"].isin(_SCATTERED)]
        groups = rows.groupby(["family", "neuron"], sort=True)[columns[2:]]
        medians = groups.median().dropna().reset_index()
    if not len(medians):
        panels.no_data(axes, "No β-VAE or AAM in this run")
        return medians
    families = family_order(medians["family"])
    top = 1.05 * medians[columns[2:]].to_numpy().max() or 1
    axes.plot([0, top], [0, top], color="0.6", lw=0.6, zorder=0)
    for family in reversed(families):
        points = medians[medians["family"] == family]
        axes.plot(
            *(points["encoding"], points["best_single_unit"]),
            linestyle="none",
            marker={"aam": "s", "beta_vae_rotated": "^"}.get(family, "o"),
            markersize=2.2,
            markerfacecolor=COLOURS[family],
            markeredgewidth=0,
            alpha=0.8,
            label=f"{context.label(family)} ({len(points)})",
        )
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
    axes.set_xlabel("Variance explained by all units")
    axes.set_ylabel("by the best single unit")
    axes.legend(loc="upper left", handletextpad=0.2, borderaxespad=0.2)
    return medians[columns]


def _draw_ratios(axes, ratios):
    panels.letter(axes, "d")
    columns = ["neuron", "ratio", "share_above"]
    if not tables.present(ratios):
        panels.no_data(axes, "No AAM in this run")
        return pd.DataFrame(columns=columns)
    medians = ratios.groupby("neuron")["ratio"].median().sort_values().reset_index()
    n_neurons = len(medians)
    medians["share_above"] = 1 - (np.arange(n_neurons) + 1) / n_neurons
    x = np.concatenate([[0], medians["ratio"]])
    y = np.concatenate([[1], medians["share_above"]])
    axes.step(x, y, where="post", color=COLOURS["beta_vae"])
    for limit in (0.5, 1):
        share = float((medians["ratio"] > limit).mean())
        axes.axvline(limit, color="0.6", lw=0.6, zorder=0)
        axes.text(
            *(limit, 1.0, f"> {limit:g}: {100 * share:.0f} %"),
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=SMALL_FONT_SIZE,
        )
    axes.set_xlim(0, max(1.2, 1.05 * medians["ratio"].max()))
    axes.set_ylim(0, 1.0)
    reference = ratios["reference"].iloc[0]
    axes.set_xlabel(f"Best single β-VAE unit over {reference}")
    axes.set_ylabel(f"Share of neurons (n = {n_neurons})")
    return medians[columns]


@print_style
def draw(inputs, context):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        The tables named in `TABLES`; `single_unit_ratios` is what
        `facepatch.scores.variance.single_unit_ratios` returns.
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`.
    """
    figure = new_figure(DOUBLE_COLUMN, 128)
    rows = figure.subplots(2, 2, height_ratios=[1, 1])
    source = {
        spec.figure + spec.panel: draw_family_panel(axes, spec, inputs, context)
        for axes, spec in zip(rows[0], _SPECS, strict=True)
    }
    per_neuron = tables.selected_models(inputs["variance_explained_per_neuron"], inputs["models"])
    source["fig6c"] = _draw_single_units(rows[1, 0], per_neuron, context)
    source["fig6d"] = _draw_ratios(rows[1, 1], inputs["single_unit_ratios"])
    finish(
        figure,
        f"{context.data_sentence()} 10-fold cross-validated, not divided by the noise ceiling. "
        "a, b: n of models in brackets; marks: two-sided Welch t-tests against β-VAE, "
        f"Holm-corrected within a panel: {MARKS}. c, d: one point per neuron, median over "
        "models; d: share of neurons whose ratio exceeds the value on the axis.",
    )
    return figure, source
