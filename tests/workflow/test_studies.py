"""The simulation studies as targets: they run, resume and end in figures."""

import re

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.slow


def test_null_calibration_runs_and_grows_without_redoing_anything(checkout):
    study = {
        "nulls": ["plain", "turned"],
        "conditions": ["few_neurons", "small_sample"],
        "power_conditions": ["few_neurons"],
        "fractions": [1.0],
        "populations": 3,
        "power_populations": 2,
        "block": 2,
    }
    config = checkout.folder / "config/nulls.yaml"
    config.write_text(yaml.safe_dump({"run": "nulls", "null_calibration": study}))
    checkout.config = "config/nulls.yaml"
    checkout.snakemake("null_calibration", "--quiet", "rules")
    results = checkout.folder / "results/nulls"
    table = pd.read_csv(results / "tables/null_calibration.csv")
    counts = table.set_index(["condition", "fraction", "null"])["n_populations"]
    assert counts[("few_neurons", 0.0, "turned")] == 3
    assert counts[("few_neurons", 1.0, "plain")] == 2
    assert len(counts) == 6
    power = table[(table["fraction"] == 1) & (table["null"] == "turned")]
    assert (power["mean_gap"] > 0.1).all()
    for form in ("png", "svg", "pdf"):
        assert (results / f"figures/null_calibration.{form}").stat().st_size > 1000
    # One more block of populations is one more job a condition.
    study["populations"] = 5
    config.write_text(yaml.safe_dump({"run": "nulls", "null_calibration": study}))
    planned = checkout.snakemake("-n", "null_calibration", "--quiet", "rules").stdout
    simulated = set(re.findall(r"simulate_nulls_[\w.-]+", planned))
    assert simulated == {
        f"simulate_nulls_{condition}-f0.0-{first}"
        for condition in ("few_neurons", "small_sample")
        for first in ("0002", "0004")
    }


def test_sensitivity_studies_the_models_of_a_run(rerun):
    study = {
        "families": ["beta_vae", "beta_vae_rotated", "pca", "factors"],
        "base": {"stimuli": 120, "neurons": 8},
        "grid": {
            "ground_truth": ["random_mixture", "pixel_linear"],
            "fraction": [0.0, 1.0],
            "stimuli": [60],
            "neurons": [5],
            "trials": [2],
            "signal_share": [0.5],
        },
        "replicates": 1,
        "power": {"stimuli": [60, 120], "neurons": [6], "trials": [4], "replicates": 2},
    }
    overlay = rerun.folder / "config/study.yaml"
    small = yaml.safe_load((rerun.folder / rerun.config).read_text())
    overlay.write_text(yaml.safe_dump(small | {"sensitivity": study}))
    rerun.config = "config/study.yaml"
    rerun.snakemake("sensitivity", "--quiet", "rules")
    results = rerun.folder / f"results/{small['run']}"
    table = pd.read_csv(results / "tables/sensitivity.csv")
    assert set(table["family"]) == set(study["families"])
    assert len(table) == 4 * 8
    fraction = table[(table["varied"] == "fraction") & (table["family"] == "factors")]
    gaps = fraction.set_index(fraction["value"].astype(float))["remix_gap"]
    assert gaps[1.0] > gaps[0.0] + 0.2
    assert len(pd.read_csv(results / "tables/power.csv")) == 4
    for figure in ("sensitivity", "power"):
        assert (results / f"figures/{figure}.png").stat().st_size > 1000
