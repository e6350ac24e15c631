"""Supplementary Fig. 1: likelihood of seen and unseen faces, alignment on held-out faces."""

import pandas as pd

from facepatch.figures import panels, tables
from facepatch.figures.context import MARKS, finish
from facepatch.figures.family_panels import FamilyPanel, draw_family_panel
from facepatch.figures.style import COLOURS, DOUBLE_COLUMN, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("nll", "alignment", "models", "statistics")
PANELS = ("sfig1a", "sfig1b")

_FAMILIES = ("ae", "vae", "beta_vae")
_SPLITS = ("train", "test", "heldout")
_SPLIT_LABELS = {"train": "train", "test": "test", "heldout": "held-out"}
_SHADES = {"train": 0.35, "test": 0.65, "heldout": 1.0}
_ALIGNMENT = FamilyPanel(
    *("sfig1", "b", "alignment", "alignment", "Alignment, held-out faces"),
    where={"split": "heldout"},
    reference="neurons",
    band=True,
    limits=(0, 1.02),
    missing="No held-out faces in this run",
)


def _draw_nll(axes, nll, models, statistics, context):
    panels.letter(axes, "a")
    columns = ["family", "model", "split", "stimulus", "nll"]
    if not tables.present(nll):
        panels.no_data(axes, "No models that reconstruct images in this run")
        return pd.DataFrame(columns=columns)
    source, ticks, labels = [], [], []
    instances = models[models["instance"]].set_index("family")["model"]
    families = [family for family in _FAMILIES if family in instances]
    for index, family in enumerate(families):
        rows = nll[nll["model"] == instances[family]]
        splits = [split for split in _SPLITS if (rows["split"] == split).any()]
        at = {split: 4 * index + number for number, split in enumerate(splits)}
        for split in splits:
            values = rows[rows["split"] == split]
            colour = _tint(COLOURS[family], _SHADES[split])
            panels.box(axes, values["nll"], at[split], colour, width=0.75, points="outliers")
            ticks.append(at[split])
            labels.append(_SPLIT_LABELS[split])
            source.append(values[columns])
        axes.text(
            *(sum(at.values()) / len(at), -0.3, context.label(family)),
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="top",
        )
        pairs = (("train", "test", 0), ("test", "heldout", 0), ("train", "heldout", 1))
        for one, other, level in pairs:
            row = tables.comparison(
                statistics, "sfig1", "a", f"{family}:{one}", f"{family}:{other}"
            )
            if row is not None and one in at and other in at:
                ends = at[one] + 0.08, at[other] - 0.08
                panels.bracket(axes, *ends, tables.stars(row), level)
    axes.set_xticks(ticks, labels, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_ylabel("Excess NLL per pixel (nats)")
    axes.set_ylim(bottom=0)
    return pd.concat(source, ignore_index=True)


def _tint(colour, strength):
    """Mix a colour with white; `strength` 1 leaves it as it is."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(1 - strength * (1 - channel) for channel in channels)


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
    figure = new_figure(DOUBLE_COLUMN, 75)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.25])
    source = {
        "sfig1a": _draw_nll(left, inputs["nll"], inputs["models"], inputs["statistics"], context),
        "sfig1b": draw_family_panel(right, _ALIGNMENT, inputs, context),
    }
    finish(
        figure,
        f"{context.data_sentence(images='both')} a: one model per family, n = images. "
        "b: n of models in brackets; grey band: median and quartiles of neuron subsets. "
        "Two-sided Welch t-tests (b: against neuron subsets), Holm-corrected within a panel: "
        f"{MARKS}.",
    )
    return figure, source
