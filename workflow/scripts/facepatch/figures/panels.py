"""Parts that several figures share: boxes of families, brackets, bands, panel letters."""

import numpy as np
import pandas as pd
from matplotlib.transforms import offset_copy

from facepatch.figures.style import COLOURS, FONT_SIZE, INK, SMALL_FONT_SIZE

__all__ = [
    "box",
    "bracket",
    "family_axis",
    "family_boxes",
    "letter",
    "marks_above",
    "no_data",
    "reference_band",
    "spread",
]

# A box of fewer models than this would show quartiles of next to nothing.
_LEAST_FOR_A_BOX = 5


def letter(axes, name):
    """Write a panel's letter beside its left upper corner, clear of marks above the axes."""
    axes.annotate(
        name,
        (0, 1),
        xycoords="axes fraction",
        xytext=(-16, 4),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=FONT_SIZE + 1,
        fontweight="bold",
    )


def no_data(axes, reason):
    """Leave a panel empty and say why."""
    axes.set_axis_off()
    axes.text(
        *(0.5, 0.5, reason),
        ha="center",
        va="center",
        transform=axes.transAxes,
        color="0.35",
        wrap=True,
    )


def spread(values, width, n_bins=24):
    """Return sideways offsets that keep points of like value apart, the same on every call.

    Parameters
    ----------
    values : array of shape (n,)
        Where the points lie along the axis.
    width : float
        Largest distance between two offsets.
    n_bins : int
        Number of levels within which points are set side by side.

    Returns
    -------
    offsets : array of shape (n,)
        Symmetric about 0 within a level.
    """
    values = np.asarray(values, float)
    offsets = np.zeros(len(values))
    if len(values) < 2 or np.ptp(values) == 0:
        step = width / max(len(values), 8)
        return (np.arange(len(values)) - (len(values) - 1) / 2) * step
    levels = np.minimum(((values - values.min()) / np.ptp(values) * n_bins).astype(int), n_bins - 1)
    fullest = max(np.bincount(levels).max(), 8)
    for level in np.unique(levels):
        rows = np.flatnonzero(levels == level)
        offsets[rows] = (np.arange(len(rows)) - (len(rows) - 1) / 2) * width / fullest
    return offsets


def box(
    axes, values, position, colour, *, width=0.6, points="all", hatch=None, solid=None, size=1.6
):
    """Draw a box (median, quartiles, whiskers to 1.5 interquartile ranges) and the points.

    With fewer than five values there is no box, only the points and their median.
    `points` says which are drawn: "all", "outliers" or "none". Where `solid` (bool per
    value) is False, a point is left open. `size` is the points' diameter in points (1/72
    inch); where there is no box they are drawn larger.
    """
    values = np.asarray(values, float)
    few = len(values) < _LEAST_FOR_A_BOX
    if few:
        half = width / 2
        axes.plot([position - half, position + half], [np.median(values)] * 2, color=INK, lw=1.0)
    else:
        drawn = axes.boxplot(
            [values],
            positions=[position],
            widths=width,
            patch_artist=True,
            showfliers=points == "outliers",
            manage_ticks=False,
            boxprops={"facecolor": colour, "edgecolor": INK, "linewidth": 0.6},
            medianprops={"color": INK, "linewidth": 1.0},
            whiskerprops={"linewidth": 0.6},
            capprops={"linewidth": 0.6},
            flierprops={
                "marker": ".",
                "markersize": size,
                "markerfacecolor": colour,
                "markeredgecolor": colour,
                "alpha": 0.6,
            },
        )
        drawn["boxes"][0].set_hatch(hatch)
        # The points in a box need its colour out of their way.
        drawn["boxes"][0].set_alpha(0.9 if points == "outliers" else 0.45)
    if points == "all" or (few and points == "outliers"):
        offsets = spread(values, 0.8 * width)
        solid = np.ones(len(values), bool) if solid is None else np.asarray(solid, bool)
        for rows, face, edge in ((solid, colour, INK), (~solid, "white", colour)):
            if not rows.any():  # an empty line outside the axes would upset the layout
                continue
            axes.plot(
                position + offsets[rows],
                values[rows],
                linestyle="none",
                marker="o",
                markersize=1.9 * size if few else size,
                markerfacecolor=face,
                markeredgecolor=edge,
                markeredgewidth=(0.3 if few else 0.15) if edge == INK else 0.5,
                zorder=3,
                clip_on=False,  # whole points at the ends of an axis
            )


def family_axis(axes, groups, context, *, with_n=True):
    """Label the x axis with families, and with the number of models of each."""
    names = [
        context.label(family) + (f" ({len(rows)})" if with_n else "")
        for family, rows in groups.items()
    ]
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.tick_params(axis="x", length=0)


def family_boxes(axes, groups, column, context, *, solid=""):
    """Draw one box per family and label the axis.

    Parameters
    ----------
    axes : Axes
    groups : dict of str to DataFrame
        As `tables.by_family` returns.
    column : str
        The values drawn.
    context : FigureContext
    solid : str
        Column of p values: points with p > .05 are left open.

    Returns
    -------
    source : DataFrame
        The points drawn: family, model, value and, if asked for, the p value.
    """
    for position, (family, rows) in enumerate(groups.items()):
        hatch = "////" if family == "beta_vae_rotated" else None
        significant = rows[solid] <= 0.05 if solid else None
        box(axes, rows[column], position, COLOURS[family], hatch=hatch, solid=significant)
    family_axis(axes, groups, context)
    columns = ["family", "model", column, *([solid] if solid else [])]
    if not groups:
        return pd.DataFrame(columns=columns)
    return pd.concat([rows[columns] for rows in groups.values()], ignore_index=True)


def marks_above(axes, marks):
    """Write significance marks in one line above the axes, at positions 0, 1, 2 ..."""
    for position, mark in enumerate(marks):
        axes.text(
            position,
            1.01,
            mark,
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=SMALL_FONT_SIZE,
        )


def bracket(axes, left, right, text, level=0):
    """Join two positions by a bracket above the axes, `level` lines up, with `text` on it."""
    if not text:
        return
    # Heights are in points, so that the lines stay apart whatever the panel's size.
    base = offset_copy(axes.get_xaxis_transform(), axes.figure, y=3 + 11 * level, units="points")
    top = offset_copy(base, axes.figure, y=2, units="points")
    line = {"color": INK, "lw": 0.6, "clip_on": False, "solid_capstyle": "butt"}
    axes.plot([left, right], [1, 1], transform=top, **line)
    for end in (left, right):
        axes.annotate(
            "",
            (end, 1),
            xycoords=base,
            xytext=(end, 1),
            textcoords=top,
            arrowprops={"arrowstyle": "-", "lw": 0.6, "color": INK, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
        )
    axes.text(
        (left + right) / 2,
        1,
        text,
        transform=top,
        ha="center",
        va="bottom",
        fontsize=SMALL_FONT_SIZE,
    )


def reference_band(axes, values, colour):
    """Shade the interquartile range of reference values and draw their median across."""
    low, middle, high = np.quantile(np.asarray(values, float), [0.25, 0.5, 0.75])
    axes.axhspan(low, high, color=colour, alpha=0.18, lw=0, zorder=0)
    axes.axhline(middle, color=colour, lw=0.8, zorder=0)
