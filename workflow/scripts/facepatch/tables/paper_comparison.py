"""The paper's numbers beside a run's own, and whether direction and ordering agree.

A disagreement is a result like any other: every number of `paper_numbers` gets a row, and a
row is `not comparable` only for a reason that its note gives.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from facepatch.tables.paper_numbers import LABELS, PAPER_NUMBERS
from facepatch.tables.paper_values import RULES, Finding, missing

__all__ = ["RunFacts", "compare_with_paper"]

COLUMNS = (
    *("figure", "panel", "quantity", "paper", "run", "agrees", "note"),
    *("paper_n", "run_n", "simulated"),
)

# Groups below this size leave a large difference undetected more often than not.
_FEW = 15


@dataclass(frozen=True)
class RunFacts:
    """What a reader must know before a run is set beside the paper.

    Attributes
    ----------
    simulated_neurons : bool
    untrained_vgg : bool
        VGG has random weights: nothing about it is comparable with VGG-Face.
    sufr : bool
        The images are the 400 identities under 7 lightings.
    rendered_faces : bool
        The images are not photographs.
    """

    simulated_neurons: bool
    untrained_vgg: bool
    sufr: bool = False
    rendered_faces: bool = False


def _label(group):
    family, _, split = group.partition(":")
    return LABELS.get(family, family) + (f" ({split})" if split else "")


def _test(number, tables, facts):
    """Judge a test of two groups by its direction, or by the lack of a difference."""
    families = {group.partition(":")[0] for group in (number.group_a, number.group_b)}
    rows = tables["statistics"]
    rows = rows[(rows["figure"] == number.figure) & (rows["panel"] == number.panel)]
    rows = rows[(rows["group_a"] == number.group_a) & (rows["group_b"] == number.group_b)]
    if not len(rows):
        return missing(f"{_label(number.group_a)} beside {_label(number.group_b)}")
    row = rows.iloc[0]
    p, difference = row["p"], row["difference_of_medians"]
    known = np.isfinite(p)
    effect = (
        f"difference of medians {difference:+.3g}, Cliff's delta {row['cliffs_delta']:+.2f}, "
        + (f"p = {p:.3g} (Holm {row['p_holm']:.3g})" if known else str(row["note"]))
    )
    n = f"{int(row['n_a'])} / {int(row['n_b'])}"
    run = float(p if number.quantity.startswith("p, ") else difference)
    if facts.untrained_vgg and families & {"vgg_raw", "vgg_pca"}:
        return Finding(run, "not comparable", f"VGG has random weights here; {effect}", n)
    if number.claim in ("same", "differ"):
        if not known:
            return Finding(run, "not comparable", effect, n)
        agrees = (p < number.level) == (number.claim == "differ")
        few = agrees and number.claim == "same" and min(row["n_a"], row["n_b"]) < _FEW
        note = f"{effect}; level {number.level:g}"
        note += "; with so few, a difference would hardly show" if few else ""
        return Finding(run, "yes" if agrees else "no", note, n)
    if not np.isfinite(difference):
        return Finding(run, "not comparable", effect, n)
    agrees = difference > 0 if number.claim == "above" else difference < 0
    where = "the paper's direction" if agrees else "not the paper's direction"
    weak = "" if known and p < number.level else ", and not significant here"
    return Finding(run, "yes" if agrees else "no", f"{where}{weak}: {effect}", n)


def _note(number, finding, facts):
    parts = [finding.note]
    if number.caution:
        parts.append(f"of the paper's number: {number.caution}")
    if finding.run == "":
        return "; ".join(parts)
    if facts.simulated_neurons and number.rests_on == "neurons":
        parts.append("simulated neurons: this tests the analysis, not the brain")
    if facts.rendered_faces and number.rests_on == "images":
        parts.append("rendered faces, not photographs")
    return "; ".join(parts)


def compare_with_paper(tables, facts):
    """Return every number of the paper beside the run's.

    Parameters
    ----------
    tables : dict of str to DataFrame
        `models`, `statistics`, and of `alignment`, `correlation`, `variance_explained`,
        `single_unit_ratios`, `decoding`, `running_correlation`, `label_agreement`,
        `ranking_scores` and `ranking_tests` those that the run has.
    facts : RunFacts

    Returns
    -------
    DataFrame
        The columns of the contract, then paper_n, run_n and simulated. `run` is a p value
        beside a p value, the difference of medians beside a direction. `agrees` judges
        the direction or ordering (paper_spec 4, last paragraph) and, where the paper
        found no difference, that the run finds none at the paper's level.
    """
    rows = []
    for number in PAPER_NUMBERS:
        finding = RULES.get(number.claim, _test)(number, tables, facts)
        simulated = facts.simulated_neurons and number.rests_on == "neurons"
        rows.append(
            {
                "figure": number.figure,
                "panel": number.panel,
                "quantity": number.quantity,
                "paper": number.paper,
                "run": finding.run,
                "agrees": finding.agrees,
                "note": _note(number, finding, facts),
                "paper_n": number.paper_n,
                "run_n": finding.run_n,
                "simulated": simulated or finding.simulated,
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)
