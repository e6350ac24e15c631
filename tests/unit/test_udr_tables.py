from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import tabulate_udr
from facepatch.scores.udr_tables import running_correlation, udr_table
from scipy.stats import pearsonr


def _table(n_betas, n_seeds, seed=0):
    rng = np.random.default_rng(seed)
    beta = np.repeat(np.arange(1.0, n_betas + 1), n_seeds)
    udr = 0.05 * beta + rng.normal(0, 0.1, len(beta))
    return pd.DataFrame(
        {"beta": beta, "udr": udr, "alignment": udr + rng.normal(0, 0.1, len(beta))}
    )


def test_few_betas_use_every_subset():
    table = _table(5, 4)
    running = running_correlation(table, 1)
    assert list(running["n_betas"]) == [1, 2, 3, 4, 5]
    assert list(running["n_subsets"]) == [5, 10, 10, 5, 1]
    for size in range(1, 6):
        r = []
        for chosen in combinations(range(1, 6), size):
            part = table[table["beta"].isin(chosen)]
            r.append(pearsonr(part["udr"], part["alignment"]).statistic)
        assert running["mean"][size - 1] == pytest.approx(np.mean(r), abs=1e-12)
        expected = np.std(r, ddof=1) if len(r) > 1 else 0
        assert running["sd"][size - 1] == pytest.approx(expected, abs=1e-12)


def test_many_betas_use_a_hundred_seeded_subsets_of_the_right_size():
    table = _table(40, 10)
    running = running_correlation(table, 1)
    assert list(running["n_subsets"][[0, 1, 19, 38, 39]]) == [40, 100, 100, 40, 1]
    whole = pearsonr(table["udr"], table["alignment"]).statistic
    assert running["mean"].iloc[-1] == pytest.approx(whole)
    assert running["mean"][0] < running["mean"][19] < 1
    pd.testing.assert_frame_equal(running, running_correlation(table, 1))
    assert not running.equals(running_correlation(table, 2))


def test_undefined_correlations_are_left_out():
    table = _table(3, 2)  # two models a beta: no correlation within one
    table.loc[0, "udr"] = np.nan
    with np.errstate(all="raise"):
        running = running_correlation(table, 1)
    assert running["n_subsets"][0] == 0
    assert np.isnan(running["mean"][0])
    table["alignment"] = 0.5
    assert running_correlation(table, 1)["n_subsets"].sum() == 0


def test_script_joins_the_sweep_with_its_scores(tmp_path):
    models = pd.DataFrame(
        {
            "family": ["beta_vae", "beta_vae", "pca"],
            "model": ["b0", "b1", "p"],
            "seed": [0, 1, 0],
            "n_live": [3, 4, 9],
            "selected": [True, False, True],
            "beta": [2.0, 2.0, np.nan],
            "udr": [0.8, 0.7, np.nan],
        }
    )
    alignment = pd.DataFrame(
        {
            "model": ["p", "b1", "b0", "b0"],
            "split": ["test", "test", "heldout", "test"],
            "alignment": [0.1, 0.2, 0.9, 0.3],
            "alignment_live": 0.0,
        }
    )
    smk = SimpleNamespace(input=SimpleNamespace(), output=SimpleNamespace(), log=[])
    smk.params = SimpleNamespace(seed=3)
    for name, table in (("models", models), ("alignment", alignment)):
        setattr(smk.input, name, tmp_path / f"{name}.csv")
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    smk.output.table, smk.output.running = tmp_path / "udr.csv", tmp_path / "running.csv"
    tabulate_udr.main(smk)
    table = pd.read_csv(smk.output.table)
    assert list(table.columns[:6]) == ["model", "beta", "seed", "udr", "alignment", "n_live"]
    assert list(table["alignment"]) == [0.3, 0.2]
    assert len(pd.read_csv(smk.output.running)) == 1
    assert udr_table(models[2:], alignment).empty
    assert running_correlation(udr_table(models[2:], alignment), 1).empty
