"""Real photographs and a table of spike counts, as a user would bring them."""

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from skimage.data import lfw_subset

pytestmark = pytest.mark.slow

N_NEURONS = 12


@pytest.fixture
def own_dataset(checkout):
    """Write 100 photographs of faces and the spike counts of neurons that see their brightness."""
    folder = checkout.folder / "data/lfw"
    (folder / "images").mkdir(parents=True)
    photographs = lfw_subset()[:100]  # the faces of the set
    rng = np.random.default_rng(0)
    stimuli, counts = [], []
    halves = np.stack([photographs[:, :, :12].mean((1, 2)), photographs[:, :, 13:].mean((1, 2))])
    drive = (halves - halves.mean(1, keepdims=True)) / halves.std(1, keepdims=True)
    for index, photograph in enumerate(photographs):
        name = f"images/face_{index:03d}.png"
        Image.fromarray((photograph * 255).astype(np.uint8)).save(folder / name)
        split = "main" if index < 80 else "heldout"
        stimuli.append({"stimulus": f"face {index}", "image": name, "split": split})
        for neuron in range(N_NEURONS):
            rate = np.exp(1.0 + 0.6 * drive[neuron % 2, index])
            for trial, count in enumerate(rng.poisson(rate, size=3)):
                counts.append((f"cell-{neuron}", f"face {index}", trial, count))
    pd.DataFrame(stimuli).to_csv(folder / "stimuli.csv", index=False)
    columns = ["neuron", "stimulus", "trial", "count"]
    pd.DataFrame(counts, columns=columns).to_csv(folder / "spike_counts.csv", index=False)
    (folder / "recording.yaml").write_text("window_s: 0.25\narea: AM\n")
    config = {
        "run": "lfw",
        "dataset": {"name": "lfw", "source": "files", "label": "photographs", "image_size": 32},
        "recordings": {"simulate": False, "label": "neurons that see brightness"},
        "families": ["beta_vae", "pca"],
        "models": {
            "beta_vae": {"betas": [1.0], "seeds": 2, "selected": 1},
            "pca": {"components": [5, 10]},
        },
        "training": {"steps": 40, "latent_units": 10},
    }
    (checkout.folder / "config/lfw.yaml").write_text(yaml.safe_dump(config))
    checkout.config = "config/lfw.yaml"
    return checkout


def test_photographs_and_spike_counts_go_through_to_tables_and_figure(own_dataset):
    own_dataset.snakemake("tables", "sfig1", "--quiet", "rules")
    results = own_dataset.folder / "results/lfw"
    alignment = pd.read_csv(results / "tables/alignment.csv")
    assert set(alignment["model"]) == {
        "beta_vae-b1.0-s00",
        "beta_vae-b1.0-s01",
        "pca-k5",
        "pca-k10",
    }
    assert alignment["alignment"].between(0, 1).all()
    # The first components of these photographs are brightness left and right, and so are the
    # neurons: most of them must be explained.
    pca = alignment[(alignment["family"] == "pca") & (alignment["split"] == "test")]
    assert (pca["unexplained_fraction"] < 0.5).all()
    neurons = pd.read_csv(results / "tables/neurons.csv")
    assert len(neurons) == N_NEURONS
    assert (results / "figures/sfig1.png").stat().st_size > 1000


def test_a_mistake_in_the_dataset_ends_the_run_before_anything_is_written(own_dataset):
    path = own_dataset.folder / "data/lfw/stimuli.csv"
    path.write_text(path.read_text().replace("face_007.png,main", "face_007.png,mian"))
    result = own_dataset.snakemake(check=False)
    assert result.returncode == 1
    assert "stimuli.csv, row 9" in result.stdout
    assert "'mian'" in result.stdout
    assert not (own_dataset.folder / "results").exists()


def test_a_family_without_its_files_is_named(own_dataset):
    config = own_dataset.folder / "config/lfw.yaml"
    config.write_text(config.read_text().replace("- pca", "- pca\n- aam"))
    result = own_dataset.snakemake("-n", check=False)
    assert result.returncode == 1
    assert "landmarks.csv" in result.stdout
    assert "'aam'" in result.stdout
