"""Reading and shaping the tables of a run for the figures."""

import pandas as pd

from facepatch.figures.style import family_order
from facepatch.tables import records as tables

__all__ = ["by_family", "comparison", "present", "read_tables", "selected_models", "stars"]


def read_tables(inputs, names):
    """Read the CSV tables `names` among a rule's named inputs.

    Returns
    -------
    tables : dict of str to DataFrame or None
        None where the rule has no such input, because the run cannot make it.
    """
    return dict.fromkeys(names) | tables.read_tables(inputs, names)


def present(table):
    """Return True if there is a table with at least one row."""
    return table is not None and len(table) > 0


def selected_models(table, models):
    """Keep the rows of the chosen beta-VAEs and of every other family.

    All beta-VAEs of the sweep are scored; figures that compare families show those
    marked `selected` in `models`. Where none is marked, all are kept.
    """
    if not present(table) or not present(models) or "selected" not in models:
        return table
    flag = models["selected"].map(lambda value: str(value).lower() == "true")
    swept = models["family"] == "beta_vae"
    if not flag[swept].any():
        return table
    left_out = set(models.loc[swept & ~flag, "model"])
    return table[~table["model"].isin(left_out)].reset_index(drop=True)


def by_family(table, column, **conditions):
    """Return the finite values of a column as one Series per family, in the figures' order.

    Parameters
    ----------
    table : DataFrame
        With a column `family`.
    column : str
        The values.
    **conditions
        Values that other columns must have, for example ``split="test"``.

    Returns
    -------
    values : dict of str to DataFrame
        Family to its rows with a finite value, sorted by model.
    """
    if not present(table):
        return {}
    for name, value in conditions.items():
        table = table[table[name] == value]
    table = table[pd.to_numeric(table[column], errors="coerce").notna()]
    return {
        family: table[table["family"] == family].sort_values("model", kind="stable")
        for family in family_order(table["family"])
    }


def comparison(statistics, figure, panel, group_a, group_b, test=""):
    """Return the row of the statistics table that compares two groups, or None.

    Where a panel holds several tests of the same groups, `test` names one.
    """
    if not present(statistics):
        return None
    here = statistics[(statistics["figure"] == figure) & (statistics["panel"] == panel)]
    if test:
        here = here[here["test"] == test]
    pair = {group_a, group_b}
    rows = here[[{a, b} == pair for a, b in zip(here["group_a"], here["group_b"], strict=True)]]
    return rows.iloc[0] if len(rows) else None


def stars(row):
    """Return the mark of a comparison by its Holm-corrected p value."""
    if row is None or pd.isna(row["p_holm"]):
        return ""
    for limit, mark in ((0.001, "***"), (0.01, "**"), (0.05, "*")):
        if row["p_holm"] < limit:
            return mark
    return "n.s."
