"""The parts that figures share: palette, boxes, marks, weight maps, tiles, curves."""

import json
from itertools import combinations
from types import SimpleNamespace

import figure_inputs
import figure_tables
import numpy as np
import pandas as pd
import pytest
from facepatch.figures import image_tiles, panels, tables, training_curves, weight_maps
from facepatch.figures.context import FigureContext
from facepatch.figures.style import COLOURS, family_order, new_figure

# How dichromats see linear RGB (Machado et al. 2009, severity 1).
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour, sight):
    """CIELAB of a colour as someone sees it."""
    code = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(SIGHT[sight]) @ linear, 0, 1)
    x, y, z = np.array(TO_XYZ @ seen) / [0.9505, 1, 1.089]
    f = [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_families_look_alike(sight):
    for one, other in combinations(COLOURS, 2):
        distance = np.linalg.norm(lab(COLOURS[one], sight) - lab(COLOURS[other], sight))
        assert distance > 15, (one, other)


def test_families_keep_their_order_and_unknown_ones_are_refused():
    assert family_order(["pca", "beta_vae", "pca"]) == ["beta_vae", "pca"]
    with pytest.raises(ValueError, match="gan"):
        family_order(["gan"])


def test_points_of_like_value_stand_apart():
    values = np.array([1.0, 1.0, 1.0, 5.0, 9.0])
    offsets = panels.spread(values, 0.8)
    assert len(set(offsets[:3])) == 3
    assert offsets[:3].sum() == pytest.approx(0)
    assert offsets[3] == 0
    assert np.abs(offsets).max() <= 0.4
    assert np.array_equal(offsets, panels.spread(values, 0.8))
    assert len(set(panels.spread(np.ones(60), 0.8))) == 60


def box_of(values, **options):
    axes = new_figure(89, 60).subplots()
    panels.box(axes, values, 0, COLOURS["pca"], **options)
    return axes


def test_a_box_shows_quartiles_and_every_point():
    values = np.r_[np.arange(20.0), 100]
    axes = box_of(values)
    corners = axes.patches[0].get_path().vertices[:, 1]
    assert corners.min() == np.quantile(values, 0.25)
    assert corners.max() == np.quantile(values, 0.75)
    shown = np.concatenate([line.get_ydata() for line in axes.lines if line.get_marker() == "o"])
    assert sorted(shown) == sorted(values)


def test_outliers_alone_on_request():
    axes = box_of(np.r_[np.arange(20.0), 100], points="outliers")
    marked = [line.get_ydata() for line in axes.lines if line.get_marker() not in ("None", "")]
    assert [list(y) for y in marked] == [[100.0]]


def test_few_models_get_no_box():
    axes = box_of([1.0, 2.0, 4.0])
    assert not axes.patches
    assert list(axes.lines[0].get_ydata()) == [2.0, 2.0]


def test_insignificant_models_are_left_open():
    axes = box_of(np.arange(6.0), solid=[True, False, True, True, True, False])
    faces = {
        line.get_markerfacecolor(): list(line.get_ydata())
        for line in axes.lines
        if line.get_marker() == "o"
    }
    assert faces == {COLOURS["pca"]: [0, 2, 3, 4], "white": [1, 5]}


@pytest.mark.parametrize(
    ("p", "mark"),
    [(0.0009, "***"), (0.001, "**"), (0.01, "*"), (0.0499, "*"), (0.05, "n.s."), (np.nan, "")],
)
def test_marks_follow_the_corrected_p(p, mark):
    assert tables.stars(pd.Series({"p": 1e-9, "p_holm": p})) == mark
    assert tables.stars(None) == ""


def test_comparisons_are_found_in_either_order_and_by_test():
    table = pd.DataFrame(
        {
            "figure": "fig3",
            "panel": ["b", "d", "d"],
            "group_a": ["beta_vae", "udr", "udr"],
            "group_b": ["neurons", "alignment", "alignment"],
            "test": ["Welch t", "Pearson r", "Partial r"],
            "p_holm": [0.1, 0.2, 0.3],
        }
    )
    assert tables.comparison(table, "fig3", "b", "neurons", "beta_vae")["p_holm"] == 0.1
    found = tables.comparison(table, "fig3", "d", "udr", "alignment", test="Partial r")
    assert found["p_holm"] == 0.3
    assert tables.comparison(table, "fig3", "b", "pca", "beta_vae") is None
    assert tables.comparison(None, "fig3", "b", "pca", "beta_vae") is None


def test_unselected_beta_vaes_are_left_out():
    models = figure_tables.models("demo")
    kept = tables.selected_models(figure_tables.alignment(models), models)
    count = kept.query("split == 'test'")["family"].value_counts()
    assert count["beta_vae"] == 3
    assert count["beta_vae_rotated"] == 3
    none = models.assign(selected=models["family"] != "beta_vae")
    everything = tables.selected_models(figure_tables.alignment(models), none)
    assert (everything.query("split == 'test'")["family"] == "beta_vae").sum() == 6


def test_ids_stay_texts(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("stimulus,model,value\n007,vae-s00,1.5\n")
    read = tables.read_tables(SimpleNamespace(scores=str(path), nothing=[]), ("scores", "nothing"))
    assert read["scores"]["stimulus"].tolist() == ["007"]
    assert read["nothing"] is None
    assert tables.read_tables(SimpleNamespace(), ("scores",)) == {"scores": None}


def test_facts_of_a_run(tmp_path):
    report = tmp_path / "dataset.json"
    report.write_text(json.dumps({"counts": {"n_main": 2100, "n_heldout": 62, "n_neurons": 159}}))
    params = SimpleNamespace(dataset="own data", untrained_vgg=False, simulated_raters=True)
    context = FigureContext.of_run(params, report)
    assert context.data_sentence(images="both") == (
        "Data: own data; 159 neurons, 2,100 + 62 held-out faces."
    )
    report.write_text(json.dumps({"counts": {"n_main": 5, "n_heldout": 0}}))
    assert FigureContext.of_run(params, report).data_sentence() == "Data: own data; 5 faces."


def test_weight_shares_put_an_axis_code_on_the_diagonal():
    weights = np.zeros((4, 5))
    weights[2, [0, 3, 4]] = [2.0, -1.0, 3.0]
    weights[0, 3] = 1.0
    weights[0, 1] = -4.0
    shares, units, neurons = weight_maps.weight_shares(weights)
    assert units.tolist() == [2, 0]
    assert neurons.tolist() == [0, 4, 3, 1]
    assert shares.tolist() == [[1, 1, 0.5, 0], [0, 0, 0.5, 1]]
    assert weight_maps.weight_shares(np.zeros((3, 2)))[0].size == 0


def test_weights_are_those_of_the_instance_and_the_first_rotation(tmp_path):
    models = figure_tables.models("demo")
    names = models.loc[models["family"].isin(["beta_vae", "beta_vae_rotated"]), "model"]
    for number, name in enumerate(names):
        np.savez(tmp_path / f"{name}.npz", weights=np.full((2, 3), number))
    paths = sorted(tmp_path.iterdir(), reverse=True)
    found = weight_maps.read_weights(paths, models)
    instance = models.loc[models["instance"] & (models["family"] == "beta_vae"), "model"].item()
    assert found["beta_vae"][0] == instance
    assert found["beta_vae"][1][0, 0] == names.tolist().index(instance)
    assert found["beta_vae_rotated"][0] == "beta_vae_rotated-m000"
    assert weight_maps.read_weights([], models) == {}


def test_tiles_stand_in_rows_with_white_between():
    images = np.arange(6.0).reshape(2, 3, 1, 1) / 10
    assert image_tiles.tiled(images).tolist() == [
        [0.0, 1, 1, 0.1, 1, 1, 0.2],
        [1] * 7,
        [1] * 7,
        [0.3, 1, 1, 0.4, 1, 1, 0.5],
    ]


def test_curves_are_averaged_over_the_seeds_of_a_setting():
    records, curves = figure_inputs.records("demo"), figure_inputs.curves("demo")
    table = training_curves.mean_curves(curves, records, "loss")
    of_beta = [curves[r["id"]] for r in records if r["family"] == "beta_vae" and r["beta"] == 1.0]
    rows = table.query("family == 'beta_vae' and setting == 1.0")
    assert len(of_beta) == 2
    assert np.allclose(rows["mean"], np.mean([curve["loss"] for curve in of_beta], axis=0))
    assert np.allclose(rows["high"], np.max([curve["loss"] for curve in of_beta], axis=0))
    assert (rows["n_models"] == 2).all()
    live = training_curves.mean_curves(curves, records, "n_live")
    assert set(live["family"]) == {"beta_vae", "vae"}
