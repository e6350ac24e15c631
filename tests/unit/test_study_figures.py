"""The figures of the studies show their tables, within the canvas, the same every time."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import plot_null_calibration
import plot_power
import plot_sensitivity
import pytest
from facepatch.figures import null_calibration, power, sensitivity
from facepatch.nulls.populations import CONDITIONS
from matplotlib.backends.backend_agg import FigureCanvasAgg

RNG = np.random.default_rng(0)


def null_table():
    rows = []
    for condition in ("dead_units", "steep", "few_neurons"):
        for fraction in (0.0, 0.5) if condition == "steep" else (0.0,):
            for null in null_calibration.NAMES:
                share = RNG.uniform()
                rows.append(
                    {
                        "condition": condition,
                        "label": CONDITIONS[condition].label,
                        "fraction": fraction,
                        "null": null,
                        "n_populations": 20,
                        "rejected": share,
                        "low": share / 2,
                        "high": (share + 1) / 2,
                        "mean_alignment": 0.5,
                        "mean_gap": RNG.normal(0, 0.02),
                        "se_gap": 0.01,
                    }
                )
    return pd.DataFrame(rows)


def sensitivity_table():
    values = {
        "ground_truth": ["axis_semantic", "aam_axis"],
        "fraction": [0.0, 1.0],
        "stimuli": [100, 1000],
        "neurons": [10, 100],
        "trials": [1, 4],
        "signal_share": [0.1, 0.4],
    }
    rows = [
        {
            "varied": varied,
            "value": value,
            "family": family,
            "model": f"{family}-0",
            "replicates": 2,
            "alignment": RNG.uniform(),
            "alignment_se": 0.02,
            "alignment_live": 0.3,
            "alignment_live_se": 0.02,
            "remix_gap": RNG.uniform(),
            "remix_gap_se": 0.02,
            "rejected": RNG.uniform(),
        }
        for varied, settings in values.items()
        for value in settings
        for family in ("beta_vae", "beta_vae_rotated", "pca", "factors")
    ]
    return pd.DataFrame(rows)


def power_table():
    rows = [
        (code, faces, neurons, trials, 20, RNG.uniform(), 0.5, 0.1)
        for code in ("axis", "rotated")
        for faces in (50, 100, 200)
        for neurons in (10, 30)
        for trials in (1, 4)
    ]
    columns = ["code", "stimuli", "neurons", "trials", "replicates", "rejected"]
    return pd.DataFrame(rows, columns=[*columns, "mean_alignment", "mean_gap"])


CASES = {
    "null_calibration": (plot_null_calibration, null_calibration.PANELS, null_table),
    "sensitivity": (plot_sensitivity, sensitivity.PANELS, sensitivity_table),
    "power": (plot_power, power.PANELS, power_table),
}


@pytest.mark.parametrize("name", CASES)
def test_scripts_write_figures_and_their_source(tmp_path, name):
    script, panels, make = CASES[name]
    make().to_csv(tmp_path / "table.csv", index=False)
    formats = {form: tmp_path / f"{name}.{form}" for form in ("png", "svg", "pdf")}
    source = [tmp_path / f"{panel}.csv" for panel in panels]
    smk = SimpleNamespace(
        input=SimpleNamespace(table=tmp_path / "table.csv"),
        output=SimpleNamespace(**formats, source=source),
        params=SimpleNamespace(level=0.05),
        log=[],
    )
    script.main(smk)
    first = {form: path.read_bytes() for form, path in formats.items()}
    script.main(smk)
    assert {form: path.read_bytes() for form, path in formats.items()} == first
    rows = sum(len(pd.read_csv(path)) for path in source)
    assert rows > 0


def test_every_number_of_the_power_table_is_drawn():
    table = power_table()
    figure, source = power.draw(table)
    drawn = [value for axes in figure.axes for line in axes.lines for value in line.get_ydata()]
    assert set(table["rejected"]) <= set(drawn)
    assert sum(map(len, source.values())) == len(table)


def test_levels_and_gaps_are_drawn_without_axis_tuned_neurons_alone():
    table = null_table()
    figure, source = null_calibration.draw(table, 0.05)
    at_null = table[table["fraction"] == 0]
    levels = figure.axes[0]
    drawn = np.concatenate(
        [line.get_xdata() for line in levels.lines if line.get_marker() != "None"]
    )
    assert set(at_null["rejected"]) <= set(drawn)
    assert set(source["null_calibration_c"]["condition"]) == {"steep"}


def test_letters_stay_within_the_canvas():
    for name, (_, _, make) in CASES.items():
        module = {"null_calibration": null_calibration, "sensitivity": sensitivity, "power": power}
        arguments = (make(), 0.05) if name == "null_calibration" else (make(),)
        figure, _ = module[name].draw(*arguments)
        FigureCanvasAgg(figure).draw()
        box = figure.get_tightbbox()
        assert box.x0 > -0.02
        assert box.y0 > -0.02
        assert box.x1 < figure.get_figwidth() + 0.02
        assert box.y1 < figure.get_figheight() + 0.02
