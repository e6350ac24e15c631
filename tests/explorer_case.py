"""A made-up run for the interactive page, with names that would run if they became markup."""

import json
from types import SimpleNamespace

import build_explorer
import numpy as np
import pandas as pd
from facepatch.explorer.tiles import TraversalTiles
from facepatch.files import write_csv, write_json, write_npz
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses

HOSTILE = "<script>alert(1)</script>"
HOSTILE_IMAGE = '<img src=x onerror="document.title=1">'
NEURONS = [f"n{number}" for number in range(8)] + [HOSTILE, "a%{x}&amp;<b>b</b>"]
UNITS = ["z0", "z1", HOSTILE, "z3", HOSTILE_IMAGE]
N_IMAGES = 6
RECORDS = [
    {"family": "beta_vae", "id": "beta_vae-b1.0-s00", "seed": 0, "beta": 1.0},
    {"family": "beta_vae", "id": "beta_vae-b1.0-s01", "seed": 1, "beta": 1.0},
    {"family": "pca", "id": "pca-k5", "seed": 0, "n_components": 5},
    {"family": "external", "id": f"external-{HOSTILE_IMAGE}", "seed": 0},
]


def weights_of(place):
    """Weights (units, neurons) of one model: a different unit leads in each model."""
    weights = np.random.default_rng(place).normal(0, 0.02, (len(UNITS), len(NEURONS)))
    weights[1] = 0.0  # the dead unit
    weights[3 * place % len(UNITS)] += 0.5
    return weights


def embedding_of(place):
    """An embedding with one dead unit."""
    values = np.random.default_rng(place).normal(size=(N_IMAGES, len(UNITS)))
    ids = [f"i{number}" for number in range(N_IMAGES)]
    return Embedding(
        units=UNITS,
        test=values,
        heldout=values[:2],
        test_ids=ids,
        heldout_ids=ids[:2],
        live=np.array([True, False, True, True, True]),
        kl=np.arange(5.0) / 4 if place < 2 else None,
    )


def tables():
    """Tables `models.csv` and `alignment.csv`."""
    ids = [record["id"] for record in RECORDS]
    families = [record["family"] for record in RECORDS]
    models = pd.DataFrame(
        dict(
            family=families, model=ids, seed=[0, 1, 0, 0], n_units=5, n_live=4,
            selected=[True, False, True, True], beta=[1.0, 1.0, np.nan, np.nan],
            n_components=[np.nan, np.nan, 5, np.nan], udr=[0.25, 0.125, np.nan, np.nan],
            instance=[True, False, False, False], train_nll=np.nan,
        )
    )  # fmt: skip
    rows = [
        dict(
            family=family, model=name, split=split, alignment=0.1 * (place + 1),
            alignment_live=0.05, explained_neurons=7, unexplained_fraction=0.3,
            remix_gap=0.0125 if split == "test" else np.nan,
            remix_p=0.05 if split == "test" else np.nan,
        )
        for place, (family, name) in enumerate(zip(families, ids, strict=True))
        for split in ("test", "heldout")
    ]  # fmt: skip
    return models, pd.DataFrame(rows)


def responses():
    """Responses; the third neuron has no noise ceiling."""
    n = len(NEURONS)
    ceiling = np.linspace(0.2, 0.9, n)
    ceiling[2] = np.nan
    ids = [f"i{number}" for number in range(N_IMAGES)]
    return Responses(
        neurons=np.array(NEURONS), test=np.zeros((N_IMAGES, n)), heldout=np.zeros((2, n)),
        test_ids=np.array(ids), heldout_ids=np.array(ids[:2]), reliability=np.full(n, 0.5),
        noise_ceiling=ceiling, silent=np.zeros(n, bool),
    )  # fmt: skip


def r2_of(place):
    """R2 of one model's neurons; the first is one of the PCA's own, the second fails."""
    r2 = np.linspace(-0.1, 0.6, len(NEURONS))
    if place == 2:
        r2[0] = np.nan
    return r2


def tiles():
    """Two strips of the first model."""
    grey = np.arange(2 * 3 * 4 * 4, dtype=np.uint8).reshape(2, 3, 4, 4)
    models = np.array([RECORDS[0]["id"]] * 2)
    return TraversalTiles(models, np.array([2, 0]), np.array([-2.0, 0.0, 2.0]), grey)


def build(folder):
    """Write the files of the run and its page; return the path of the page."""
    models, alignment = tables()
    write_csv(models, folder / "models.csv")
    write_csv(alignment, folder / "alignment.csv")
    counts = {"n_main": N_IMAGES, "n_heldout": 2, "n_neurons": len(NEURONS)}
    write_json({"counts": counts}, folder / "dataset.json")
    responses().save(folder / "responses.npz")
    tiles().save(folder / "tiles.npz")
    encodings, embeddings = [], []
    for place in range(len(RECORDS)):
        encodings.append(str(folder / f"encoding-{place}.npz"))
        embeddings.append(str(folder / f"embedding-{place}.npz"))
        write_npz(encodings[-1], weights=weights_of(place), r2=r2_of(place))
        embedding_of(place).save(embeddings[-1])
    build_explorer.main(
        SimpleNamespace(
            input=SimpleNamespace(
                models=folder / "models.csv", alignment=folder / "alignment.csv",
                report=folder / "dataset.json", responses=folder / "responses.npz",
                traversals=folder / "tiles.npz", encodings=encodings, embeddings=embeddings,
            ),
            output=SimpleNamespace(page=folder / "explorer.html"),
            params=SimpleNamespace(
                models=RECORDS, run="made-up {{ data }} run", dataset=f"made-up {HOSTILE}",
                untrained_vgg=True, max_units=200,
            ),
            log=[],
        )
    )  # fmt: skip
    return folder / "explorer.html"


def content_of(page):
    """Return what a page carries, as the browser reads it."""
    start = page.index('id="content">') + len('id="content">')
    return json.loads(page[start : page.index("</script>", start)])
