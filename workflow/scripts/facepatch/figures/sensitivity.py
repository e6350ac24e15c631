"""Alignment of each family against known truths, one property of the neurons at a time."""

import numpy as np

from facepatch.figures.panels import letter
from facepatch.figures.style import (
    COLOURS,
    DOUBLE_COLUMN,
    INK,
    LABELS,
    family_order,
    new_figure,
    print_style,
)

__all__ = ["PANELS", "VARIED", "draw"]

# What is varied, in the order of the panels, and how axes name it.
VARIED = {
    "ground_truth": "What neurons are tuned to",
    "fraction": "Fraction of axis-tuned neurons",
    "stimuli": "Number of faces",
    "neurons": "Number of neurons",
    "trials": "Trials per face",
    "signal_share": "Mean signal share",
}
PANELS = tuple(f"sensitivity_{letter}" for letter in "abcdef")
_LOGARITHMIC = ("stimuli", "neurons", "trials")
_TRUTHS = {
    "axis_semantic": "single\nfactors",
    "mixture": "mixture",
    "random_mixture": "factor\nmixtures",
    "aam_axis": "AAM\ndirections",
    "pixel_linear": "pixels",
}


@print_style
def draw(table):
    """Draw the figure.

    Parameters
    ----------
    table : DataFrame
        As `sensitivity.summarise` returns.

    Returns
    -------
    figure : matplotlib Figure
        Two rows of panels a thing varied: alignment, and below it alignment less its mean
        under the null (filled where at least half of the populations have p <= .05).
    source : dict of str to DataFrame
    """
    figure = new_figure(DOUBLE_COLUMN, 190)
    grid = figure.subplots(4, 3, gridspec_kw={"height_ratios": [1, 1, 1, 1]})
    source = {}
    for place, (varied, label) in enumerate(VARIED.items()):
        part = table[table["varied"].astype(str) == varied]
        row, column = 2 * (place // 3), place % 3
        upper, lower = grid[row, column], grid[row + 1, column]
        for axes, score in ((upper, "alignment"), (lower, "remix_gap")):
            _draw_panel(axes, part, varied, score)
        upper.set_ylim(0, 1.02)
        lower.axhline(0, color=INK, lw=0.6, ls=":")
        lower.set_xlabel(label)
        letter(upper, "abcdef"[place])
        if column == 0:
            upper.set_ylabel("Alignment")
            lower.set_ylabel("Alignment − null")
        source[PANELS[place]] = part
    handles, names = grid[0, 1].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=6)
    return figure, source


def _draw_panel(axes, part, varied, score):
    values = list(dict.fromkeys(part["value"].astype(str)))
    by_name = varied == "ground_truth"
    for family in family_order(part["family"].unique()):
        own = part[part["family"] == family].assign(text=lambda rows: rows["value"].astype(str))
        means = own.groupby("text")[[score, f"{score}_se", "rejected"]].mean().loc[values]
        x = np.arange(len(values)) if by_name else np.array(values, float)
        style = {"color": COLOURS[family], "lw": 0 if by_name else 0.9}
        axes.errorbar(x, means[score], means[f"{score}_se"], elinewidth=0.6, **style)
        clear = (means["rejected"] >= 0.5) | (score == "alignment")
        axes.plot(
            x,
            means[score],
            color=COLOURS[family],
            lw=style["lw"],
            label=LABELS[family],
            marker="o",
            ms=3,
            mfc="none",
            mew=0.7,
        )
        axes.plot(x[clear], means[score][clear], "o", ms=3, mew=0, color=COLOURS[family])
    if by_name:
        axes.set_xticks(range(len(values)), [_TRUTHS.get(name, name) for name in values])
        axes.set_xlim(-0.5, len(values) - 0.5)
    elif varied in _LOGARITHMIC:
        axes.set_xscale("log")
        axes.set_xticks(np.array(values, float), [f"{float(v):g}" for v in values])
        axes.minorticks_off()
