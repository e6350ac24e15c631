"""Scoring from a notebook: the workflow's numbers, and one message for every mistake."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from facepatch.api import score
from facepatch.encoding.alignment import alignment_score
from facepatch.encoding.fits import encode, split_rows
from facepatch.errors import InputError
from facepatch.scores.folds import assign_folds
from facepatch.seeds import generator
from matplotlib.figure import Figure
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict

OPTIONS = {"n_remix": 19, "n_folds": 5, "n_alphas": 30, "quiet": True}


def tables(n=120, n_units=4, n_neurons=6, seed=0):
    rng = np.random.default_rng(seed)
    ids = [f"face {k}" for k in range(n)]
    units = pd.DataFrame(rng.standard_normal((n, n_units)), ids, list("abcd")[:n_units])
    drive = units.to_numpy()[:, np.arange(n_neurons) % n_units]
    noise = rng.standard_normal((n, n_neurons))
    responses = pd.DataFrame(drive + 0.7 * noise, ids, [f"n{k}" for k in range(n_neurons)])
    return units, responses


def test_alignment_is_that_of_the_library():
    units, responses = tables()
    units["dead"] = 1.0
    result = score(units, responses, seed=3, **OPTIONS)
    rows = split_rows(120, 0.8, generator(3, "encoding split"))
    values = units.to_numpy() * [1, 1, 1, 1, 0]
    fit = encode(values, responses.to_numpy(), *rows, n_folds=5, n_alphas=30, eps=1e-3)
    expected = alignment_score(fit.weights, fit.r2, np.array([1, 1, 1, 1, 0], bool))
    assert result["model"].alignment == expected
    frame = result.to_frame()
    assert frame.loc[0, "alignment"] == expected.alignment
    assert frame.loc[0, ["n_units", "n_live"]].tolist() == [5, 4]
    assert frame.loc[0, "remix_p"] == 1 / 20
    assert frame.loc[0, "remix_gap"] > 0.2
    assert "'dead'" in result.warnings[0]


def test_variance_explained_is_that_of_sklearn():
    units, responses = tables()
    result = score(units, responses, **OPTIONS)["model"]
    fold = assign_folds(120, 5, generator(0, "variance folds"))
    for values, targets, found in (
        (units, responses, result.encoding_variance),
        (responses, units, result.decoding_variance),
    ):
        predicted = cross_val_predict(
            LinearRegression(), values.to_numpy(), targets.to_numpy(), cv=PredefinedSplit(fold)
        )
        errors = ((targets.to_numpy() - predicted) ** 2).sum(0)
        total = ((targets.to_numpy() - targets.to_numpy().mean(0)) ** 2).sum(0)
        np.testing.assert_allclose(found, np.clip(1 - errors / total, 0, None), atol=1e-6)


def test_rows_are_matched_by_id_and_surplus_ones_left_out():
    units, responses = tables()
    expected = score(units, responses, **OPTIONS).to_frame()
    shuffled = units.sample(frac=1, random_state=0)
    more = pd.concat(
        [
            shuffled,
            pd.DataFrame({"a": [9.0]}, ["other face"]).reindex(
                columns=units.columns, fill_value=0.0
            ),
        ]
    )
    result = score(more, responses, **OPTIONS)
    pd.testing.assert_frame_equal(result.to_frame(), expected)
    assert "'other face'" in result.warnings[0]


def test_arrays_tables_and_files_give_the_same(tmp_path):
    units, responses = tables()
    expected = score(units, responses, **OPTIONS).to_frame().drop(columns="model")
    units.rename_axis("stimulus").to_csv(tmp_path / "mine.csv")
    for given, against in (
        (units.to_numpy(), responses.to_numpy()),
        (tmp_path / "mine.csv", responses),
        ({"one": units}, responses),
    ):
        found = score(given, against, **OPTIONS).to_frame().drop(columns="model")
        pd.testing.assert_frame_equal(found, expected)


def test_result_is_repeatable_prints_and_draws(tmp_path):
    units, responses = tables()
    models = {"mine": units, "turned": units @ np.linalg.qr(np.vander([1.0, 2, 3, 5]))[0]}
    result = score(models, responses, **OPTIONS)
    again = score(models, responses, **OPTIONS)
    assert str(result) == str(again)
    assert "mine: alignment" in str(result)
    assert list(result.to_frame()["model"]) == ["mine", "turned"]
    neurons = result.neurons_to_frame()
    assert len(neurons) == 12
    assert neurons.loc[0, "strongest_unit"] == "a"
    figure = result.plot()
    assert isinstance(figure, Figure)
    assert len(figure.axes) == 3
    figure.savefig(tmp_path / "figure.png")
    with pytest.raises(KeyError, match="no model 'other'"):
        result["other"]


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda x, y: (x.rename(index=lambda name: f"x{name}"), y), ["'xface 0'", "'face 0'"]),
        (lambda x, y: (x.T, y), ["embeddings", "transposed", "embeddings.T"]),
        (lambda x, y: (x, y.T), ["responses", "transposed", "responses.T"]),
        (lambda x, y: (x.to_numpy().T, y.to_numpy()), ["embeddings", "transposed"]),
        (lambda x, y: (x.to_numpy(), y.to_numpy().T), ["responses", "transposed"]),
        (lambda x, y: (x.to_numpy()[:50], y.to_numpy()), ["50 rows for 120"]),
        (lambda x, y: (x.to_numpy(), y), ["ids on one side only"]),
        (lambda x, y: (x.mask(x == x.iloc[3, 1]), y), ["stimulus face 3, unit b", "nan"]),
        (lambda x, y: (x, y.assign(n1=np.inf)), ["neuron n1", "inf"]),
        (lambda x, y: (x * 0, y), ["4 units that are constant"]),
        (lambda x, y: (x, y.assign(n2=1.0)), ["1 constant neurons", "'n2'"]),
        (lambda x, y: (x.assign(name="text"), y), ["'name'", "set_index('name')"]),
        (lambda x, y: (pd.concat([x, x]), y), ["'face 0' again"]),
        (lambda x, y: (x[:12], y[:12]), ["12 stimuli", "at least 20"]),
        (lambda x, y: ({}, y), ["no model"]),
        (lambda x, y: (x.to_numpy()[0], y), ["matrix of real numbers"]),
    ],
)
def test_every_mistake_has_one_message(break_it, said):
    with pytest.raises(InputError) as caught:
        score(*break_it(*tables()), **OPTIONS)
    for words in said:
        assert words in str(caught.value)


def test_few_stimuli_are_a_warning_that_names_the_power_curve(capsys):
    units, responses = tables(n=45)
    result = score(units, responses, **OPTIONS | {"quiet": False})
    assert "45 shared stimuli" in result.warnings[0]
    assert "power curve" in result.warnings[0]
    assert "power curve" in capsys.readouterr().err


def test_the_example_runs(tmp_path, capsys):
    example = Path(__file__).parents[2] / "docs/examples/score_your_model.py"
    runpy.run_path(str(example))["main"](str(tmp_path / "figure.png"))
    assert (tmp_path / "figure.png").stat().st_size > 10_000
    printed = capsys.readouterr().out
    assert "my model: alignment" in printed
    assert "remix_gap" in printed
