"""Small datasets on disk, in the form that a user's own would have."""

import numpy as np
import pandas as pd
from PIL import Image

N_MAIN, N_HELDOUT = 56, 4
LANDMARKS = {"eye_left": "eye_right", "eye_right": "eye_left", "chin": "chin"}


def ids():
    return [f"face_{k:02d}" for k in range(N_MAIN + N_HELDOUT)]


def stimulus_frame():
    names = ids()
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "stimulus": names,
            "image": [f"images/{name}.png" for name in names],
            "split": ["main"] * N_MAIN + ["heldout"] * N_HELDOUT,
            "factor_age": rng.uniform(size=len(names)),
            "factor_yaw": rng.uniform(-1, 1, size=len(names)),
        }
    )


def count_frame(n_neurons=3, n_trials=3):
    rng = np.random.default_rng(2)
    rows = pd.MultiIndex.from_product(
        [[f"n{k}" for k in range(n_neurons)], ids(), range(1, n_trials + 1)],
        names=["neuron", "stimulus", "trial"],
    ).to_frame(index=False)
    # A floor of one spike keeps "stimulus without spikes" for the test that wants it.
    return rows.assign(count=1 + rng.poisson(4, size=len(rows)))


def landmark_frame():
    rows = [
        {"stimulus": name, "landmark": mark, "x": 3.0 + k, "y": 4.0, "mirror": mirror}
        for name in ids()
        for k, (mark, mirror) in enumerate(LANDMARKS.items())
    ]
    return pd.DataFrame(rows)


def write_images(folder, size=(16, 16)):
    rng = np.random.default_rng(3)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for name in ids():
        pixels = rng.integers(0, 256, size=size, dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "images" / f"{name}.png")


def write_dataset(folder):
    """Write stimuli, images, landmarks and spike counts; return the folder."""
    write_images(folder)
    stimulus_frame().to_csv(folder / "stimuli.csv", index=False)
    landmark_frame().to_csv(folder / "landmarks.csv", index=False)
    count_frame().to_csv(folder / "spike_counts.csv", index=False)
    (folder / "recording.yaml").write_text("window_s: 0.25\n")
    return folder
