"""Level and power of every candidate null of the alignment score."""

import numpy as np

from facepatch.figures.panels import letter
from facepatch.figures.style import DOUBLE_COLUMN, INK, new_figure, print_style

__all__ = ["PANELS", "draw"]

PANELS = ("null_calibration_a", "null_calibration_b", "null_calibration_c")

NAMES = {
    "turned": "turned population (shipped)",
    "relevance": "directions drawn anew",
    "covariance": "drawn from full covariance",
    "plain": "plain remix",
    "grouped": "remix in groups",
    "fixed_snr": "remix at fixed SNR",
    "rotated_units": "units rotated",
}
_COLOURS = {
    "turned": "#D55E00",
    "relevance": "#0072B2",
    "covariance": "#56B4E9",
    "plain": "#1A1A1A",
    "grouped": "#737373",
    "fixed_snr": "#149D53",
    "rotated_units": "#D47BAF",
}
_MARKERS = dict(zip(_COLOURS, "DosX^vP", strict=True))
_MOST = 0.07


@print_style
def draw(table, level):
    """Draw the figure.

    Parameters
    ----------
    table : DataFrame
        As `nulls.calibration.rejection_table` returns.
    level : float
        Nominal level of the tests.

    Returns
    -------
    figure : matplotlib Figure
        (a) share of rejections where no neuron prefers an axis, (b) the score less its mean
        under each null there, (c) share of rejections over the fraction of axis-tuned neurons.
    source : dict of str to DataFrame
    """
    at_null = table[table["fraction"] == 0]
    powered = table.groupby("condition")["fraction"].transform("max") > 0
    power = table[powered]
    conditions = list(dict.fromkeys(power["condition"]))
    heights = [8 * at_null["condition"].nunique() + 15] + [45] * -(-len(conditions) // 3)
    figure = new_figure(DOUBLE_COLUMN, sum(heights) + 15)
    above, *below = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    levels, gaps = above.subplots(1, 2, sharey=True, width_ratios=[2, 1])
    _draw_levels(levels, at_null, level)
    _draw_gaps(gaps, at_null)
    letter(levels, "a")
    letter(gaps, "b")
    for place, condition in enumerate(conditions):
        if place % 3 == 0:
            row = below[place // 3].subplots(1, 3, sharey=True)
            for empty in row[len(conditions) - place :]:
                empty.set_axis_off()
        axes = row[place % 3]
        _draw_power(axes, power[power["condition"] == condition], level, place)
        if place == 0:
            letter(axes, "c")
    handles, names = levels.get_legend_handles_labels()
    above.legend(handles, names, loc="outside upper center", ncols=4)
    columns = ["condition", "label", "fraction", "null", "n_populations", "rejected", "low", "high"]
    gap_columns = ["condition", "label", "null", "n_populations", "mean_gap", "se_gap"]
    parts = at_null[columns], at_null[gap_columns], power[columns]
    return figure, dict(zip(PANELS, parts, strict=True))


def _places(part):
    """Return the row of each condition and the sideways offset of each null."""
    rows = {name: row for row, name in enumerate(dict.fromkeys(part["condition"]))}
    nulls = [null for null in NAMES if null in set(part["null"])]
    offsets = dict(zip(nulls, np.linspace(-0.3, 0.3, len(nulls)), strict=True))
    return rows, offsets


def _points(axes, part, column, low, high):
    rows, offsets = _places(part)
    for null, shift in offsets.items():
        own = part[part["null"] == null]
        places = np.array([rows[name] for name in own["condition"]]) + shift
        colour = _COLOURS[null]
        axes.hlines(places, low(own), high(own), color=colour, lw=0.8)
        style = {"ls": "none", "marker": _MARKERS[null], "ms": 3, "mew": 0, "color": colour}
        axes.plot(own[column], places, label=NAMES[null], **style)
    return rows


def _draw_levels(axes, part, level):
    rows = _points(axes, part, "rejected", lambda own: own["low"], lambda own: own["high"])
    labels = part.drop_duplicates("condition")["label"]
    axes.set_yticks(list(rows.values()), labels)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axvspan(0, _MOST, color="0.92", lw=0, zorder=0)
    axes.axvline(level, color=INK, lw=0.6, ls=":")
    axes.set_xscale("symlog", linthresh=0.1)
    axes.set_xticks([0, 0.05, 0.1, 0.2, 0.5, 1], ["0", ".05", ".1", ".2", ".5", "1"])
    axes.set_xlim(-0.003, 1.1)
    axes.set_xlabel("Rejected though no axis is preferred (grey: at most .07)")


def _draw_gaps(axes, part):
    _points(
        axes,
        part,
        "mean_gap",
        lambda own: own["mean_gap"] - 2 * own["se_gap"],
        lambda own: own["mean_gap"] + 2 * own["se_gap"],
    )
    axes.axvline(0, color=INK, lw=0.6, ls=":")
    axes.tick_params(axis="y", labelleft=False, length=0)
    axes.set_xscale("symlog", linthresh=0.05)
    axes.set_xticks([-0.1, -0.03, 0, 0.03, 0.1], ["−.1", "−.03", "0", ".03", ".1"])
    axes.set_xlabel("Alignment − null (± 2 s.e.)")


def _draw_power(axes, part, level, place):
    for null in NAMES:
        own = part[part["null"] == null].sort_values("fraction")
        if len(own):
            style = {"marker": _MARKERS[null], "ms": 2.5, "mew": 0, "color": _COLOURS[null]}
            axes.plot(own["fraction"], own["rejected"], lw=0.8, **style)
            axes.fill_between(
                own["fraction"], own["low"], own["high"], color=_COLOURS[null], alpha=0.12, lw=0
            )
    axes.axhline(level, color=INK, lw=0.6, ls=":")
    axes.set_ylim(-0.02, 1.02)
    axes.set_title(part["label"].iloc[0])
    axes.set_xlabel("Fraction of axis-tuned neurons")
    if place % 3 == 0:
        axes.set_ylabel("Rejected")
