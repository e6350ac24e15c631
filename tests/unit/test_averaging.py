from itertools import combinations
from types import SimpleNamespace

import average_responses as script
import numpy as np
import pandas as pd
import pytest
from facepatch.neurons.averaging import (
    duplicates,
    fano_factors,
    spearman_brown,
    split_half_reliability,
)
from facepatch.neurons.responses import Responses
from facepatch.neurons.spike_counts import SpikeCounts, read_spike_counts
from small_datasets import N_MAIN, count_frame, ids, write_dataset


def as_counts(tensor):
    """Return SpikeCounts from neurons x stimuli x trials, in shuffled order; NaN is no trial."""
    neuron, stimulus, trial = np.nonzero(np.isfinite(tensor))
    order = np.random.default_rng(0).permutation(len(neuron))
    neuron, stimulus, trial = neuron[order], stimulus[order], trial[order]
    return SpikeCounts(
        np.array([f"n{k}" for k in range(tensor.shape[0])]),
        np.array([f"s{k}" for k in range(tensor.shape[1])]),
        neuron,
        stimulus,
        tensor[neuron, stimulus, trial],
    )


def noisy(rng, n_stimuli, n_trials, signal_sd, noise_sd):
    signal = signal_sd * rng.standard_normal((1, n_stimuli, 1))
    return 50 + signal + noise_sd * rng.standard_normal((1, n_stimuli, n_trials))


def test_spearman_brown_of_halves():
    np.testing.assert_allclose(spearman_brown([0, 0.5, 1, -0.5]), [0, 2 / 3, 1, -2], atol=1e-15)
    assert np.isnan(spearman_brown(np.nan))


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_spearman_brown_of_unequal_parts_is_exact(first):
    signal, noise, total = 2.0, 3.0, 5
    # Expected correlation of two averages of `first` and of the other trials.
    r = signal / np.sqrt((signal + noise / first) * (signal + noise / (total - first)))
    expected = signal / (signal + noise / total)
    assert spearman_brown(r, first / total) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n_trials", [2, 3, 4, 5])
def test_the_ceiling_is_the_share_of_signal_in_the_average(n_trials):
    rng = np.random.default_rng(n_trials)
    counts = as_counts(noisy(rng, 20_000, n_trials, 1.0, 1.5))
    _, ceiling = split_half_reliability(counts, rng)
    assert ceiling[0] == pytest.approx(1 / (1 + 1.5**2 / n_trials), abs=0.015)


def test_reliability_is_the_mean_over_all_splits():
    rng = np.random.default_rng(1)
    tensor = noisy(rng, 12, 2, 1.0, 1.0)
    correlation, _ = split_half_reliability(as_counts(tensor), rng, n_splits=4000)
    # With two trials, a split decides for each stimulus which trial is first: all 2^12.
    swaps = np.array(list(np.ndindex(*[2] * 12)))
    first = np.where(swaps, tensor[0, :, 1], tensor[0, :, 0])
    second = np.where(swaps, tensor[0, :, 0], tensor[0, :, 1])
    every = [np.corrcoef(a, b)[0, 1] for a, b in zip(first[::5], second[::5], strict=True)]
    assert correlation[0] == pytest.approx(np.mean(every), abs=0.01)


def test_every_half_is_as_likely_as_any_other():
    rng = np.random.default_rng(2)
    # One stimulus has one big trial out of four; halves are then {big + small} or {small}.
    tensor = rng.standard_normal((1, 30, 4))
    values = []
    for _ in range(300):
        values.append(split_half_reliability(as_counts(tensor), rng, n_splits=1)[0][0])
    everywhere = []
    for _ in range(3000):
        pick = np.array([list(combinations(range(4), 2))[k] for k in rng.integers(0, 6, 30)])
        mask = np.zeros((30, 4), bool)
        np.put_along_axis(mask, pick, True, axis=1)
        halves = [np.where(m, tensor[0], 0).sum(1) for m in (mask, ~mask)]
        everywhere.append(np.corrcoef(*halves)[0, 1])
    assert np.mean(values) == pytest.approx(np.mean(everywhere), abs=4 * np.std(values) / 300**0.5)
    assert np.std(values) == pytest.approx(np.std(everywhere), rel=0.2)


def test_neurons_without_repeats_or_variance_have_no_reliability():
    tensor = np.random.default_rng(3).poisson(3, size=(3, 40, 3)).astype(float)
    tensor[0, :, 1:] = np.nan
    tensor[1] = 0
    correlation, ceiling = split_half_reliability(as_counts(tensor), np.random.default_rng(0))
    assert np.isnan(correlation).tolist() == [True, True, False]
    assert np.isnan(ceiling).tolist() == [True, True, False]


def test_fano_factors_do_not_see_the_tuning():
    rng = np.random.default_rng(4)
    rate = rng.uniform(1, 20, size=(2, 4000, 1))
    tensor = np.concatenate(
        [
            rng.poisson(rate[:1], (1, 4000, 4)),
            rng.poisson(rng.gamma(rate[1:] / 0.5, 0.5, (1, 4000, 4))),
        ]
    ).astype(float)
    np.testing.assert_allclose(fano_factors(as_counts(tensor)), [1.0, 1.5], rtol=0.05)


def test_fano_factor_of_a_case_by_hand():
    # Stimulus 0: 1, 3 (mean 2, variance 2); stimulus 1: 2, 2, 5 (mean 3, variance 3);
    # pooled by degrees of freedom: (2 + 6) / 3 over (2 + 6) / 3.
    tensor = np.array([[[1, 3, np.nan], [2, 2, 5]]])
    assert fano_factors(as_counts(tensor))[0] == pytest.approx(1.0, rel=1e-15)


def test_duplicates_point_to_the_earlier_neuron():
    rng = np.random.default_rng(5)
    a, b = rng.standard_normal((2, 100))
    population = np.column_stack([a, b, 2 * a + 1, -b, np.zeros(100), a])
    assert duplicates(population).tolist() == [-1, -1, 0, -1, -1, 0]


def test_the_script_averages_a_table(tmp_path):
    folder = write_dataset(tmp_path / "lab")
    frame = count_frame(n_neurons=4).sample(frac=1, random_state=0)
    frame.loc[frame.neuron == "n2", "count"] = 0
    copied = frame[frame.neuron == "n0"].set_index(["stimulus", "trial"])["count"]
    rows = frame.neuron == "n3"
    index = pd.MultiIndex.from_frame(frame.loc[rows, ["stimulus", "trial"]])
    frame.loc[rows, "count"] = copied.loc[index].to_numpy()
    frame.to_csv(folder / "spike_counts.csv", index=False)
    output = SimpleNamespace(responses=tmp_path / "r.npz", neurons=tmp_path / "neurons.csv")
    params = SimpleNamespace(
        folder=str(folder), seed=1, stimulus_column="stimulus", window_s=[0.05, 0.3]
    )
    stimuli = SimpleNamespace(stimuli=folder / "stimuli.csv")
    script.main(SimpleNamespace(input=stimuli, output=output, params=params, log=[]))
    responses = Responses.load(output.responses)
    expected = frame.pivot_table(index="stimulus", columns="neuron", values="count") / 0.25
    np.testing.assert_allclose(
        responses.test, expected.loc[ids()[:N_MAIN], responses.neurons], rtol=1e-14
    )
    np.testing.assert_allclose(
        responses.heldout, expected.loc[ids()[N_MAIN:], responses.neurons], rtol=1e-14
    )
    table = pd.read_csv(output.neurons, keep_default_na=False).set_index("neuron")
    assert table.silent.to_dict() == {"n0": False, "n1": False, "n2": True, "n3": False}
    copies = set(table.index[table.duplicate_of != ""])
    assert len(copies) == 1
    assert copies <= {"n0", "n3"}


def test_a_long_table_is_read_as_it_is(tmp_path):
    n_neurons, n_stimuli, n_trials = 40, 500, 4
    rng = np.random.default_rng(6)
    neuron, stimulus, trial = np.indices((n_neurons, n_stimuli, n_trials)).reshape(3, -1)
    count = rng.poisson(2, neuron.size)
    frame = pd.DataFrame({"neuron": neuron, "stimulus": stimulus, "trial": trial, "count": count})
    for name in ("spike_counts.csv", "spike_counts.parquet"):
        path = tmp_path / name
        frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)
        counts = read_spike_counts(path)
        np.testing.assert_array_equal(
            counts.per_cell(counts.count), count.reshape(n_neurons, n_stimuli, n_trials).sum(2)
        )
