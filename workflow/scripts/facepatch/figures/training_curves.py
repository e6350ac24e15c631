"""Learning curves of every trained family: loss and live units along the schedule."""

import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.ticker import EngFormatter

from facepatch.figures import panels
from facepatch.figures.context import finish
from facepatch.figures.style import (
    COLOURS,
    DOUBLE_COLUMN,
    GRADIENT,
    SMALL_FONT_SIZE,
    family_order,
    new_figure,
    print_style,
)

__all__ = ["PANELS", "draw", "mean_curves"]

PANELS = ("training_curves_a", "training_curves_b")

# What the models of a family differ by beside their seed, and what their loss is.
_VARIES = {"beta_vae": ("beta", "β"), "classifier": ("units", "units")}
_LOSS = {
    "beta_vae": "Loss (nats per image)",
    "vae": "Loss (nats per image)",
    "ae": "Squared error per image",
    "classifier": "Cross-entropy (nats)",
}
_COLUMNS = ["family", "setting", "step", "n_models", "mean", "low", "high"]


def mean_curves(curves, records, column):
    """Average learning curves over the seeds of each setting.

    Parameters
    ----------
    curves : dict of str to DataFrame
        Model id to its curve, with `step` and `column`.
    records : sequence of dict
        `family`, `id` and hyper-parameters of the models.
    column : str

    Returns
    -------
    DataFrame
        family, setting (the beta or the number of units; NaN where a family has one
        setting), step, n_models, and over the models mean, low (smallest), high.
    """
    parts = []
    for record in records:
        curve = curves[record["id"]]
        setting = record.get(_VARIES.get(record["family"], ("",))[0])
        part = pd.DataFrame({"step": curve["step"], "value": curve[column]})
        part["family"], part["setting"] = record["family"], setting
        parts.append(part.dropna(subset=["value"]))
    if not parts:
        return pd.DataFrame(columns=_COLUMNS)
    points = pd.concat(parts, ignore_index=True)
    points["setting"] = points["setting"].astype(float)
    groups = points.groupby(["family", "setting", "step"], dropna=False)["value"]
    table = groups.agg(n_models="size", mean="mean", low="min", high="max").reset_index()
    return table[_COLUMNS]


def _draw_family(axes, table, family, label):
    """Draw one line per setting, coloured by it; with one setting also the range of seeds."""
    name = _VARIES.get(family, ("", ""))[1]
    settings = table["setting"].unique()
    coloured = len(settings) > 1
    if coloured:
        norm = LogNorm(np.nanmin(settings), np.nanmax(settings))
    for setting, rows in table.groupby("setting", dropna=False):
        colour = GRADIENT(norm(setting)) if coloured else COLOURS[family]
        axes.plot(rows["step"], rows["mean"], color=colour, lw=0.7)
        if not coloured:
            axes.fill_between(
                rows["step"], rows["low"], rows["high"], color=colour, alpha=0.25, lw=0
            )
    axes.set_ylabel(label)
    axes.set_xlabel("Step")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    return (norm, name, settings) if coloured else None


def _colour_bar(figure, axes, scale):
    norm, name, settings = scale
    bar = figure.colorbar(ScalarMappable(norm, GRADIENT), ax=axes, pad=0.02, aspect=18)
    even = np.geomspace(norm.vmin, norm.vmax, 4)
    ticks = np.unique(settings[np.abs(np.log(settings[:, None] / even)).argmin(axis=0)])
    bar.set_ticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    bar.minorticks_off()
    bar.outline.set_linewidth(0.6)
    bar.ax.set_title(name, fontsize=SMALL_FONT_SIZE, pad=5)


def _limit_loss(axes, table):
    """Leave the first steep descent out of view, so that the rest of the curve shows."""
    later = table[table["step"] >= 0.05 * table["step"].max()]
    low, high = later["low"].min(), later["high"].max()
    room = 0.05 * (high - low) or 1.0
    axes.set_ylim(low - room, high + room)


@print_style
def draw(curves, records, context):
    """Draw the figure.

    Parameters
    ----------
    curves : dict of str to DataFrame
        Model id to its curve: `step`, `loss`, `n_live` (NaN for families without a
        divergence).
    records : sequence of dict
        `family`, `id` and hyper-parameters (`beta`, `units`) of the models.
    context : FigureContext

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The lines drawn, one table for each of `PANELS`.
    """
    loss, live = (mean_curves(curves, records, column) for column in ("loss", "n_live"))
    families = family_order(loss["family"])
    source = {"training_curves_a": loss, "training_curves_b": live}
    n_rows = 2 if len(live) else 1
    figure = new_figure(DOUBLE_COLUMN, 20 + 48 * n_rows)
    grid = figure.subplots(n_rows, max(len(families), 1), squeeze=False)
    if not families:
        panels.no_data(grid[0, 0], "Nothing was trained in this run")
    for column, family in enumerate(families):
        axes, rows = grid[0, column], loss[loss["family"] == family]
        scale = _draw_family(axes, rows, family, _LOSS[family])
        n_models = sum(record["family"] == family for record in records)
        axes.set_title(f"{context.label(family)} (n = {n_models})")
        _limit_loss(axes, rows)
        if scale:
            _colour_bar(figure, axes, scale)
    for column, family in enumerate(families if n_rows == 2 else []):
        axes, rows = grid[1, column], live[live["family"] == family]
        if len(rows):
            scale = _draw_family(axes, rows, family, "Live units")
            axes.set_ylim(bottom=0)
            if scale:
                _colour_bar(figure, axes, scale)
        else:
            panels.no_data(axes, "")
    if families:
        panels.letter(grid[0, 0], "a")
        if n_rows == 2:
            panels.letter(grid[1, 0], "b")
    finish(
        figure,
        f"{context.data_sentence()} Means over the steps since the point before and over seeds; "
        "band: range over seeds. a: the first 5 % of the schedule may run out of view. b: units "
        "with a mean divergence above 0.01 nat. No test.",
    )
    return figure, source
