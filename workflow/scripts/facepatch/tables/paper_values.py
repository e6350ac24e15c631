"""Rules for the paper's numbers that are not tests of two groups (paper_spec 4)."""

from dataclasses import dataclass

import numpy as np

from facepatch.catalog import SCORED_BY_PAPER
from facepatch.tables.paper_numbers import LABELS
from facepatch.tables.records import compared

__all__ = ["RULES", "Finding", "missing"]


@dataclass(frozen=True)
class Finding:
    """What a run has to say to one number of the paper.

    Attributes
    ----------
    run : float, int or str
        The run's own number, "" if it has none.
    agrees : {"yes", "no", "not comparable"}
    note : str
        How agreement was judged, or why it cannot be.
    run_n : str
    simulated : bool
        The run's number comes from simulated raters.
    """

    run: object
    agrees: str
    note: str
    run_n: str = ""
    simulated: bool = False


def missing(what):
    """Return the finding of a run that lacks what a number is about."""
    return Finding("", "not comparable", f"this run has no {what}")


def _yes(condition):
    return "yes" if condition else "no"


def _within_factor_two(value, paper):
    return 0.5 <= value / paper <= 2


def _udr_correlation(number, tables, facts):
    rows = tables["statistics"]
    rows = rows[(rows["figure"] == "fig3") & (rows["panel"] == "d") & (rows["test"] == "Pearson r")]
    if not len(rows) or not np.isfinite(rows["statistic"].iloc[0]):
        return missing("correlation of UDR and alignment")
    r = float(rows["statistic"].iloc[0])
    note = "judged by r above .8, the acceptance pattern of the specification"
    partial = tables["statistics"]
    partial = partial[partial["test"] == "Partial r given live units"]["statistic"].dropna()
    if len(partial):
        note += f"; given the number of live units r = {partial.iloc[0]:.2f}"
    return Finding(r, _yes(r > 0.8), note, f"{int(rows['n_a'].iloc[0])}")


def _within_beta_correlation(number, tables, facts):
    running = tables.get("running_correlation")
    if running is None or not len(running) or not np.isfinite(running["mean"].iloc[0]):
        return missing("correlation within single betas")
    note = "the paper's value could not be recovered"
    n = f"{int(running['n_subsets'].iloc[0])}"
    return Finding(float(running["mean"].iloc[0]), "not comparable", note, n)


# Where each place among the families is read: table, column, value of split or direction.
_PLACES = {
    ("fig4", "a"): ("alignment", "alignment", "split", "test"),
    ("fig5", "a"): ("correlation", "correlation_ratio", "split", "test"),
    ("fig5", "b"): ("correlation", "unit_proportion", "split", "test"),
    ("fig6", "a"): ("variance_explained", "median", "direction", "encoding"),
}


def _first(number, tables, facts):
    name, column, key, value = _PLACES[number.figure, number.panel]
    if name not in tables:
        return missing(f"table {name}")
    table = compared(tables[name], tables["models"])
    families = [f for f in SCORED_BY_PAPER if f != "neurons"]
    note = ""
    if facts.untrained_vgg:
        families = [f for f in families if f not in ("vgg_raw", "vgg_pca")]
        note = "; VGG left out, since its weights are random here"
    table = table[(table[key] == value) & table["family"].isin(families)]
    medians = table.groupby("family")[column].median().dropna().sort_values(ascending=False)
    if number.group_a not in medians.index or len(medians) < 2:
        return missing(f"{LABELS[number.group_a]} beside another family")
    ahead = medians.index[medians > medians[number.group_a]]
    names = ", ".join(f"{LABELS[f]} {medians[f]:.3f}" for f in ahead) or "none"
    own = f"{LABELS[number.group_a]} {medians[number.group_a]:.3f}"
    note = f"medians over models: {own}; ahead of it: {names}{note}"
    return Finding(len(ahead) + 1, _yes(not len(ahead)), note, f"{len(medians)} families")


def _decoding_variance(number, tables, facts):
    table = tables.get("variance_explained")
    if table is None:
        return missing("decoding")
    table = compared(table, tables["models"])
    own = table[(table["family"] == "beta_vae") & (table["direction"] == "decoding")]["median"]
    if not own.notna().any():
        return missing("beta-VAE")
    why = "the paper's value could not be recovered"
    return Finding(float(own.median()), "not comparable", why, f"{own.notna().sum()}")


def _single_units(tables):
    ratios = tables.get("single_unit_ratios")
    if ratios is None or not len(ratios):
        return None
    medians = ratios.groupby("neuron")["ratio"].median()
    n = f"{ratios['model'].nunique()} x {len(medians)}"
    return medians > 0.5, n, ratios["reference"].iloc[0]


def _single_unit(count):
    def rule(number, tables, facts):
        found = _single_units(tables)
        if found is None:
            return missing("beta-VAE beside an AAM")
        over, n, reference = found
        note = (
            "judged by: some neurons, but fewer than half; a neuron counts by its median over "
            f"beta-VAEs; against {reference}"
        )
        value = int(over.sum()) if count else float(over.mean())
        return Finding(value, _yes(0 < over.mean() < 0.5), note, n)

    return rule


def _neurons_used(number, tables, facts):
    decoding = tables.get("decoding")
    if decoding is None:
        return missing("one-to-one decoding")
    models = tables["models"]
    used = decoding[decoding["model"].isin(models.loc[models["instance"], "model"])]
    used = used.set_index("family")["n_matched"]
    if any(family not in used.index for family in ("beta_vae", "vae", "ae")):
        return missing("AE, VAE and beta-VAE together")
    order = {
        "beta_vae": used["beta_vae"] < min(used["vae"], used["ae"]),
        "vae": used["beta_vae"] < used["vae"] < used["ae"],
        "ae": used["ae"] > max(used["vae"], used["beta_vae"]),
    }
    note = "judged by the order beta-VAE < VAE < AE"
    return Finding(int(used[number.group_a]), _yes(order[number.group_a]), note, "1")


def _unexplained(source, column, value, *, fewer, more, judged):
    """Return a rule about the share of unexplained neurons in the rows of one kind."""

    def rule(number, tables, facts):
        table = tables.get(source)
        if table is None:
            return missing(source)
        table = compared(table, tables["models"])
        table = table[table["family"].isin(SCORED_BY_PAPER)]
        percent = 100 * table.groupby(column)["unexplained_fraction"].mean()
        if not {fewer, more} <= set(percent.dropna().index):
            return missing(f"{source} of both {fewer} and {more}")
        n = f"{(table[column] == value).sum()} models"
        agrees = _yes(percent[fewer] < percent[more])
        return Finding(float(percent[value]), agrees, f"mean over models; judged by: {judged}", n)

    return rule


_FACES = {"fewer": "test", "more": "heldout", "judged": "fewer unexplained with the main faces"}
_RECIPES = {
    "fewer": "heldout",
    "more": "main",
    "judged": "more unexplained than with the recipe for few faces",
}


def _rating(table, value, what):
    """Return a rule about human ratings: not comparable wherever nobody was asked."""

    def rule(number, tables, facts):
        rows = tables.get(table)
        if rows is None or not len(rows):
            return missing(what)
        found = value(rows)
        if rows["simulated"].all():
            note = "simulated raters, not people"
            return Finding(found, "not comparable", note, simulated=True)
        if isinstance(number.paper, str):
            return Finding(found, "not comparable", "the paper's value could not be recovered")
        same = abs(found - number.paper) < 0.005
        note = "the same design" if same else "another design, which the data set decides"
        return Finding(found, "yes" if same else "not comparable", note)

    return rule


def _starred(tests):
    pairs = tests[(tests["test"] == "Nemenyi") & (tests["p"] < 0.05)]
    overall = tests[(tests["test"] == "Friedman") & (tests["p"] < 0.05)]
    return int(overall["stimulus"].isin(pairs["stimulus"]).sum())


def _units(wanted_sufr):
    def rule(number, tables, facts):
        models = tables["models"]
        live = models[models["selected"] & (models["family"] == "beta_vae")]["n_live"]
        if not len(live):
            return missing("beta-VAE")
        if facts.sufr != wanted_sufr:
            return missing("beta-VAEs trained on SUFR" if wanted_sufr else "beta-VAEs of the study")
        note = "mean over the selected beta-VAEs; judged by: within a factor of two"
        value = float(live.mean())
        return Finding(value, _yes(_within_factor_two(value, number.paper)), note, f"{len(live)}")

    return rule


RULES = {
    "udr_correlation": _udr_correlation,
    "within_beta_correlation": _within_beta_correlation,
    "first": _first,
    "decoding_variance": _decoding_variance,
    "single_unit_share": _single_unit(count=False),
    "single_unit_count": _single_unit(count=True),
    "neurons_used": _neurons_used,
    "unexplained_main": _unexplained("alignment", "split", "test", **_FACES),
    "unexplained_heldout": _unexplained("alignment", "split", "heldout", **_FACES),
    "unexplained_main_recipe": _unexplained("alignment_heldout", "recipe", "main", **_RECIPES),
    "largest_entropy": _rating(
        "label_agreement", lambda rows: float(rows["max_entropy"].max()), "labels of latents"
    ),
    "n_labels": _rating(
        "label_agreement", lambda rows: int(rows["n_labels"].max()), "labels of latents"
    ),
    "label_raters": _rating(
        "label_agreement", lambda rows: int(rows["n_raters"].max()), "labels of latents"
    ),
    "median_entropy": _rating(
        "label_agreement", lambda rows: float(rows["entropy"].median()), "labels of latents"
    ),
    "ranking_raters": _rating(
        "ranking_scores", lambda rows: int(rows["n_raters"].max()), "rankings"
    ),
    "ranked_images": _rating(
        "ranking_scores", lambda rows: int(rows["stimulus"].nunique()), "rankings"
    ),
    "starred_images": _rating("ranking_tests", _starred, "rankings"),
    "sufr_units": _units(wanted_sufr=True),
    "informative_units": _units(wanted_sufr=False),
}
