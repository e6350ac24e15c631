from types import SimpleNamespace

import build_tuning_space as script
import numpy as np
import pandas as pd
import pytest
import simulate_spikes
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.errors import InputError
from facepatch.simulation.designs import aam_design, pixel_design
from facepatch.simulation.recording import read_tuning_space
from small_datasets import stimulus_frame, write_images

N, N_MAIN = 60, 50
MAIN = np.arange(N_MAIN)


def faces(seed=0):
    """Return smooth images and the jittered corners of a square in each."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((16, 16)) / 15
    waves = [np.sin(3 * x), np.cos(2 * y), x * y, x - y, np.sin(4 * y)]
    images = np.tensordot(rng.uniform(0, 0.2, (N, 5)), np.array(waves), 1) + 0.4
    corners = np.array([[3, 3], [12, 3], [3, 12], [12, 12], [8, 8]], float)
    return images, corners + rng.normal(0, 0.5, size=(N, 5, 2))


def test_directions_in_the_pixel_design_are_filters_on_pixels():
    images, _ = faces()
    design, names = pixel_design(images, MAIN, n_components=5)
    assert names == [f"pixel_pc_{k:03d}" for k in range(5)]
    # Five waves span the images, so five components hold all of the variance ...
    pixels = images.reshape(N, -1) - images.reshape(N, -1)[MAIN].mean(0)
    np.testing.assert_allclose((design**2).sum(), (pixels**2).sum(), rtol=1e-9)
    # ... and any weighting of scores is linear in the pixels.
    drive = design @ np.random.default_rng(1).standard_normal(design.shape[1])
    fit = np.linalg.lstsq(pixels, drive, rcond=None)[0]
    np.testing.assert_allclose(pixels @ fit, drive, atol=1e-8)


def test_shape_and_appearance_share_the_variance_of_the_aam_design():
    images, landmarks = faces()
    design, names = aam_design(images, landmarks, MAIN, n_components=3)
    assert [name.split("_")[0] for name in names] == ["shape"] * 3 + ["appearance"] * 3
    variance = design[MAIN].var(0)
    np.testing.assert_allclose([variance[:3].sum(), variance[3:].sum()], 0.5)
    np.testing.assert_allclose(design[MAIN].mean(0), 0, atol=1e-12)
    assert variance[0] > variance[1] > variance[2]


def files(folder):
    write_images(folder)
    stimulus_frame().to_csv(folder / "stimuli.csv", index=False)
    rng = np.random.default_rng(2)
    corners = {"a": (3, 3), "b": (12, 3), "c": (3, 12), "d": (12, 12), "e": (8, 8)}
    mirror = {"a": "b", "b": "a", "c": "d", "d": "c", "e": "e"}
    rows = [
        (name, mark, *(np.array(place) + rng.normal(0, 0.5, 2)), mirror[mark])
        for name in stimulus_frame().stimulus
        for mark, place in corners.items()
    ]
    columns = ["stimulus", "landmark", "x", "y", "mirror"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "landmarks.csv", index=False)


@pytest.mark.parametrize("kind", ["pixel_linear", "aam_axis"])
def test_image_driven_neurons_from_files_to_files(tmp_path, kind, monkeypatch):
    files(tmp_path)
    if kind == "aam_axis":
        # Five landmarks have fewer shape components than the 25 of the real thing.
        monkeypatch.setattr(aam_design, "__defaults__", (3,))
    space = tmp_path / "space.npz"
    names = {"stimuli": "stimuli.csv", "images": "images", "landmarks": "landmarks.csv"}
    inputs = {key: tmp_path / name for key, name in names.items()}
    script.main(
        SimpleNamespace(
            input=SimpleNamespace(**inputs),
            output=SimpleNamespace(space=space),
            params=SimpleNamespace(ground_truth=kind, image_size=16),
            log=[],
        )
    )
    outputs = {"counts": "c.parquet", "truth": "t.csv", "recording": "r.yaml"}
    simulate_spikes.main(
        SimpleNamespace(
            input=SimpleNamespace(stimuli=inputs["stimuli"], space=space),
            output=SimpleNamespace(**{key: tmp_path / name for key, name in outputs.items()}),
            params=SimpleNamespace(
                ground_truth=kind,
                n_neurons=5,
                trials=[2, 3],
                window_s=0.25,
                axis_fraction=1.0,
                two_share=0.1,
                signal_share=0.4,
                seed=1,
            ),
            log=[],
        )
    )
    truth = pd.read_csv(tmp_path / "t.csv")
    stimuli = read_stimulus_table(inputs["stimuli"])
    values, dimensions = read_tuning_space(space, stimuli)
    assert values.shape == (len(stimuli), len(dimensions))
    assert len(truth) == 5 * len(dimensions)
    assert not truth.axis_tuned.any()


def test_a_space_of_other_stimuli_is_refused(tmp_path):
    stimulus_frame().to_csv(tmp_path / "stimuli.csv", index=False)
    stimuli = read_stimulus_table(tmp_path / "stimuli.csv")
    path = tmp_path / "space.npz"
    np.savez(path, stimuli=stimuli.ids[::-1], names=["a"], values=np.zeros((len(stimuli), 1)))
    with pytest.raises(InputError):
        read_tuning_space(path, stimuli)
