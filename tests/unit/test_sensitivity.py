"""The study of what alignment can tell: its populations, its table, and its answers."""

import numpy as np
import pandas as pd
import pytest
from facepatch.models.embedding import Embedding
from facepatch.simulation.sensitivity import (
    Cell,
    cells,
    power_curve,
    score_cells,
    simulate_responses,
    summarise,
)
from facepatch.simulation.sensitivity_inputs import study_designs, study_models

GRID = {"n_folds": 5, "n_alphas": 30, "eps": 1e-3}
BASE = {
    "ground_truth": "mixture",
    "fraction": 1.0,
    "stimuli": 200,
    "neurons": 20,
    "trials": 4,
    "signal_share": 0.4,
}


@pytest.fixture
def factors():
    return np.random.default_rng(0).standard_normal((300, 6))


def test_cells_vary_one_thing_at_a_time():
    study = cells(BASE, {"fraction": [0.0, 0.5], "neurons": [10]})
    assert [(cell.varied, cell.value) for cell in study] == [
        ("fraction", 0.0),
        ("fraction", 0.5),
        ("neurons", 10),
    ]
    assert (study[2].fraction, study[2].stimuli) == (1.0, 200)


def test_more_trials_leave_less_noise_around_the_same_signal(factors):
    def spread(trials, seed):
        cell = Cell("trials", **BASE | {"trials": trials, "neurons": 100})
        once = simulate_responses(factors, cell, np.random.default_rng(seed))
        design = np.column_stack([np.ones(300), factors])
        fitted = design @ np.linalg.lstsq(design, once, rcond=None)[0]
        return np.median(fitted.var(0)), np.median((once - fitted).var(0))

    few, many = spread(2, 1), spread(32, 1)
    assert many[0] == pytest.approx(few[0], rel=0.25)
    assert many[1] < 0.4 * few[1]


def test_axis_tuned_neurons_have_a_gap_and_mixtures_none(factors):
    study = cells(BASE, {"fraction": [0.0, 1.0]})
    outcomes = score_cells(
        {"true": factors, "dead": np.hstack([factors, np.zeros((300, 6))])},
        {"mixture": factors},
        study,
        replicates=2,
        n_draws=19,
        seed=0,
        **GRID,
    )
    assert len(outcomes) == 2 * 2 * 2
    table = summarise(outcomes.assign(family="factors")).set_index(["value", "model"])
    assert table.loc[(1.0, "true"), "remix_gap"] > 0.3
    assert table.loc[(1.0, "true"), "rejected"] == 1
    assert abs(table.loc[(0.0, "true"), "remix_gap"]) < 0.15
    # Dead units lift the score of neurons without axes, and not the score over live units.
    lifted, plain = table.loc[(0.0, "dead")], table.loc[(0.0, "true")]
    assert lifted["alignment"] > plain["alignment"] + 0.1
    assert lifted["alignment_live"] == pytest.approx(plain["alignment_live"], abs=1e-6)


def test_a_setting_does_not_depend_on_the_others(factors):
    def run(values):
        study = cells(BASE, {"neurons": values})
        options = {"replicates": 1, "n_draws": 19, "seed": 0, **GRID}
        return score_cells({"true": factors}, {"mixture": factors}, study, **options)

    alone, both = run([12]), run([8, 12])
    pd.testing.assert_frame_equal(
        alone, both[both["value"] == 12].reset_index(drop=True), check_exact=True
    )


def test_power_tells_the_axis_code_from_the_rotated_one(factors):
    study = [Cell("stimuli", **BASE)]
    options = {"replicates": 4, "n_draws": 19, "level": 0.05, "seed": 0, **GRID}
    table = power_curve(factors, study, **options).set_index("code")
    assert table.loc["axis", "rejected"] == 1
    assert table.loc["rotated", "rejected"] < 0.8
    assert table.loc["axis", "mean_gap"] > table.loc["rotated", "mean_gap"] + 0.3


def test_summary_averages_over_populations():
    outcomes = pd.DataFrame(
        {
            "varied": "trials",
            "value": 4,
            "replicate": [0, 1],
            "model": "m",
            "family": "pca",
            "alignment": [0.2, 0.4],
            "alignment_live": [0.1, 0.3],
            "remix_gap": [0.0, 0.2],
            "remix_p": [0.05, 0.5],
        }
    )
    (row,) = summarise(outcomes).itertuples()
    assert row.replicates == 2
    assert row.alignment == pytest.approx(0.3)
    assert row.alignment_se == pytest.approx(np.std([0.2, 0.4], ddof=1) / np.sqrt(2))
    assert row.rejected == 0.5


def test_models_are_the_best_of_beta_vaes_and_the_first_of_others(tmp_path):
    records, paths = [], []
    for family, model in [("beta_vae", "b0"), ("beta_vae", "b1"), ("pca", "p0"), ("pca", "p1")]:
        embedding = Embedding(
            units=["a", "b"],
            test=np.ones((3, 2)) * len(records),
            heldout=np.zeros((0, 2)),
            test_ids=list("xyz"),
            heldout_ids=[],
            live=[True, False],
        )
        path = tmp_path / f"{model}.npz"
        embedding.save(path)
        records.append({"family": family, "id": model})
        paths.append(path)
    selection = tmp_path / "selection.csv"
    pd.DataFrame({"model": ["b0", "b1"], "rank": [-1, 0]}).to_csv(selection, index=False)
    models, families = study_models(records, paths, selection, 1)
    assert families == {"b1": "beta_vae", "p0": "pca"}
    np.testing.assert_array_equal(models["b1"], [[1, 0]] * 3)


def test_designs_are_main_stimuli_in_run_order(tmp_path):
    table = pd.DataFrame(
        {
            "stimulus": ["h", "a", "b", "c"],
            "image": "",
            "split": ["heldout", "main", "main", "main"],
            "factor_x": [9.0, 1.0, 2.0, 3.0],
        }
    )
    table.to_csv(tmp_path / "stimuli.csv", index=False)
    space = tmp_path / "space.npz"
    values = np.arange(8.0).reshape(4, 2)
    np.savez(space, stimuli=["a", "b", "c", "h"], names=["u", "v"], values=values)
    designs = study_designs(tmp_path / "stimuli.csv", {"aam_axis": space})
    np.testing.assert_allclose(designs["mixture"][:, 0], [-1.224745, 0, 1.224745], atol=1e-6)
    np.testing.assert_array_equal(designs["aam_axis"], values[:3])
    assert "pixel_linear" not in designs
