from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import simulate_spikes as script
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.errors import InputError
from facepatch.neurons.recordings import average, read_recording
from facepatch.simulation.neurons import (
    GROUND_TRUTHS,
    draw_population,
    draw_weights,
    simulate_counts,
    standardised,
)
from facepatch.simulation.recording import factor_design, simulate_recording
from scipy.stats import spearmanr
from small_datasets import stimulus_frame

N_STIMULI = 2100


@pytest.fixture(scope="module")
def design():
    rng = np.random.default_rng(0)
    factors = rng.uniform(size=(N_STIMULI, 14))
    factors[:, 0] = rng.random(N_STIMULI) < 0.5
    return standardised(factors, slice(None))


@pytest.fixture(scope="module")
def simulated(design):
    weights, axis_tuned = draw_weights("axis_semantic", 14, 159, np.random.default_rng(1))
    population = draw_population(weights, axis_tuned, np.random.default_rng(2))
    everything = np.arange(N_STIMULI)
    counts = simulate_counts(design, population, everything, 0.25, np.random.default_rng(3))
    return population, counts


def test_rates_and_noise_are_those_of_recordings(simulated):
    """Quantiles over neurons, against paper_spec 1.2 (99 cells of area AM)."""
    population, counts = simulated
    rates = np.array([c.mean() / 0.25 for c in counts])
    averages = [c.mean(1) / 0.25 for c in counts]
    p10, median, p90 = np.quantile(rates, [0.1, 0.5, 0.9])
    assert 0.6 < p10 < 1.8
    assert 3.2 < median < 5.6
    assert 13 < p90 < 30
    spread = np.quantile([a.std() / a.mean() for a in averages], [0.1, 0.5, 0.9])
    assert 0.2 < spread[0] < 0.6
    assert 0.5 < spread[1] < 1.1
    assert 1.0 < spread[2] < 2.0
    skewness = np.median([((a - a.mean()) ** 3).mean() / a.std() ** 3 for a in averages])
    assert 0.5 < skewness < 2.0
    fano = np.array([c.var(1, ddof=1).mean() / c.mean() for c in counts])
    assert 1.05 < np.median(fano) < 1.25
    np.testing.assert_allclose(fano, population.fano, rtol=0.15)
    assert {c.shape[1] for c in counts} == {3, 4, 5}
    assert 0.03 < np.mean(np.concatenate([a == 0 for a in averages])) < 0.35


def test_the_signal_share_is_the_one_aimed_at(simulated):
    population, counts = simulated
    measured = []
    for count in counts:
        noise = count.var(1, ddof=1).mean() / count.shape[1]
        measured.append(1 - noise / count.mean(1).var(ddof=1))
    error = np.array(measured) - population.signal_share
    assert np.abs(np.median(error)) < 0.02
    assert np.quantile(np.abs(error), 0.9) < 0.08
    p10, median, p90 = np.quantile(measured, [0.1, 0.5, 0.9])
    assert 0.05 < p10 < 0.25
    assert 0.3 < median < 0.5
    assert 0.55 < p90 < 0.8


def test_tuning_is_monotone_in_the_factor_and_flat_in_the_others(design, simulated):
    population, counts = simulated
    for neuron in np.flatnonzero((population.weights != 0).sum(0) == 1)[:20]:
        average = counts[neuron].mean(1)
        rho = np.array([spearmanr(column, average).statistic for column in design.T])
        driver = np.flatnonzero(population.weights[:, neuron])[0]
        if population.signal_share[neuron] > 0.2:
            assert np.argmax(np.abs(rho)) == driver
            assert np.sign(rho[driver]) == np.sign(population.weights[driver, neuron])
        assert np.abs(np.delete(rho, driver)).max() < 0.11


def test_axis_neurons_have_one_factor_or_two_and_every_factor_has_neurons():
    weights, axis_tuned = draw_weights("axis_semantic", 14, 159, np.random.default_rng(4))
    drivers = (weights != 0).sum(0)
    assert axis_tuned.all()
    assert set(drivers) == {1, 2}
    assert 0.02 < (drivers == 2).mean() < 0.2
    first = np.bincount(np.abs(weights).argmax(0), minlength=14)
    assert set(first) == {11, 12}
    np.testing.assert_allclose(np.linalg.norm(weights, axis=0), 1)
    assert np.sort(np.abs(weights), axis=0)[-1].min() > 0.86
    single, _ = draw_weights("axis_semantic", 1, 20, np.random.default_rng(4), two_share=1.0)
    np.testing.assert_array_equal(np.abs(single), 1)


@pytest.mark.parametrize("kind", ["aam_axis", "random_mixture", "pixel_linear"])
def test_random_directions_are_uniform_on_the_sphere(kind):
    weights, axis_tuned = draw_weights(kind, 20, 4000, np.random.default_rng(5))
    assert not axis_tuned.any()
    np.testing.assert_allclose(np.linalg.norm(weights, axis=0), 1)
    np.testing.assert_allclose(weights @ weights.T / 4000, np.eye(20) / 20, atol=0.005)
    # The fourth moment tells directions from axes: 3 / (d (d + 2)).
    assert (weights**4).mean() == pytest.approx(3 / (20 * 22), rel=0.03)


def test_mixtures_of_all_fractions_are_nested():
    tuned, weights = [], []
    for fraction in (0, 0.3, 0.6, 1):
        drawn = draw_weights("mixture", 14, 100, np.random.default_rng(6), fraction=fraction)
        weights.append(drawn[0])
        tuned.append(drawn[1])
        assert drawn[1].sum() == round(100 * fraction)
        assert (((drawn[0] != 0).sum(0) <= 2) == drawn[1]).all()
    for fewer, more in pairwise(tuned):
        assert (more | ~fewer).all()
    same = tuned[1] == tuned[2]
    np.testing.assert_array_equal(weights[1][:, same], weights[2][:, same])
    pure, _ = draw_weights("axis_semantic", 14, 100, np.random.default_rng(6))
    np.testing.assert_array_equal(weights[3], pure)


def test_an_unknown_ground_truth_is_a_programming_mistake():
    with pytest.raises(ValueError, match="unknown ground truth"):
        draw_weights("grandmother", 3, 3, np.random.default_rng(0))
    assert "axis_semantic" in GROUND_TRUTHS


def run_script(tmp_path, **changes):
    stimulus_frame().to_csv(tmp_path / "stimuli.csv", index=False)
    params = dict(
        ground_truth="axis_semantic",
        n_neurons=12,
        trials=[3, 5],
        window_s=0.25,
        axis_fraction=1.0,
        two_share=0.1,
        signal_share=0.4,
        seed=7,
    )
    names = {"counts": "spike_counts.parquet", "truth": "ground_truth.csv"}
    names["recording"] = "recording.yaml"
    script.main(
        SimpleNamespace(
            input=SimpleNamespace(stimuli=tmp_path / "stimuli.csv"),
            output=SimpleNamespace(**{key: tmp_path / name for key, name in names.items()}),
            params=SimpleNamespace(**(params | changes)),
            log=[],
        )
    )
    return pd.read_csv(tmp_path / "ground_truth.csv")


def test_the_script_writes_a_recording_that_reads_back(tmp_path):
    truth = run_script(tmp_path)
    stimuli = read_stimulus_table(tmp_path / "stimuli.csv")
    recording = read_recording(tmp_path, stimuli)
    responses, neurons = average(recording, stimuli, seed=0)
    assert responses.test.shape == (56, 12)
    assert set(truth.factor) == {"age", "yaw"}
    by_neuron = truth.groupby("neuron").first()
    np.testing.assert_array_equal(neurons.trials_max, by_neuron.n_trials.loc[neurons.neuron])
    assert "simulated: true" in (tmp_path / "recording.yaml").read_text()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    files = []
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        (tmp_path / name).mkdir()
        run_script(tmp_path / name, seed=seed)
        files.append((tmp_path / name / "spike_counts.parquet").read_bytes())
    assert files[0] == files[1]
    assert files[0] != files[2]


def test_neurons_keep_rates_and_noise_under_every_ground_truth(tmp_path):
    stimulus_frame().to_csv(tmp_path / "stimuli.csv", index=False)
    stimuli = read_stimulus_table(tmp_path / "stimuli.csv")
    design, names = factor_design(stimuli)
    truths = [
        simulate_recording(
            stimuli,
            design,
            names,
            ground_truth=kind,
            n_neurons=8,
            trials=[3, 5],
            window_s=0.25,
            seed=1,
        )[2]
        for kind in ("axis_semantic", "random_mixture")
    ]
    columns = ["mean_rate_hz", "fano", "signal_share", "n_trials"]
    first, second = (truth.groupby("neuron")[columns].first() for truth in truths)
    pd.testing.assert_frame_equal(first, second)


def test_a_dataset_without_factors_cannot_be_simulated(tmp_path):
    frame = stimulus_frame().drop(columns=["factor_age"]).assign(factor_yaw=1.0)
    frame.to_csv(tmp_path / "stimuli.csv", index=False)
    with pytest.raises(InputError, match="no column factor_"):
        factor_design(read_stimulus_table(tmp_path / "stimuli.csv"))
