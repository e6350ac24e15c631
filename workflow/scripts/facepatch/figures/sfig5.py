"""Supplementary Fig. 5: how raters rank the reconstructions of each held-out face."""

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from facepatch.figures import panels, tables
from facepatch.figures.context import finish
from facepatch.figures.style import COLOURS, DOUBLE_COLUMN, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("ranking_scores", "statistics")
PANELS = ("sfig5a",)

_COLUMNS = ["image", "stimulus", "model", "mean_score", "friedman_p", "p", "p_holm"]
_PER_ROW = 19
_REFERENCE = "beta_vae"


def _family(model):
    """Return the family whose colour a ranked model takes; its id starts with it."""
    name = model.split("-")[0]
    return name if name in COLOURS else "external"


def _with_tests(scores, statistics):
    """Add to each score the p values of its model against beta-VAE on the same image."""
    table = scores.copy()
    order = {stimulus: number for number, stimulus in enumerate(table["stimulus"].unique(), 1)}
    table["image"] = table["stimulus"].map(order)
    table["friedman_p"] = table["p"] = table["p_holm"] = np.nan
    if not tables.present(statistics):
        return table[_COLUMNS]
    tests = statistics[statistics["figure"] == "sfig5"]
    whole = tests[tests["test"] == "Friedman"].set_index("item")["p"]
    table["friedman_p"] = table["stimulus"].map(whole)
    tests = tests[tests["test"] == "Nemenyi"]
    for one, other in (("group_a", "group_b"), ("group_b", "group_a")):
        against = tests[tests[one].map(_family) == _REFERENCE]
        for p in ("p", "p_holm"):
            found = dict(zip(zip(against["item"], against[other], strict=True), against[p],
                             strict=True))  # fmt: skip
            keys = zip(table["stimulus"], table["model"], strict=True)
            table[p] = table[p].fillna(pd.Series([found.get(key) for key in keys], dtype=float))
    return table[_COLUMNS]


def _draw_row(axes, table, models, n_faces):
    width = 0.8 / len(models)
    for place, model in enumerate(models):
        rows = table[table["model"] == model]
        x = rows["image"] + (place - (len(models) - 1) / 2) * width
        colour = COLOURS[_family(model)]
        axes.bar(x, rows["mean_score"], width, color=colour, edgecolor="white", linewidth=0.2)
        overall = rows["friedman_p"] < 0.05  # pairs count only where the models differ at all
        firm = (overall & (rows["p_holm"] < 0.05)).to_numpy()
        raw = (overall & (rows["p"] < 0.05)).to_numpy() & ~firm
        for chosen, face in ((firm, colour), (raw, "white")):
            if not chosen.any():  # an empty line outside the axes would upset the layout
                continue
            axes.plot(
                x[chosen],
                np.full(chosen.sum(), 1.06),
                linestyle="none",
                marker="*",
                markersize=4.5,
                markerfacecolor=face,
                markeredgecolor=colour,
                markeredgewidth=0.5,
                transform=axes.get_xaxis_transform(),
                clip_on=False,
            )
    first = int(table["image"].min())
    axes.axhline(0, color="0.3", lw=0.6)
    n_columns = _PER_ROW if n_faces > _PER_ROW else n_faces
    axes.set_xlim(first - 0.6, first + n_columns - 0.4)
    axes.set_xticks(sorted(table["image"].unique()))
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(-1, 1)
    axes.set_ylabel("Mean score")


def _draw_bars(figure, table, context, title):
    models = list(dict.fromkeys(table["model"]))
    models.sort(key=lambda model: (list(COLOURS).index(_family(model)), model))
    n_rows = -(-int(table["image"].max()) // _PER_ROW)
    for row, axes in enumerate(figure.subplots(n_rows, 1, squeeze=False)[:, 0]):
        here = (table["image"] - 1) // _PER_ROW == row
        _draw_row(axes, table[here], models, int(table["image"].max()))
    axes.set_xlabel("Held-out face")
    handles = [
        Patch(
            color=COLOURS[_family(model)],
            label=context.label(model) if model in COLOURS else model,
        )
        for model in models
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), title=title)


@print_style
def draw(inputs, context):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        `ranking_scores` (stimulus, model, mean_score, n_raters, simulated) and
        `statistics`.
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`.
    """
    scores = inputs["ranking_scores"]
    if not tables.present(scores):
        figure = new_figure(DOUBLE_COLUMN, 40)
        panels.no_data(figure.subplots(), "Nobody ranked reconstructions in this run")
        finish(
            figure,
            f"{context.data_sentence(images='heldout')} No rankings, and nothing to simulate them "
            "from.",
        )
        return figure, {"sfig5a": pd.DataFrame(columns=_COLUMNS)}
    table = _with_tests(scores, inputs["statistics"])
    n_faces = table["image"].max()
    figure = new_figure(DOUBLE_COLUMN, 32 + 34 * -(-n_faces // _PER_ROW))
    simulated = bool(scores["simulated"].iloc[0])
    _draw_bars(figure, table, context, "Simulated raters, not people" if simulated else None)
    warning = (
        " They rank by root-mean-square distance to the original, with noise." if simulated else ""
    )
    finish(
        figure,
        f"{context.data_sentence(images='heldout')} n = {scores['n_raters'].max():,} "
        f"{'simulated ' if simulated else ''}raters per face, {n_faces} faces; +1 best, −1 "
        f"worst.{warning} Stars: the model differs from β-VAE on this face, Nemenyi test after "
        "Friedman, p\u00a0<\u00a0.05; solid: also after Holm's correction for all faces and pairs.",
    )
    return figure, {"sfig5a": table.reset_index(drop=True)}
