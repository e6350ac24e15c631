"""The panel that most figures are made of: one score, every family, marks of the tests."""

from dataclasses import dataclass, field

from facepatch.figures import panels, tables
from facepatch.figures.style import COLOURS

__all__ = ["FamilyPanel", "draw_family_panel"]


@dataclass(frozen=True)
class FamilyPanel:
    """One score of every model, compared with a reference family.

    Attributes
    ----------
    figure, panel : str
        Where it stands: "fig4", "a".
    table, column : str
        Where the scores stand, one value per model.
    label : str
        Of the y axis.
    where : dict
        Values that other columns must have.
    reference : str
        The family that the marks above the others compare with.
    band : bool
        Shade the reference family's quartiles across the panel.
    limits : tuple of float or None
        Of the y axis; None leaves an end to the data.
    solid : str
        Column of p values: points of models with p > .05 are left open. Empty: all solid.
    missing : str
        What to say if there is no such score.
    """

    figure: str
    panel: str
    table: str
    column: str
    label: str
    where: dict = field(default_factory=dict)
    reference: str = "beta_vae"
    band: bool = False
    limits: tuple = (None, None)
    solid: str = ""
    missing: str = "No such score in this run"


def draw_family_panel(axes, spec, inputs, context):
    """Draw a `FamilyPanel`.

    Parameters
    ----------
    axes : Axes
    spec : FamilyPanel
    inputs : dict of str to DataFrame or None
        `spec.table`, `models` and `statistics`.
    context : FigureContext

    Returns
    -------
    source : DataFrame
        The points drawn: family, model, the score, and the p that decides on open points.
    """
    panels.letter(axes, spec.panel)
    table = tables.selected_models(inputs[spec.table], inputs["models"])
    groups = tables.by_family(table, spec.column, **spec.where)
    source = panels.family_boxes(axes, groups, spec.column, context, solid=spec.solid)
    if not groups:
        panels.no_data(axes, spec.missing)
        return source
    if spec.band and spec.reference in groups:
        values = groups[spec.reference][spec.column]
        panels.reference_band(axes, values, COLOURS[spec.reference])
    rows = [
        tables.comparison(inputs["statistics"], spec.figure, spec.panel, family, spec.reference)
        for family in groups
    ]
    panels.marks_above(axes, [tables.stars(row) for row in rows])
    axes.set_ylabel(spec.label)
    axes.set_ylim(*spec.limits)
    return source
