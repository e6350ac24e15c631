"""Which groups each figure compares: the plan of `statistics.csv`."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from facepatch.catalog import FAMILIES
from facepatch.seeds import generator
from facepatch.tables import statistics
from facepatch.tables.records import compared

__all__ = ["PANELS", "STATISTICS_COLUMNS", "Panel", "statistics_table"]

STATISTICS_COLUMNS = (
    *("figure", "panel", "group_a", "group_b", "test", "alternative", "n_a", "n_b"),
    *("statistic", "p", "p_holm", "difference_of_medians", "cliffs_delta"),
    *("median_a", "median_b", "difference_low", "difference_high", "cliffs_low", "cliffs_high"),
    *("item", "note"),
)
# Neuron subsets are a ceiling with panels of their own, not a baseline of the others.
_BASELINES = tuple(f for f in FAMILIES if f not in ("beta_vae", "neurons"))
_ALL_BUT_NEURONS = tuple(f for f in FAMILIES if f != "neurons")
_REFERENCES = ("beta_vae_rotated", "factors", "external")
# 51 subsets are scored, one per selected beta-VAE; Fig 3 compares 50 (paper_spec 5, item 10).
_FIG3_SUBSETS = 50


@dataclass(frozen=True)
class Panel:
    """Comparisons of families in one panel: each of `groups` against `reference`.

    Attributes
    ----------
    figure, panel : str
    table, column : str
        Where the scores stand, one value per model.
    where : dict
        Values that other columns of the table must have.
    reference : str
        Family on one side of every comparison.
    groups : tuple of str
        Families on the other side; absent ones are left out.
    reference_first : bool
        The reference is group a (else group b).
    alternative : str
    """

    figure: str
    panel: str
    table: str
    column: str
    where: dict
    reference: str = "beta_vae"
    groups: tuple = _BASELINES
    reference_first: bool = True
    alternative: str = "two-sided"


_TEST, _HELDOUT = {"split": "test"}, {"split": "heldout"}
PANELS = (
    Panel("fig3", "b", "alignment", "alignment", _TEST, groups=("neurons",)),
    Panel("fig4", "a", "alignment", "alignment", _TEST),
    Panel("fig4", "b", "alignment", "alignment_live", _TEST),
    Panel("fig4", "c", "alignment", "remix_gap", _TEST),
    Panel("fig5", "a", "correlation", "correlation_ratio", _TEST),
    Panel("fig5", "b", "correlation", "unit_proportion", _TEST),
    Panel("fig6", "a", "variance", "median", {"direction": "encoding"}),
    Panel("fig6", "b", "variance", "median", {"direction": "decoding"}),
    Panel("fig7", "b", "decoding", "median_cosine_distance", {}, alternative="less"),
    Panel("fig7", "d", "decoding", "identification_accuracy", {}),
    Panel(
        *("sfig1", "b", "alignment", "alignment", _HELDOUT, "neurons"),
        groups=_ALL_BUT_NEURONS,
        reference_first=False,
    ),
    Panel("sfig2", "b", "correlation", "correlation_ratio", _HELDOUT),
    Panel("sfig2", "c", "correlation", "unit_proportion", _HELDOUT),
)


class _Rows:
    """Collects comparisons as rows, each with its own bootstrap generator."""

    def __init__(self, seed, n_resamples):
        self.seed, self.n_resamples, self.rows = seed, n_resamples, []

    def add(self, figure, panel, group_a, group_b, comparison, item=""):
        place = {"figure": figure, "panel": panel, "group_a": group_a, "group_b": group_b}
        self.rows.append(place | asdict(comparison) | {"item": item})

    def compare(self, figure, panel, groups, alternative="two-sided"):
        (name_a, a), (name_b, b) = groups.items()
        if len(a) and len(b):
            rng = generator(self.seed, "bootstrap", figure, panel, name_a, name_b)
            result = statistics.compare(a, b, rng, alternative, self.n_resamples)
            self.add(figure, panel, name_a, name_b, result)


def _values(table, column, family, **where):
    for name, value in (where | {"family": family}).items():
        table = table[table[name] == value]
    return table[column].to_numpy(float)


def _family_panels(rows, tables, models):
    for panel in PANELS:
        if panel.table not in tables:
            continue
        table = compared(tables[panel.table], models)
        for family in panel.groups:
            names = (panel.reference, family)
            names = names if panel.reference_first else names[::-1]
            groups = {name: _values(table, panel.column, name, **panel.where) for name in names}
            if panel.figure == "fig3":
                groups["neurons"] = groups["neurons"][:_FIG3_SUBSETS]
            rows.compare(panel.figure, panel.panel, groups, panel.alternative)


def _artificial(rows, tables, models):
    """Fig 3c: real against artificial responses, and the two families on the latter."""
    if "alignment" not in tables:
        return
    table = compared(tables["alignment"], models)
    score = {
        (family, split): _values(table, "alignment", family, split=split)
        for family in ("beta_vae", "neurons")
        for split in ("test", "artificial")
    }
    for key in score:
        if key[0] == "neurons":
            score[key] = score[key][:_FIG3_SUBSETS]
    for family in ("beta_vae", "neurons"):
        groups = {f"{family}:{split}": score[family, split] for split in ("test", "artificial")}
        rows.compare("fig3", "c", groups)
    groups = {f"{f}:artificial": score[f, "artificial"] for f in ("beta_vae", "neurons")}
    rows.compare("fig3", "c", groups)


def _udr(rows, tables):
    """Fig 3d: UDR against alignment over the whole sweep, plain and given the live units."""
    if "udr" not in tables or not len(tables["udr"]):
        return
    udr, score, live = (tables["udr"][name] for name in ("udr", "alignment", "n_live"))
    rows.add("fig3", "d", "udr", "alignment", statistics.correlate(udr, score))
    partial = statistics.partial_correlation(udr, score, live)
    rows.add("fig3", "d", "udr", "alignment", partial)


def _likelihood(rows, tables, models):
    """SFig 1a: splits of one model, and families on the training images; images as n."""
    if "nll" not in tables:
        return
    nll = tables["nll"]
    score = {}
    for family, model in models.loc[models["instance"], ["family", "model"]].to_numpy():
        for split, group in nll[nll["model"] == model].groupby("split", observed=True):
            score[family, split] = group["nll"].to_numpy(float)
    for family in ("ae", "vae", "beta_vae"):
        for pair in (("train", "test"), ("train", "heldout"), ("test", "heldout")):
            groups = {f"{family}:{split}": score.get((family, split), ()) for split in pair}
            rows.compare("sfig1", "a", groups)
    for family in ("ae", "vae"):
        groups = {f"{f}:train": score.get((f, "train"), ()) for f in ("beta_vae", family)}
        rows.compare("sfig1", "a", groups)


def _spread_of_correlations(rows, tables, models):
    """SFig 2a: SD of |r| with all and with the held-out faces, all models of the paper."""
    if "correlation" not in tables:
        return
    table = compared(tables["correlation"], models)
    table = table[~table["family"].isin(_REFERENCES)]
    splits = {
        f"all:{split}": table.loc[table["split"] == split, "sd_abs_r"].to_numpy(float)
        for split in ("test", "heldout")
    }
    rows.compare("sfig2", "a", splits)


def _rankings(rows, tables):
    """SFig 5: Friedman's test per image and its post-hoc pairs."""
    if "ranking_tests" not in tables:
        return
    names = [f for f in statistics.Comparison.__dataclass_fields__ if f in STATISTICS_COLUMNS]
    for row in tables["ranking_tests"].to_dict("records"):
        values = {name: row[name] for name in names if name in row}
        note = "" if pd.isna(row["note"]) else row["note"]
        comparison = statistics.Comparison(**(values | {"note": note}))
        rows.add("sfig5", "a", row["group_a"], row["group_b"], comparison, row["stimulus"])


def statistics_table(tables, seed, n_resamples=2000):
    """Return every comparison of a run's figures.

    Parameters
    ----------
    tables : dict of str to DataFrame
        `models`, and of `alignment`, `correlation`, `variance`, `decoding`, `nll`,
        `udr` and `ranking_tests` those that the run has.
    seed : int
        The run's seed; each comparison derives its bootstrap from it and its own name.
    n_resamples : int
        Bootstrap resamples over models (over images in SFig 1a).

    Returns
    -------
    DataFrame
        Columns `STATISTICS_COLUMNS`. A group is a family, or `family:split` where a panel
        compares splits. Effects are group a minus group b. `p_holm` corrects for all
        comparisons of one kind of test within a panel. `item` is the image in SFig 5.
    """
    models = tables["models"]
    rows = _Rows(seed, n_resamples)
    _family_panels(rows, tables, models)
    _artificial(rows, tables, models)
    _udr(rows, tables)
    _likelihood(rows, tables, models)
    _spread_of_correlations(rows, tables, models)
    _rankings(rows, tables)
    table = pd.DataFrame(rows.rows, columns=list(STATISTICS_COLUMNS))
    table["p_holm"] = np.nan
    for _, places in table.groupby(["figure", "panel", "test"]).groups.items():
        table.loc[places, "p_holm"] = statistics.holm(table.loc[places, "p"])
    order = table.sort_values(["figure", "panel"], kind="stable").index
    return table.loc[order].reset_index(drop=True)
