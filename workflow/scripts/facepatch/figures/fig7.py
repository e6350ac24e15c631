"""Fig. 7: codes and faces decoded from single neurons, one neuron for each unit."""

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from facepatch.figures import panels
from facepatch.figures.context import MARKS, finish
from facepatch.figures.family_panels import FamilyPanel, draw_family_panel
from facepatch.figures.image_tiles import draw_tiles
from facepatch.figures.style import COLOURS, DOUBLE_COLUMN, family_order, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("decoding", "models", "statistics")
PANELS = ("fig7a", "fig7b", "fig7c", "fig7d")

_N_FACES = 8
_DISTANCE = FamilyPanel(
    *("fig7", "b", "decoding", "median_cosine_distance", "Median cosine distance"),
    limits=(0, None),
    missing="No held-out faces in this run",
)
_IDENTIFICATION = FamilyPanel(
    *("fig7", "d", "decoding", "identification_accuracy", "Faces identified"),
    limits=(0, None),
    missing="No held-out faces in this run",
)


def _order(reconstructions):
    families = list(reconstructions.families)
    return [(family, families.index(family)) for family in family_order(families)]


def _draw_pairs(axes, reconstructions, context):
    panels.letter(axes, "a")
    columns = ["family", "model", "unit", "neuron", "rank", "abs_r"]
    if reconstructions is None or not len(reconstructions.pair_r):
        panels.no_data(axes, "No model that\nreconstructs")
        return pd.DataFrame(columns=columns)
    parts = []
    for family, index in _order(reconstructions):
        model = reconstructions.models[index]
        rows = np.flatnonzero(reconstructions.pair_model == model)
        rows = rows[np.argsort(-reconstructions.pair_r[rows], kind="stable")]
        part = pd.DataFrame(
            {
                "family": family,
                "model": model,
                "unit": reconstructions.pair_unit[rows],
                "neuron": reconstructions.pair_neuron[rows],
                "rank": np.arange(1, len(rows) + 1),
                "abs_r": reconstructions.pair_r[rows],
            }
        )
        axes.plot(
            *(part["rank"], part["abs_r"]),
            color=COLOURS[family],
            marker="o",
            markersize=1.8,
            label=f"{context.label(family)} ({len(part)})",
        )
        parts.append(part)
    axes.set_xlabel("Matched pair, by |r|")
    axes.set_ylabel("|r| of unit and its neuron")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="upper right", borderaxespad=0)
    return pd.concat(parts, ignore_index=True)[columns]


def _draw_faces(axes, reconstructions, context):
    panels.letter(axes, "c")
    columns = ["column", "stimulus", "family", "model", "n_neurons"]
    if reconstructions is None or not len(reconstructions.stimuli):
        panels.no_data(axes, "No held-out faces that a model reconstructs")
        return pd.DataFrame(columns=columns)
    # Evenly spaced through the list, so that nobody picks the faces.
    n_faces = min(_N_FACES, len(reconstructions.stimuli))
    faces = np.linspace(0, len(reconstructions.stimuli) - 1, n_faces).round().astype(int)
    rows, labels = [reconstructions.originals[faces]], ["original"]
    parts = []
    for family, index in _order(reconstructions):
        model = reconstructions.models[index]
        n_neurons = int((reconstructions.pair_model == model).sum())
        rows += [reconstructions.autoencoded[index, faces], reconstructions.decoded[index, faces]]
        labels += [
            f"{context.label(family)}, from the face",
            f"{context.label(family)}, {n_neurons} neurons",
        ]
        shown = {"column": range(n_faces), "stimulus": reconstructions.stimuli[faces]}
        names = {"family": family, "model": model, "n_neurons": n_neurons}
        parts.append(pd.DataFrame(shown | names))
    draw_tiles(axes, np.stack(rows), labels)
    return pd.concat(parts, ignore_index=True)[columns]


@print_style
def draw(inputs, context, reconstructions=None):
    """Draw the figure.

    Parameters
    ----------
    inputs : dict of str to DataFrame or None
        The tables named in `TABLES`.
    context : FigureContext
    reconstructions : facepatch.figures.network_pictures.Reconstructions, optional

    Returns
    -------
    figure : matplotlib Figure
    source : dict of str to DataFrame
        The points drawn, one table for each of `PANELS`; of panel c one row per face and
        model.
    """
    figure = new_figure(DOUBLE_COLUMN, 165)
    grid = figure.add_gridspec(2, 1, height_ratios=[1.05, 1])
    top = grid[0].subgridspec(1, 2, width_ratios=[0.6, 1])
    bottom = grid[1].subgridspec(1, 2)
    a, c = (figure.add_subplot(top[0, column]) for column in range(2))
    b, d = (figure.add_subplot(bottom[0, column]) for column in range(2))
    source = {
        "fig7a": _draw_pairs(a, reconstructions, context),
        "fig7b": draw_family_panel(b, _DISTANCE, inputs, context),
        "fig7c": _draw_faces(c, reconstructions, context),
        "fig7d": draw_family_panel(d, _IDENTIFICATION, inputs, context),
    }
    if len(source["fig7d"]) and context.n_heldout:
        d.axhline(1 / context.n_heldout, color="0.4", lw=0.6, ls=(0, (4, 2)), zorder=0)
    finish(
        figure,
        f"{context.data_sentence(images='both')} Fitted on the main faces, decoded on the held-out "
        "ones. a, c: n of neurons in the labels; c: faces evenly spaced through the list. "
        "b, d: n of models in brackets; marks: Welch t-tests against β-VAE (b: one-sided, β-VAE "
        f"smaller; d: two-sided), Holm-corrected within a panel: {MARKS}. d: dashed line, chance.",
    )
    return figure, source
