"""Every number of the paper that could be recovered, and what it claims (paper_spec 4).

Where only a direction or an ordering is known the number is `NOT_RECOVERED` or a word. The
claims are judged in `facepatch.tables.paper_comparison`. A p value's claim is a direction or the
lack of a difference, never its size: p shrinks with the number of seeds trained.
"""

from dataclasses import dataclass

__all__ = ["LABELS", "NOT_RECOVERED", "PAPER_NUMBERS", "PaperNumber"]

NOT_RECOVERED = "not recovered"

LABELS = {
    "beta_vae": "beta-VAE",
    "vae": "VAE",
    "ae": "AE",
    "classifier": "Classifier",
    "vgg_raw": "VGG (raw)",
    "vgg_pca": "VGG (PCA)",
    "pca": "PCA",
    "ica": "ICA",
    "aam": "AAM",
    "neurons": "neuron subsets",
}
# Models per family in the alignment and correlation figures, and in one-to-one decoding.
_N = {
    **{"beta_vae": 51, "vae": 50, "ae": 50, "classifier": 71, "vgg_raw": 23, "vgg_pca": 41},
    **{"pca": 41, "ica": 50, "aam": 21, "neurons": 50},
}
_N_DECODED = _N | {"classifier": 64, "vgg_raw": 22}
_BASELINES = ("ae", "vae", "pca", "ica", "vgg_pca", "classifier", "aam", "vgg_raw")


@dataclass(frozen=True)
class PaperNumber:
    """One reported number and the claim that it stands for.

    Attributes
    ----------
    figure, panel : str
        As in `statistics.csv`; panel "" for numbers of the running text.
    quantity : str
        What was measured, in words.
    paper : float, int or str
    claim : str
        For a test: `above`, `below` (group a against b), `same`, `differ`. Else the name
        of a rule of `facepatch.tables.paper_values`.
    group_a, group_b : str
        The groups of a test, as in `statistics.csv`, or what a rule needs.
    level : float
        Significance level by which the paper calls groups the same or different.
    paper_n : str
    rests_on : str
        `neurons`, `images` or `raters`: whether simulated ones matter.
    caution : str
        What is uncertain about the paper's number.
    """

    figure: str
    panel: str
    quantity: str
    paper: object
    claim: str
    group_a: str = ""
    group_b: str = ""
    level: float = 0.05
    paper_n: str = ""
    rests_on: str = "neurons"
    caution: str = ""


def _pair(a, b, counts=_N):
    return {"group_a": a, "group_b": b, "paper_n": f"{counts[a]} / {counts[b]}"}


def _fig3():
    p = f"p, alignment: {LABELS['beta_vae']} and neuron subsets do not differ"
    yield PaperNumber("fig3", "b", p, 0.4345, "same", **_pair("beta_vae", "neurons"))
    for family in ("beta_vae", "neurons"):
        yield PaperNumber(
            *("fig3", "c", f"alignment of {LABELS[family]} drops with artificial neurons"),
            *("drops", "above", f"{family}:test", f"{family}:artificial"),
            paper_n=f"{_N[family]}",
        )
    text = "Pearson r of UDR and alignment over the sweep"
    yield PaperNumber("fig3", "d", text, 0.96, "udr_correlation", paper_n="400")
    text = "r of UDR and alignment, all betas together"
    yield PaperNumber("fig3", "e", text, 0.96, "udr_correlation", paper_n="400")
    text = "r of UDR and alignment within one beta, mean over betas"
    yield PaperNumber("fig3", "e", text, NOT_RECOVERED, "within_beta_correlation", paper_n="40")


def _figs_4_to_6():
    for family in _BASELINES:
        text = f"alignment: beta-VAE above {LABELS[family]}"
        yield PaperNumber("fig4", "a", text, "above", "above", **_pair("beta_vae", family))
    first = "place of beta-VAE among the families (1 is highest)"
    yield PaperNumber("fig4", "a", f"alignment: {first}", 1, "first", "beta_vae")
    yield PaperNumber("fig5", "a", f"correlation ratio: {first}", 1, "first", "beta_vae")
    yield PaperNumber("fig5", "b", f"unit proportion: {first}", 1, "first", "beta_vae")
    text = "encoding variance: place of AAM among the families (1 is highest)"
    yield PaperNumber("fig6", "a", text, 1, "first", "aam")
    text = "encoding variance: beta-VAE slightly below AE"
    yield PaperNumber("fig6", "a", text, "below", "below", **_pair("beta_vae", "ae"))
    text = "decoding variance: median of beta-VAE"
    yield PaperNumber("fig6", "b", text, NOT_RECOVERED, "decoding_variance")
    text = "share of neurons of which one beta-VAE unit explains over half of what the AAM does"
    yield PaperNumber("sfig3", "", text, 0.10, "single_unit_share", paper_n="51 x 159")
    text = "number of such neurons"
    yield PaperNumber("sfig3", "", text, 15, "single_unit_count", paper_n="51 x 159")


def _fig7():
    reported = {
        **{"ae": 0.0195, "vae": 1.0596e-14, "pca": 4.0370e-25, "ica": 1.5758e-12},
        **{"vgg_pca": 5.0467e-24, "classifier": 0.0, "aam": 2.3216e-14, "vgg_raw": 4.8840e-20},
    }
    for family, p in reported.items():
        text = f"p, cosine distance: beta-VAE below {LABELS[family]} (one-sided)"
        groups = _pair("beta_vae", family, _N_DECODED)
        yield PaperNumber("fig7", "b", text, p, "below", **groups)
    for family, number in (("beta_vae", 12), ("ae", 30), ("vae", 27)):
        text = f"neurons that decode {LABELS[family]}"
        yield PaperNumber("fig7", "c", text, number, "neurons_used", family)


def _sfig1_likelihood():
    misprint = "the paper prints the same mantissa for train-test and train-held-out"
    reported = (
        ("test", "heldout", "same", {"beta_vae": 0.6461, "ae": 0.9127, "vae": 0.4269}),
        ("train", "test", "differ", {"beta_vae": 0.2359e-31, "ae": 0.0, "vae": 0.0}),
        ("train", "heldout", "differ", {"beta_vae": 0.2359e-3, "ae": 6.3e-6, "vae": 1e-7}),
    )
    sizes = {"train": "2,100", "test": "2,100", "heldout": "62"}
    for one, other, claim, numbers in reported:
        verb = "do not differ" if claim == "same" else "differ"
        for family, p in numbers.items():
            doubtful = claim == "differ" and family == "beta_vae"
            yield PaperNumber(
                *("sfig1", "a", f"p, NLL of {LABELS[family]}: {one} and {other} {verb}"),
                *(p, claim, f"{family}:{one}", f"{family}:{other}"),
                paper_n=f"{sizes[one]} / {sizes[other]}",
                rests_on="images",
                caution=misprint if doubtful else "",
            )
    for family in ("ae", "vae"):
        yield PaperNumber(
            *("sfig1", "a", f"p, training NLL: beta-VAE above {LABELS[family]}"),
            *("< .01", "above", "beta_vae:train", f"{family}:train", 0.01, "2,100 / 2,100"),
            rests_on="images",
        )


def _sfig1_alignment():
    reported = {
        **{"beta_vae": 0.045, "vgg_raw": 0.2191, "classifier": 3.4260e-23, "aam": 1.3123e-29},
        **{"vae": 4.5204e-29, "vgg_pca": 1.6982e-22, "pca": 2.1103e-31, "ae": 2.1467e-32},
        "ica": 1.5940e-30,
    }
    for family, p in reported.items():
        same = p > 0.01
        relation = "not different from" if same else "below"
        text = f"p, held-out alignment: {LABELS[family]} {relation} neuron subsets"
        direction = "" if same else "that the difference is downward is our reading"
        claim, groups = "same" if same else "below", _pair(family, "neurons")
        yield PaperNumber("sfig1", "b", text, p, claim, level=0.01, caution=direction, **groups)
    for text, percent, rule in (
        ("% of neurons unexplained, main faces", 1.32, "unexplained_main"),
        ("% unexplained, held-out faces, main recipe", 84.8, "unexplained_main_recipe"),
        ("% unexplained, held-out faces, held-out recipe", 35.8, "unexplained_heldout"),
    ):
        yield PaperNumber("sfig1", "", text, percent, rule, paper_n="159")


def _sfig2():
    text = "p, SD of |r| larger with the held-out than with the main faces"
    groups = {"group_a": "all:test", "group_b": "all:heldout", "paper_n": "449 / 449"}
    yield PaperNumber("sfig2", "a", text, 0.003, "below", **groups)
    ratio = {
        **{"aam": 3.3598e-9, "ica": 3.6192e-11, "vgg_pca": 4.7524e-15, "pca": 2.7462e-16},
        **{"vae": 1.7377e-13, "ae": 9.5982e-15, "classifier": 3.5077e-52, "vgg_raw": 5.5346e-12},
    }
    proportion = {
        **{"aam": 0.0013, "ica": 3.8819e-8, "vgg_pca": 0.0076, "pca": 4.7032e-6},
        **{"vae": 0.0788, "ae": 1.1799e-4, "classifier": 1.2764e-5, "vgg_raw": 0.0630},
    }
    for panel, name, numbers in (
        ("b", "correlation ratio", ratio),
        ("c", "unit proportion", proportion),
    ):
        for family, p in numbers.items():
            claim = "same" if p > 0.05 else "above"
            relation = "not different from" if claim == "same" else "above"
            text = f"p, held-out {name}: beta-VAE {relation} {LABELS[family]}"
            yield PaperNumber("sfig2", panel, text, p, claim, **_pair("beta_vae", family))


def _ratings_and_notes():
    human = {"rests_on": "raters"}
    text = "largest possible entropy of the labels of a latent (nats)"
    yield PaperNumber("sfig4", "", text, 2.83, "largest_entropy", **human)
    yield PaperNumber("sfig4", "", "labels to choose from", 17, "n_labels", **human)
    yield PaperNumber("sfig4", "", "raters of latents", 300, "label_raters", **human)
    text = "median entropy of the labels of a latent (nats)"
    yield PaperNumber("sfig4", "", text, NOT_RECOVERED, "median_entropy", **human)
    yield PaperNumber("sfig5", "", "raters of reconstructions", 300, "ranking_raters", **human)
    yield PaperNumber("sfig5", "", "images ranked", 57, "ranked_images", **human)
    text = "images with a pair of models that differs"
    yield PaperNumber("sfig5", "", text, NOT_RECOVERED, "starred_images", **human)
    text = "informative units of a beta-VAE trained on SUFR"
    yield PaperNumber("supplementary note", "", text, 25, "sufr_units", rests_on="images")
    text = "informative units of a well disentangled beta-VAE"
    yield PaperNumber("supplementary note", "", text, 15, "informative_units", rests_on="images")


PAPER_NUMBERS = (
    *_fig3(),
    *_figs_4_to_6(),
    *_fig7(),
    *_sfig1_likelihood(),
    *_sfig1_alignment(),
    *_sfig2(),
    *_ratings_and_notes(),
)
