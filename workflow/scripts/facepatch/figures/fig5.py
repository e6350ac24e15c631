"""Fig. 5: one-to-one correlation between single units and single neurons, every family."""

from facepatch.figures.context import MARKS, finish
from facepatch.figures.family_panels import FamilyPanel, draw_family_panel
from facepatch.figures.style import DOUBLE_COLUMN, new_figure, print_style

__all__ = ["PANELS", "TABLES", "draw"]

TABLES = ("correlation", "models", "statistics")
PANELS = ("fig5a", "fig5b")

_TEST = {"split": "test"}
_SPECS = (
    FamilyPanel(
        *("fig5", "a", "correlation", "correlation_ratio", "Average correlation ratio"),
        where=_TEST,
        limits=(0, None),
    ),
    FamilyPanel(
        *("fig5", "b", "correlation", "unit_proportion", "Average unit proportion"),
        where=_TEST,
        limits=(0, 1.02),
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
    figure = new_figure(DOUBLE_COLUMN, 72)
    source = {
        spec.figure + spec.panel: draw_family_panel(axes, spec, inputs, context)
        for axes, spec in zip(figure.subplots(1, 2), _SPECS, strict=True)
    }
    finish(
        figure,
        f"{context.data_sentence()} n of models in brackets. Marks: two-sided Welch t-tests "
        f"against β-VAE, Holm-corrected within a panel: {MARKS}.",
    )
    return figure, source
