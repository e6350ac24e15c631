"""Fig. 3: single units of the best beta-VAEs line up with single neurons."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from facepatch.figures import panels, tables
from facepatch.figures.context import MARKS, finish
from facepatch.figures.style import (
    COLOURS,
    DOUBLE_COLUMN,
    GRADIENT,
    SMALL_FONT_SIZE,
    new_figure,
    print_style,
)
from facepatch.figures.weight_maps import draw_weight_map

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("alignment", "models", "udr", "udr_running", "statistics")
PANELS = ("fig3a", "fig3b", "fig3c", "fig3d", "fig3e")

# There are 51 neuron subsets, one per selected beta-VAE; the paper's Fig. 3 compares 50.
_N_SUBSETS = 50


def _draw_weights(figure, all_axes, weights, context):
    panels.letter(all_axes[0], "a")
    sources = []
    for axes, family in zip(all_axes, ("beta_vae", "beta_vae_rotated"), strict=True):
        model, values = weights.get(family, ("", None))
        title = context.label(family) + (" (highest UDR)" if family == "beta_vae" else "")
        source, image = draw_weight_map(axes, values, model, title)
        sources.append(source)
        if image is not None:
            bar = figure.colorbar(image, ax=axes, pad=0.01, aspect=12, ticks=[0, 0.5, 1])
            bar.set_label("Share of |weight|", fontsize=SMALL_FONT_SIZE)
            bar.outline.set_linewidth(0.6)
    return pd.concat(sources, ignore_index=True)


def _draw_groups(axes, letter, groups, brackets, statistics, context):
    """Draw boxes of (family, split) groups and the brackets of their tests."""
    panels.letter(axes, letter)
    axes.set_ylabel("Alignment")
    axes.set_ylim(0, 1.02)
    sources, names = [], []
    for position, ((family, split), rows) in enumerate(groups.items()):
        hatch = "////" if family == "beta_vae_rotated" else None
        panels.box(axes, rows["alignment"], position, COLOURS[family], hatch=hatch)
        sources.append(rows[["family", "model", "split", "alignment"]])
        kind = ", artificial" if split == "artificial" else ""
        names.append(f"{context.label(family)}{kind} ({len(rows)})")
    places = {group: position for position, group in enumerate(groups)}
    for (one, other), level in brackets.items():
        row = tables.comparison(statistics, "fig3", letter, one, other)
        ends = [_place(places, name) for name in (one, other)]
        if row is not None and None not in ends:
            panels.bracket(axes, ends[0] + 0.05, ends[1] - 0.05, tables.stars(row), level)
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.6, max(len(names), 1) - 0.4)
    axes.tick_params(axis="x", length=0)
    if not sources:
        panels.no_data(axes, "No β-VAEs or\nneuron subsets")
        return pd.DataFrame(columns=["family", "model", "split", "alignment"])
    return pd.concat(sources, ignore_index=True)


def _place(places, name):
    family, _, split = name.partition(":")
    return places.get((family, split or "test"))


def _groups(alignment, wanted):
    groups = {}
    for family, split in wanted:
        rows = tables.by_family(alignment, "alignment", split=split).get(family)
        if rows is not None and len(rows):
            groups[family, split] = rows.head(_N_SUBSETS) if family == "neurons" else rows
    return groups


def _draw_udr(figure, axes, udr, statistics):
    panels.letter(axes, "d")
    columns = ["model", "beta", "udr", "alignment"]
    defined = udr.dropna(subset=["udr", "alignment"]) if tables.present(udr) else pd.DataFrame()
    if not len(defined):
        panels.no_data(axes, "No UDR\nin this run")
        return pd.DataFrame(columns=columns)
    points = axes.scatter(
        *(defined["udr"], defined["alignment"]),
        c=defined["beta"],
        s=5 if len(defined) > 50 else 12,
        cmap=GRADIENT,
        linewidths=0.2,
        edgecolors="white",
    )
    bar = figure.colorbar(points, ax=axes, pad=0.02, aspect=18)
    bar.ax.set_title("β", fontsize=SMALL_FONT_SIZE, pad=2)
    bar.outline.set_linewidth(0.6)
    if defined["udr"].nunique() > 1:
        slope, offset = np.polyfit(defined["udr"], defined["alignment"], 1)
        ends = np.array([defined["udr"].min(), defined["udr"].max()])
        axes.plot(ends, slope * ends + offset, color="0.3", lw=0.8)
    axes.set_title(_correlation_text(statistics, len(defined)), fontsize=SMALL_FONT_SIZE)
    axes.set_xlabel("UDR")
    axes.set_ylabel("Alignment")
    return defined[columns].reset_index(drop=True)


def _correlation_text(statistics, n_models):
    parts = []
    for test, name in (("Pearson r", "r"), ("Partial r given live units", "partial r")):
        row = tables.comparison(statistics, "fig3", "d", "udr", "alignment", test=test)
        if row is not None and np.isfinite(row["statistic"]):
            parts.append(f"{name} = {row['statistic']:.2f}".replace("-", "−"))
    return "\n".join([", ".join(parts), f"n = {n_models} models"])


def _draw_running(axes, running):
    panels.letter(axes, "e")
    columns = ["n_betas", "mean", "sd"]
    if not tables.present(running) or running["mean"].isna().all():
        panels.no_data(axes, "Too few β-VAEs\nfor a running\ncorrelation")
        return pd.DataFrame(columns=columns)
    running = running.dropna(subset=["mean"])
    x, mean, sd = (running[name].to_numpy(float) for name in columns)
    sd = np.nan_to_num(sd)
    axes.fill_between(x, mean - sd, np.minimum(mean + sd, 1), color="0.85", lw=0)
    axes.plot(x, mean, color=COLOURS["beta_vae"], marker="o", markersize=1.8)
    axes.axhline(0, color="0.6", lw=0.6, zorder=0)
    axes.set_xlabel("Number of β values")
    axes.set_ylabel("r of UDR and alignment")
    axes.set_ylim(min(0, float(np.nanmin(mean - sd)) - 0.05), 1.02)
    axes.set_xlim(0, 1.05 * x.max())
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    return running[columns].reset_index(drop=True)


@print_style
def draw(inputs, context, weights=None):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        The tables named in `TABLES`; `udr_running` has the columns `n_betas`,
        `mean` and `sd`.
    context : FigureContext
    weights : dict of str to (str, array), optional
        For `beta_vae` and `beta_vae_rotated`: the id of the model shown, and its Lasso
        weights, units x neurons.

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`.
    """
    figure = new_figure(DOUBLE_COLUMN, 130)
    grid = figure.add_gridspec(2, 1, height_ratios=[1, 1.25])
    top, bottom = grid[0].subgridspec(1, 2), grid[1].subgridspec(1, 4, width_ratios=[3, 4, 5, 4.5])
    maps = [figure.add_subplot(top[0, column]) for column in range(2)]
    b, c, d, e = (figure.add_subplot(bottom[0, column]) for column in range(4))
    alignment = tables.selected_models(inputs["alignment"], inputs["models"])
    statistics = inputs["statistics"]
    real = _groups(alignment, [(f, "test") for f in ("beta_vae", "beta_vae_rotated", "neurons")])
    both = _groups(
        alignment, [(f, s) for f in ("beta_vae", "neurons") for s in ("test", "artificial")]
    )
    mixed = {
        ("beta_vae:test", "beta_vae:artificial"): 0,
        ("neurons:test", "neurons:artificial"): 0,
        ("beta_vae:artificial", "neurons:artificial"): 1,
    }
    source = {
        "fig3a": _draw_weights(figure, maps, weights or {}, context),
        "fig3b": _draw_groups(b, "b", real, {("beta_vae", "neurons"): 0}, statistics, context),
        "fig3c": _draw_groups(c, "c", both, mixed, statistics, context),
        "fig3d": _draw_udr(figure, d, inputs["udr"], statistics),
        "fig3e": _draw_running(e, inputs["udr_running"]),
    }
    finish(
        figure,
        f"{context.data_sentence()} b, c: n of models in brackets; two-sided Welch t-tests, "
        f"Holm-corrected within a panel: {MARKS}. c: artificial neurons are orthogonal mixes of "
        "the neurons. d: every β-VAE of the sweep, Pearson r; partial r given the number of live "
        "units. e: mean ± SD over subsets of the β values.",
    )
    return figure, source
