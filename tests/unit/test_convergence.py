"""Models on the way through their training are scored as they are at its end."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tabulate_convergence
from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, split_rows
from facepatch.files import write_json
from facepatch.models.embedding import Embedding
from facepatch.neurons.responses import Responses
from facepatch.scores.udr import udr_scores
from facepatch.seeds import generator

N_MAIN, N_UNITS, N_NEURONS = 120, 4, 6
IDS = [f"face_{k:03d}" for k in range(N_MAIN)]
GRID = {"n_folds": 5, "n_alphas": 20, "eps": 1e-2}
FRACTIONS = [0.25, 0.5]


def embedding(rng):
    values, none = rng.standard_normal((N_MAIN, N_UNITS)), np.zeros((0, N_UNITS))
    live = np.arange(N_UNITS) != rng.integers(N_UNITS)
    return Embedding(np.arange(N_UNITS).astype(str), values, none, IDS, [], live)


@pytest.fixture
def job(tmp_path):
    """Three models, two of one beta, with two snapshots each; the last trained for fewer steps."""
    rng = np.random.default_rng(4)
    models = [
        {"id": "beta_vae-b1-s00", "beta": 1.0, "seed": 0},
        {"id": "beta_vae-b1-s01", "beta": 1.0, "seed": 1},
        {"id": "beta_vae-b2-s00", "beta": 2.0, "seed": 0},
    ]
    names = [f"{m['id']}{at}" for m in models for at in (".at0.25", ".at0.5", "")]
    for name in names:
        embedding(rng).save(tmp_path / f"{name}.npz")
    for model, steps in zip(models, (1000, 1000, 200), strict=True):
        write_json({"steps": steps}, tmp_path / f"{model['id']}.json")
    rates = rng.standard_normal((N_MAIN, N_NEURONS))
    neurons = {"neurons": np.arange(N_NEURONS).astype(str), "silent": np.zeros(N_NEURONS, bool)}
    nothing = np.full(N_NEURONS, np.nan)
    Responses(
        **neurons, test=rates, heldout=rates[:0], test_ids=IDS, heldout_ids=IDS[:0],
        reliability=nothing, noise_ceiling=nothing,
    ).save(tmp_path / "responses.npz")  # fmt: skip
    files = {at: [str(tmp_path / f"{m['id']}{at}") for m in models] for at in ("", ".at")}
    return SimpleNamespace(
        log=[str(tmp_path / "log")],
        input=SimpleNamespace(
            snapshots=[f"{path}{f}.npz" for path in files[".at"] for f in FRACTIONS],
            finals=[f"{path}.npz" for path in files[""]],
            info=[f"{path}.json" for path in files[""]],
            responses=str(tmp_path / "responses.npz"),
        ),
        output=SimpleNamespace(table=str(tmp_path / "convergence.csv")),
        params=SimpleNamespace(
            models=models, fractions=FRACTIONS, train_fraction=0.8, seed=3, **GRID
        ),
    )


def test_every_stage_has_the_scores_of_a_finished_model(job):
    tabulate_convergence.main(job)
    table = pd.read_csv(job.output.table).set_index(["model", "fraction"])
    assert len(table) == 9
    responses = Responses.load(job.input.responses)
    rows = split_rows(N_MAIN, 0.8, generator(3, "encoding split"))
    stages = {0.25: job.input.snapshots[::2], 0.5: job.input.snapshots[1::2], 1: job.input.finals}
    for fraction, paths in stages.items():
        models = [Embedding.load(path) for path in paths]
        pair = udr_scores([m.test for m in models[:2]], [m.live for m in models[:2]])
        for model, found, udr in zip(job.params.models, models, [*pair, np.nan], strict=True):
            row = table.loc[model["id"], fraction]
            fit = encode(found.values("test"), responses.test, *rows, **GRID)
            score = alignment_score(fit.weights, fit.r2, found.live)
            assert row["alignment"] == pytest.approx(score.alignment, abs=1e-12)
            assert row["udr"] == pytest.approx(udr, abs=1e-12, nan_ok=True)
            assert row["n_live"] == N_UNITS - 1


def test_steps_are_those_that_each_model_was_trained_for(job):
    tabulate_convergence.main(job)
    table = pd.read_csv(job.output.table).set_index(["fraction", "model"])["step"]
    assert list(table[0.25]) == [250, 250, 50]
    assert list(table[1.0]) == [1000, 1000, 200]


def test_without_recordings_there_is_no_alignment(job):
    job.input.responses = []
    tabulate_convergence.main(job)
    table = pd.read_csv(job.output.table)
    assert table["alignment"].isna().all()
    assert table["n_live"].eq(N_UNITS - 1).all()
