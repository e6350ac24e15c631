"""Made-up tables of a run, at the demo's scale and at the paper's, to draw figures from."""

import importlib
from itertools import combinations

import numpy as np
import pandas as pd
from facepatch.figure_data import Reconstructions, Traversals
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


def _betas(scale):
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
                beta, seed = _betas(scale)[number]
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


def all_pairs(figure, panel, groups):
    """Every pair of groups, for `statistics`."""
    return [(figure, panel, one, other) for one, other in combinations(groups, 2)]


def _likelihood_pairs():
    return [
        pair
        for family in ("ae", "vae", "beta_vae")
        for pair in all_pairs("sfig1", "a", [f"{family}:{s}" for s in ("train", "test", "heldout")])
    ]


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


def weights(scale, seed=0):
    """Lasso weights of a beta-VAE and of its rotation."""
    rng = np.random.default_rng(seed)
    n_neurons, n_live = N_NEURONS[scale], 12
    axis = np.zeros((50, n_neurons))
    axis[4 * rng.integers(n_live, size=n_neurons), np.arange(n_neurons)] = 1
    axis += (rng.random(axis.shape) < 0.02) * rng.normal(0, 0.3, axis.shape)
    axis[:, :2] = 0
    rotated = np.zeros_like(axis)
    rotated[::4][:n_live] = rng.normal(size=(n_live, n_neurons)) ** 3
    return {"beta_vae": ("beta_vae-b1.0-s00", axis), "beta_vae_rotated": ("rotated-r00", rotated)}


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
    """Ratios of `facepatch.variance.single_unit_ratios`."""
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


def _faces(*shape):
    """Grey discs with a bright patch that moves along the last leading axis."""
    y, x = np.indices((32, 32)) / 16 - 1
    place = np.indices(shape).reshape(len(shape), -1)[-1] / max(shape[-1] - 1, 1) - 0.5
    disc = 0.6 * (x**2 + y**2 < 0.8) + 0.2
    images = disc + 0.2 * ((x - place[:, None, None]) ** 2 + y**2 < 0.05)
    return images.reshape(*shape, 32, 32).astype(np.float32)


def traversals(scale):
    """Traversals of two models, the second with fewer latents than asked for."""
    n_units, n_values = 8, 7
    units = np.tile(np.arange(n_units), (2, 1))
    units[1, 5:] = -1
    return Traversals(
        models=np.array(["beta_vae-b1.0-s03", "beta_vae-b0.5-s00"]),
        udr=np.array([0.41, 0.4]),
        values=np.linspace(-2, 2, n_values),
        units=units,
        kl=np.where(units >= 0, 4.0 - units / 3, np.nan),
        factors=np.where(units >= 0, "hair_length" if scale == "full" else "", ""),
        factor_r=np.where(units >= 0, 0.9, np.nan),
        images=_faces(2, n_units, n_values),
    )


def reconstructions(scale):
    """Faces rebuilt by three models."""
    n, sizes = N_HELDOUT[scale], np.array([12, 30, 27])
    names = np.array(["beta_vae-b1.0-s00", "ae-s00", "vae-s01"])
    rng = np.random.default_rng(10)
    return Reconstructions(
        stimuli=np.array([f"heldout_{i:03d}" for i in range(n)]),
        originals=_faces(n),
        families=np.array(["beta_vae", "ae", "vae"]),
        models=names,
        decoded=_faces(3, n),
        autoencoded=_faces(3, n),
        pair_model=np.repeat(names, sizes),
        pair_neuron=np.array([f"n{i:03d}" for i in range(sizes.sum())]),
        pair_unit=np.concatenate([[f"z{i}" for i in range(size)] for size in sizes]),
        pair_r=rng.beta(2, 3, sizes.sum()),
    )


def records(scale):
    """Trained models as rules pass them."""
    swept = [
        dict(family="beta_vae", id=f"beta_vae-b{beta}-s{seed:02d}", beta=float(beta))
        for beta, seed in _betas(scale)
    ]
    others = [
        dict(family=family, id=f"{family}-s{number:02d}") | parameters(number)
        for family, parameters in (
            ("vae", lambda number: {"beta": 1.0}),
            ("ae", lambda number: {}),
            ("classifier", lambda number: {"units": 10 + number}),
        )
        for number in range(SCALES[scale][family])
    ]
    return swept + others


def curves(scale):
    """Learning curves of `records`."""
    rng = np.random.default_rng(11)
    step = np.arange(1, 201) * (100 if scale == "demo" else 5000)
    made = {}
    for record in records(scale):
        fall = 1 / (1 + step / step[20])
        noise = 3 * rng.standard_normal(len(step))
        loss = 1500 + 200 * fall + 10 * record.get("beta", 1) + noise
        variational = record["family"] in ("beta_vae", "vae")
        live = 12 + 30 * fall / record.get("beta", 1) if variational else np.nan
        made[record["id"]] = pd.DataFrame(dict(step=step, loss=loss, n_live=live))
    return made


def convergence(scale):
    """Table of scores along the training."""
    rng = np.random.default_rng(12)
    rows = []
    for beta, seed in _betas(scale)[:: 1 if scale == "demo" else 50]:
        for fraction in (0.125, 0.25, 0.5, 1.0):
            scores = 0.5 * (1 - np.exp(-3 * fraction)) + 0.02 * rng.standard_normal(2)
            row = dict(model=f"beta_vae-b{beta}-s{seed:02d}", beta=beta, seed=seed)
            row |= dict(fraction=fraction, step=int(fraction * 20000), n_live=40 - 20 * fraction)
            rows.append(row | dict(udr=scores[0], alignment=scores[1]))
    return pd.DataFrame(rows)


LABELS = (
    *("age", "gender", "weight", "face width", "jaw", "skin tone", "hair length", "hair dark"),
    *("fringe", "beard", "glasses", "turn left-right", "nod", "light", "smile", "ethnicity"),
    "none of these",
)


def label_tables(scale):
    """Tables `label_counts.csv` and `label_agreement.csv`."""
    rng = np.random.default_rng(13)
    latents = [f"z{i}" for i in range(4 if scale == "demo" else 15)]
    counts = rng.multinomial(300, rng.dirichlet(np.full(17, 0.2), len(latents)))[:, :17]
    share = counts / 300
    entropy = -(share * np.log(np.where(share > 0, share, 1))).sum(axis=1)
    long = pd.DataFrame(
        dict(latent=np.repeat(latents, 17), label=np.tile(LABELS, len(latents)),
             count=counts.ravel(), share=share.ravel(), simulated=True)
    )  # fmt: skip
    agreement = pd.DataFrame(
        dict(latent=latents, n_raters=300, entropy=entropy, max_entropy=np.log(17),
             max_agreement=share.max(axis=1), top_label="age", n_labels=17, simulated=True)
    )  # fmt: skip
    return long, agreement


def ranking_scores(scale):
    """Table `ranking_scores.csv`."""
    rng = np.random.default_rng(14)
    faces = [f"heldout_{i:03d}" for i in range(12 if scale == "demo" else 57)]
    scores = rng.uniform(-0.4, 0.4, (len(faces), 3)) + np.array([0.3, 0, -0.3])
    return pd.DataFrame(
        dict(stimulus=np.repeat(faces, 3), model=np.tile(["beta_vae", "vae", "ae"], len(faces)),
             mean_score=scores.ravel(), n_raters=300, simulated=True)
    )  # fmt: skip


def ranking_statistics(scale):
    """Rows of `statistics.csv` that concern Supplementary Fig. 5."""
    faces = ranking_scores(scale)["stimulus"].unique()
    pairs = all_pairs("sfig5", "a", ["ae", "vae", "beta_vae"])
    tests = [(face, test) for test in ("Nemenyi", "Conover") for face in faces]
    parts = [statistics(pairs).assign(item=face, test=test) for face, test in tests]
    table = pd.concat(parts, ignore_index=True)
    table["p"] = 10 ** -np.random.default_rng(15).uniform(0.2, 6, len(table))
    return table.assign(p_holm=np.minimum(1, 50 * table["p"]))


def _against(reference, families, figure, *letters):
    return [
        (figure, panel, reference, family)
        for panel in letters
        for family in families
        if family != reference
    ]


def inputs(figure, scale, families=None):
    """Return what `draw` of a figure takes, with the families that are not left out."""
    table = models(scale, families)
    present = list(dict.fromkeys(table["family"]))
    pairs = {
        "sfig1": _likelihood_pairs() + _against("neurons", present, "sfig1", "b"),
        "sfig2": [
            ("sfig2", "a", "all:test", "all:heldout"),
            *_against("beta_vae", present, "sfig2", "b", "c"),
        ],
        "fig3": [
            ("fig3", "b", "beta_vae", "neurons"),
            *all_pairs(
                "fig3",
                "c",
                [f"{f}:{s}" for f in ("beta_vae", "neurons") for s in ("test", "artificial")],
            ),
        ],
        "fig4": _against("beta_vae", present, "fig4", "a", "b", "c"),
        "fig5": _against("beta_vae", present, "fig5", "a", "b"),
        "fig7": _against("beta_vae", present, "fig7", "b"),
        "fig6": _against("beta_vae", present, "fig6", "a", "b"),
    }
    made = {
        "models": table,
        "alignment": alignment(table),
        "nll": nll(table, scale),
        "correlation": correlation(table),
        "udr": udr(table),
        "label_counts": label_tables(scale)[0],
        "label_agreement": label_tables(scale)[1],
        "ranking_scores": ranking_scores(scale),
        "convergence": convergence(scale),
        "decoding": decoding(table),
        "variance_explained": variance_explained(table),
        "variance_explained_per_neuron": variance_per_neuron(table, scale),
        "single_unit_ratios": single_unit_ratios(scale),
        "udr_running": udr_running(scale),
        "statistics": statistics(pairs.get(figure, [])),
    }
    if figure == "fig3":
        correlations = [("fig3", "d", "udr", "alignment")] * 2
        tests = ["Pearson r", "Partial r given live units"]
        rows = statistics(correlations).assign(test=tests, statistic=[0.96, 0.5])
        made["statistics"] = pd.concat([made["statistics"], rows], ignore_index=True)
    if figure == "sfig5":
        made["statistics"] = ranking_statistics(scale)
    module = importlib.import_module(f"facepatch.figures.{figure}")
    return {name: made[name] for name in module.TABLES}


def extras(figure, scale):
    """Return what `draw` of a figure takes beside tables and context."""
    made = {
        "fig2": lambda: {"traversals": traversals(scale)},
        "fig3": lambda: {"weights": weights(scale)},
        "fig7": lambda: {"reconstructions": reconstructions(scale)},
    }
    return made.get(figure, dict)()
