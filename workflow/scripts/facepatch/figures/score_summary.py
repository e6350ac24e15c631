"""The figure of a `facepatch.api.Result`: scores of users' own models at a glance."""

import numpy as np

from facepatch.encoding.alignment import completeness
from facepatch.figures.panels import letter, spread
from facepatch.figures.style import DOUBLE_COLUMN, INK, SMALL_FONT_SIZE, new_figure, print_style

__all__ = ["draw_summary"]

# Distinct without red against green; models beyond the eighth repeat them.
_COLOURS = ["#0072B2", "#D55E00", "#149D53", "#D47BAF", "#143D89", "#B6BD14", "#56B4E9", "#737373"]


@print_style
def draw_summary(models):
    """Draw alignment against its null, completeness over R2, and variance explained.

    Parameters
    ----------
    models : sequence of facepatch.api.ModelResult

    Returns
    -------
    matplotlib Figure
    """
    figure = new_figure(DOUBLE_COLUMN, 75)
    against_null, neurons, variance = figure.subplots(1, 3)
    colours = {model.name: _COLOURS[i % len(_COLOURS)] for i, model in enumerate(models)}
    _draw_alignment(against_null, models, colours)
    _draw_neurons(neurons, models, colours)
    _draw_variance(variance, models, colours)
    for axes, name in zip((against_null, neurons, variance), "abc", strict=True):
        letter(axes, name)
    return figure


def _name_models(axes, models):
    names = [model.name for model in models]
    axes.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.tick_params(axis="x", length=0)


def _draw_alignment(axes, models, colours):
    for place, model in enumerate(models):
        remixes = model.null.remixes
        axes.plot(place + spread(remixes, 0.6), remixes, ".", color="0.7", ms=2.5, zorder=1)
        axes.plot(place, model.alignment.alignment, "D", color=colours[model.name], ms=5, zorder=3)
        axes.annotate(
            f"p = {model.null.p:.2g}",
            (place, 1.0),
            xycoords=axes.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=SMALL_FONT_SIZE,
        )
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("Alignment (grey: no axis code)")
    _name_models(axes, models)


def _draw_neurons(axes, models, colours):
    for model in models:
        r2 = np.clip(model.encoding.r2, 0, None)
        shares = completeness(model.encoding.weights)
        axes.plot(r2, shares, "o", ms=3, mew=0.2, mec=INK, color=colours[model.name], alpha=0.7)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("R² on test stimuli")
    axes.set_ylabel("Completeness of each neuron")


def _draw_variance(axes, models, colours):
    for place, model in enumerate(models):
        parts = ((-0.18, model.encoding_variance, "o"), (0.18, model.best_single_unit, "^"))
        for shift, values, marker in parts:
            offsets = place + shift + spread(values, 0.28)
            axes.plot(offsets, values, marker, color=colours[model.name], ms=2, mew=0, alpha=0.7)
            ends = [place + shift - 0.15, place + shift + 0.15]
            axes.plot(ends, [np.median(values)] * 2, color=INK, lw=1.2)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Variance explained\n(● all units, ▲ best unit)")
    _name_models(axes, models)
