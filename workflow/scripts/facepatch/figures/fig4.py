"""Fig. 4: alignment of every family with the neurons, and two checks of what it rests on."""

from facepatch.figures.context import MARKS, finish
from facepatch.figures.family_panels import FamilyPanel, draw_family_panel
from facepatch.figures.style import SINGLE_COLUMN, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("alignment", "models", "statistics")
PANELS = ("fig4a", "fig4b", "fig4c")

_TEST = {"split": "test"}
_SPECS = (
    FamilyPanel("fig4", "a", "alignment", "alignment", "Alignment", _TEST, limits=(0, 1.02)),
    FamilyPanel(
        *("fig4", "b", "alignment", "alignment_live", "Alignment, live units only"),
        where=_TEST,
        limits=(0, 1.02),
    ),
    FamilyPanel(
        *("fig4", "c", "alignment", "remix_gap", "Alignment − no axis code"),
        where=_TEST,
        solid="remix_p",
        missing="No null in this run",
    ),
)


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
    figure = new_figure(SINGLE_COLUMN, 165)
    source = {}
    for axes, spec in zip(figure.subplots(3, 1), _SPECS, strict=True):
        source[spec.figure + spec.panel] = draw_family_panel(axes, spec, inputs, context)
        axes.axhline(0, color="0.6", lw=0.6, zorder=0)
        if spec.panel != "c":
            axes.set_xticklabels([])
    finish(
        figure,
        f"{context.data_sentence()} n of models in brackets. c: gap between a and the mean over "
        "populations without an axis code (docs/null.md); solid points: p\u00a0≤\u00a0.05 "
        f"(uncorrected). Marks: two-sided Welch t-tests against β-VAE, Holm-corrected: {MARKS}.",
    )
    return figure, source
