import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tabulate_alignment
import tabulate_models
import tabulate_nll
import tabulate_statistics
from facepatch.models.embedding import Embedding
from facepatch.tables.records import compared, nll_rows


def _embedding(n_units, n_live, nll=None):
    rng = np.random.default_rng(n_units)
    return Embedding(
        units=[f"u{j}" for j in range(n_units)],
        test=rng.normal(size=(6, n_units)),
        heldout=rng.normal(size=(3, n_units)),
        test_ids=[f"face{i}" for i in range(6)],
        heldout_ids=[f"novel{i}" for i in range(3)],
        live=np.arange(n_units) < n_live,
        nll={} if nll is None else {"train": np.full(6, nll), "heldout": np.arange(3) + nll},
    )


RECORDS = [
    {"family": "pca", "id": "pca-k3", "replicate": 0, "components": 3},
    {"family": "beta_vae", "id": "beta_vae-b1.0-s00", "replicate": 0, "beta": 1.0},
    {"family": "beta_vae", "id": "beta_vae-b1.0-s01", "replicate": 1, "beta": 1.0},
    {"family": "ae", "id": "ae-s00", "replicate": 0},
    {"family": "ae", "id": "ae-s01", "replicate": 1},
]


@pytest.fixture
def smk(tmp_path):
    embeddings = [_embedding(3, 3), *(_embedding(5, 2, x) for x in (0.3, 0.1, 0.4, 0.2))]
    paths = []
    for record, embedding in zip(RECORDS, embeddings, strict=True):
        paths.append(tmp_path / f"{record['id']}.npz")
        embedding.save(paths[-1])
    selection = tmp_path / "selection.csv"
    pd.DataFrame(
        {
            "model": ["beta_vae-b1.0-s00", "beta_vae-b1.0-s01"],
            "udr": [0.9, 0.2],
            "selected": [True, False],
        }
    ).to_csv(selection)
    return SimpleNamespace(
        input=SimpleNamespace(embeddings=paths, selection=selection),
        output=SimpleNamespace(
            table=tmp_path / "table.csv",
            artificial=tmp_path / "draws.csv",
            heldout=tmp_path / "heldout.csv",
        ),
        params=SimpleNamespace(models=RECORDS, seed=1, n_resamples=100),
        log=[],
    )


def test_models_table_has_the_columns_and_marks(smk):
    tabulate_models.main(smk)
    table = pd.read_csv(smk.output.table)
    head = ["family", "model", "seed", "n_units", "n_live", "selected", "components", "beta", "udr"]
    assert list(table.columns) == [*head, "instance", "train_nll"]
    assert list(table["family"]) == ["beta_vae", "beta_vae", "ae", "ae", "pca"]
    rows = table.set_index("model")
    assert list(rows["selected"]) == [True, False, True, True, True]
    # Best UDR for the beta-VAE though its likelihood is worse; best likelihood for the AE.
    assert set(rows.index[rows["instance"]]) == {"beta_vae-b1.0-s00", "ae-s01"}
    assert rows.loc["pca-k3", "n_live"] == 3
    assert rows.loc["ae-s01", "seed"] == 1
    assert np.isnan(rows.loc["ae-s01", "beta"])
    assert rows.loc["beta_vae-b1.0-s01", "udr"] == 0.2
    assert list(compared(table, table)["model"]) == [
        m for m in table["model"] if m[-2:] != "01" or m.startswith("ae")
    ]


def test_models_table_without_a_selection_compares_everything(smk):
    smk.input.selection = []
    tabulate_models.main(smk)
    table = pd.read_csv(smk.output.table)
    assert table["selected"].all()
    assert table["udr"].isna().all()


def test_nll_table_has_one_row_per_image(smk):
    tabulate_nll.main(smk)
    table = pd.read_csv(smk.output.table)
    assert list(table.columns) == ["family", "model", "split", "stimulus", "nll"]
    assert len(table) == 4 * (6 + 3)
    row = table[(table["model"] == "ae-s00") & (table["stimulus"] == "novel2")]
    assert list(row["nll"]) == [2.4]
    assert set(table["split"]) == {"train", "heldout"}


def test_nll_table_of_a_run_without_reconstructions_is_empty():
    table = nll_rows(RECORDS[:1], [_embedding(3, 3)])
    assert list(table.columns) == ["family", "model", "split", "stimulus", "nll"]
    assert len(table) == 0


def _scores(value, **more):
    names = ("alignment", "alignment_live", "explained_neurons", "unexplained_fraction")
    scores = dict.fromkeys(names, value)
    return {"test": scores, "heldout": scores | {"alignment": None}} | more


def test_alignment_table(smk, tmp_path):
    draws = [dict.fromkeys(_scores(0)["test"], value) for value in (0.05, 0.06)]
    scores = [
        _scores(0.1, artificial=draws, remix_gap=0.04, remix_p=0.5, heldout_main_recipe=draws[1]),
        *(_scores(0.2) for _ in RECORDS[1:]),
    ]
    smk.input.scores = []
    for place, content in enumerate(scores):
        smk.input.scores.append(tmp_path / f"{place}.json")
        smk.input.scores[-1].write_text(json.dumps(content))
    tabulate_alignment.main(smk)
    table = pd.read_csv(smk.output.table)
    names = ["alignment", "alignment_live", "explained_neurons", "unexplained_fraction"]
    assert list(table.columns) == ["family", "model", "split", *names, "remix_gap", "remix_p"]
    pca = table[table["model"] == "pca-k3"].set_index("split")
    assert list(pca.index) == ["test", "heldout", "artificial"]
    assert pca.loc["artificial", "alignment"] == 0.05
    assert np.isnan(pca.loc["heldout", "alignment"])
    assert pca.loc["test", "remix_gap"] == 0.04
    assert np.isnan(pca.loc["artificial", "remix_gap"])
    assert list(pd.read_csv(smk.output.artificial)["alignment"]) == [0.05, 0.06]
    recipes = pd.read_csv(smk.output.heldout).set_index(["model", "recipe"])
    assert recipes.loc[("pca-k3", "main"), "unexplained_fraction"] == 0.06
    assert recipes.loc[("pca-k3", "heldout"), "unexplained_fraction"] == 0.1
    assert list(recipes.index.get_level_values("recipe")).count("main") == 1


def test_statistics_of_the_tables_that_are_there(smk, tmp_path):
    from scipy.stats import ttest_ind

    rng = np.random.default_rng(0)
    families = np.repeat(["beta_vae", "neurons", "pca", "vae"], [6, 5, 4, 1])
    models = pd.DataFrame(
        {
            "family": families,
            "model": [f"{f}-{i}" for i, f in enumerate(families)],
            "selected": np.arange(16) != 0,
            "instance": False,
        }
    )
    scores = models[["family", "model"]].assign(
        split="heldout", alignment=rng.uniform(size=16), alignment_live=0.1, remix_gap=np.nan
    )
    for name, table in (("models", models), ("alignment", scores)):
        table.to_csv(tmp_path / f"{name}.csv", index=False)
        setattr(smk.input, name, tmp_path / f"{name}.csv")
    tabulate_statistics.main(smk)
    first = smk.output.table.read_bytes()
    table = pd.read_csv(smk.output.table)
    head = [
        "figure",
        "panel",
        "group_a",
        "group_b",
        "test",
        "alternative",
        "n_a",
        "n_b",
        "statistic",
        "p",
        "p_holm",
    ]
    assert list(table.columns[:13]) == [*head, "difference_of_medians", "cliffs_delta"]
    assert set(table["figure"]) == {"sfig1"}
    rows = table.set_index("group_a")
    assert list(rows.index) == ["beta_vae", "vae", "pca"]
    score = {f: g["alignment"].to_numpy() for f, g in scores[1:].groupby("family")}
    expected = ttest_ind(score["beta_vae"], score["neurons"], equal_var=False)
    assert rows.loc["beta_vae", "p"] == pytest.approx(expected.pvalue, rel=1e-9)
    assert rows.loc["beta_vae", "n_a"] == 5
    assert "fewer than two" in rows.loc["vae", "note"]
    assert np.isnan(rows.loc["vae", "p_holm"])
    smallest = rows["p"].min()
    assert rows["p_holm"].min() == pytest.approx(min(1, 2 * smallest))
    tabulate_statistics.main(smk)
    assert smk.output.table.read_bytes() == first
