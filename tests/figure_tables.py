"""Made-up tables of a run, at the demo's scale and at the paper's, to draw figures from."""

import numpy as np
import pandas as pd
from facepatch.figures.context import FigureContext

# Number of models, and the typical alignment, of each family.
SCALES = {
    "demo": dict(
        beta_vae=6, beta_vae_rotated=3, vae=2, ae=2, classifier=3, vgg_raw=3, vgg_pca=3,
        pca=3, ica=2, aam=3, neurons=3, factors=1, external=1,
    ),
    "full": dict(
        beta_vae=400, beta_vae_rotated=51, vae=50, ae=50, classifier=71, vgg_raw=23, vgg_pca=41,
        pca=41, ica=50, aam=21, neurons=51, factors=1, external=3,
    ),
}  # fmt: skip
LEVEL = dict(
    beta_vae=0.55, beta_vae_rotated=0.35, vae=0.3, ae=0.22, classifier=0.2, vgg_raw=0.25,
    vgg_pca=0.24, pca=0.26, ica=0.3, aam=0.33, neurons=0.53, factors=0.97, external=0.4,
)  # fmt: skip
SELECTED = {"demo": 3, "full": 51}
N_IMAGES = {"demo": 300, "full": 2100}
N_HELDOUT = {"demo": 20, "full": 62}
N_NEURONS = {"demo": 24, "full": 159}


def context(scale, **changes):
    """Facts of the made-up run."""
    facts = dict(
        dataset="simulated neurons (axis-semantic), rendered faces",
        n_neurons=N_NEURONS[scale],
        n_images=N_IMAGES[scale],
        n_heldout=N_HELDOUT[scale],
        untrained_vgg=True,
    )
    return FigureContext(**(facts | changes))


def betas(scale):
    """Beta and seed of every beta-VAE."""
    n, seeds = (3, 2) if scale == "demo" else (40, 10)
    return [(beta, seed) for beta in 0.5 * (1 + np.arange(n)) for seed in range(seeds)]


def models(scale, families=None):
    """Table `models.csv`."""
    rng = np.random.default_rng(1)
    rows = []
    for family, count in SCALES[scale].items():
        if families is not None and family not in families:
            continue
        for number in range(count):
            row = dict(family=family, model=f"{family}-m{number:03d}", seed=number, n_units=50)
            row |= dict(n_live=int(rng.integers(8, 50)), selected=family != "beta_vae")
            if family == "beta_vae":
                beta, seed = betas(scale)[number]
                row |= dict(model=f"beta_vae-b{beta}-s{seed:02d}", seed=seed, beta=beta)
                row |= dict(udr=0.15 + 0.4 * rng.random(), n_live=int(3 + 40 / (1 + beta)))
            rows.append(row)
    table = pd.DataFrame(rows)
    if "udr" in table:
        best = table["udr"].nlargest(SELECTED[scale]).index
        table.loc[best, "selected"] = True
    first = table.drop_duplicates("family").index
    reconstructing = table["family"].isin(["beta_vae", "vae", "ae"])
    table["instance"] = reconstructing & table.index.isin(first)
    return table


def _scores(table, rng, spread, shift=0.0):
    level = table["family"].map(LEVEL).to_numpy()
    swept = table["family"].eq("beta_vae").to_numpy()
    values = level + shift + spread * rng.standard_normal(len(table))
    if "udr" in table:
        udr = table["udr"].fillna(0).to_numpy()
        values = np.where(swept, 0.05 + 1.1 * udr + 0.3 * spread * rng.standard_normal(len(table)),
                          values)  # fmt: skip
    return np.clip(values, 0.02, 1)


def alignment(table):
    """Table `alignment.csv`."""
    rng = np.random.default_rng(2)
    parts = []
    for split, shift in (("test", 0.0), ("heldout", -0.08), ("artificial", -0.2)):
        part = table[["family", "model"]].assign(split=split)
        part["alignment"] = np.clip(_scores(table, rng, 0.03) + shift, 0.02, 1)
        part["alignment_live"] = part["alignment"] * 0.8
        part["explained_neurons"] = 20
        part["unexplained_fraction"] = 0.02
        part["remix_gap"] = part["alignment"] - 0.25 if split == "test" else np.nan
        part["remix_p"] = rng.random(len(part)) if split == "test" else np.nan
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def nll(table, scale):
    """Table `nll.csv`."""
    rng = np.random.default_rng(3)
    parts = []
    for family in ("beta_vae", "vae", "ae"):
        for model in table.loc[table["family"] == family, "model"][:2]:
            for split, n, shift in (
                ("train", N_IMAGES[scale], 0.0),
                ("test", N_IMAGES[scale], 0.004),
                ("heldout", N_HELDOUT[scale], 0.0045),
            ):
                values = 0.01 + shift + 0.02 * rng.gamma(3, 0.3, n)
                ids = [f"face{i:04d}" for i in range(n)]
                parts.append(
                    pd.DataFrame(
                        dict(family=family, model=model, split=split, stimulus=ids, nll=values)
                    )
                )
    columns = ["family", "model", "split", "stimulus", "nll"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def statistics(pairs):
    """Table `statistics.csv` with made-up p values for (figure, panel, group, group)."""
    rng = np.random.default_rng(4)
    rows = []
    for figure, panel, one, other in pairs:
        p = float(10 ** -rng.uniform(0.2, 6))
        rows.append(
            dict(figure=figure, panel=panel, group_a=one, group_b=other, test="Welch t",
                 alternative="two-sided", n_a=5, n_b=5, statistic=1.0, p=p,
                 p_holm=min(1.0, 3 * p), difference_of_medians=0.1, cliffs_delta=0.5)
        )  # fmt: skip
    return pd.DataFrame(rows)


def correlation(table):
    """Table `correlation.csv`."""
    rng = np.random.default_rng(5)
    parts = []
    for split, shift in (("test", 0.0), ("heldout", 0.03)):
        part = table[["family", "model"]].assign(split=split)
        part["correlation_ratio"] = 0.4 * _scores(table, rng, 0.03) + shift
        part["unit_proportion"] = _scores(table, rng, 0.08, 0.1)
        part["sd_abs_r"] = 0.05 + 2 * shift + 0.01 * rng.random(len(part))
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def udr(table):
    """Table `udr.csv`."""
    rows = table[table["family"] == "beta_vae"]
    if "udr" not in rows:
        return pd.DataFrame(columns=["model", "beta", "seed", "udr", "alignment", "n_live"])
    scores = alignment(table).query("split == 'test'").set_index("model")["alignment"]
    rows = rows.assign(alignment=rows["model"].map(scores))
    return rows[["model", "beta", "seed", "udr", "alignment", "n_live"]].reset_index(drop=True)


def udr_running(scale):
    """Table of the correlation within subsets of the betas."""
    n = np.arange(1, 4 if scale == "demo" else 41)
    sd = np.where((n > 1) & (n < n.max()), 0.15 / n, np.nan)
    return pd.DataFrame(dict(n_betas=n, mean=0.96 - 0.3 / n, sd=sd))


def variance_explained(table):
    """Table `variance_explained.csv`."""
    rng = np.random.default_rng(6)
    parts = []
    for direction in ("encoding", "decoding"):
        part = table[["family", "model"]].assign(direction=direction)
        part["median"] = 0.4 * _scores(table, rng, 0.04)
        part["mean"] = part["median"] + 0.02
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def variance_per_neuron(table, scale):
    """Table `variance_explained_per_neuron.csv`."""
    rng = np.random.default_rng(7)
    n, n_models = N_NEURONS[scale], len(table)
    encoding = np.clip(rng.beta(2, 5, n) + rng.normal(0, 0.03, (n_models, n)), 0, 1)
    frame = table.loc[np.repeat(table.index, n), ["family", "model"]].reset_index(drop=True)
    frame["neuron"] = np.tile([f"n{i:03d}" for i in range(n)], n_models)
    frame["encoding"] = encoding.ravel()
    frame["best_single_unit"] = (encoding * rng.beta(3, 3, encoding.shape)).ravel()
    frame["noise_ceiling"] = 0.6
    return frame


def single_unit_ratios(scale):
    """Ratios of `facepatch.scores.variance.single_unit_ratios`."""
    rng = np.random.default_rng(8)
    n, n_models = N_NEURONS[scale], SELECTED[scale]
    ratio = rng.gamma(2, 0.15, (n, 1)) * rng.gamma(20, 0.05, (n, n_models))
    neurons = np.repeat([f"n{i:03d}" for i in range(n)], n_models)
    models = np.tile([f"beta_vae-m{i:02d}" for i in range(n_models)], n)
    return pd.DataFrame(
        dict(neuron=neurons, model=models, ratio=ratio.ravel(), reference="aam-k2x25")
    )


def decoding(table):
    """Table `decoding.csv`."""
    rng = np.random.default_rng(9)
    part = table[["family", "model"]].assign(n_matched=12)
    part["median_cosine_distance"] = 1.05 - _scores(table, rng, 0.04)
    part["identification_accuracy"] = 0.3 * _scores(table, rng, 0.05)
    part.loc[part["family"] == "vgg_raw", "median_cosine_distance"] = np.nan
    return part
