"""What each figure takes, made up: tables, pictures, curves and ratings."""

import importlib
from itertools import combinations

import numpy as np
import pandas as pd
from facepatch.figures.network_pictures import Reconstructions, Traversals
from figure_tables import (
    N_HELDOUT,
    N_NEURONS,
    SCALES,
    alignment,
    betas,
    correlation,
    decoding,
    models,
    nll,
    single_unit_ratios,
    statistics,
    udr,
    udr_running,
    variance_explained,
    variance_per_neuron,
)


def all_pairs(figure, panel, groups):
    """Every pair of groups, for `statistics`."""
    return [(figure, panel, one, other) for one, other in combinations(groups, 2)]


def _likelihood_pairs():
    return [
        pair
        for family in ("ae", "vae", "beta_vae")
        for pair in all_pairs("sfig1", "a", [f"{family}:{s}" for s in ("train", "test", "heldout")])
    ]


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
        for beta, seed in betas(scale)
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
    for beta, seed in betas(scale)[:: 1 if scale == "demo" else 50]:
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
    whole = statistics([("sfig5", "a", "all", "all")])
    parts += [whole.assign(item=face, test="Friedman") for face in faces]
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
