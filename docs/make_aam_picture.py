"""Draw docs/images/aam_reconstruction.png: held-out faces from their AAM coefficients.

Renders a small demo dataset, fits the active appearance model to its flipped main faces
and rebuilds held-out ones, in two minutes:
PYTHONPATH=workflow/scripts python docs/make_aam_picture.py
"""

import tempfile
from pathlib import Path

import matplotlib
import numpy as np
from facepatch.datasets.landmark_table import flip_landmarks, prepared_landmarks
from facepatch.datasets.stimuli import prepare_images
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.faces.dataset import render_demo
from facepatch.models.aam import fit_aam
from facepatch.models.warps import paint

ROOT = Path(__file__).resolve().parents[1]
SIZE = 128
SIZES = (5, 10, 15, 25)
SHOWN = (1, 4, 8, 13)
CANVAS = np.full((SIZE, SIZE), 0.5)


def load_faces(folder):
    """Render faces and return (images, landmarks) of both splits and the mirror partners."""
    asset = ROOT / "workflow/assets/head/head_min.npz"
    render_demo(folder, asset, n_main=1000, n_heldout=40, size=SIZE, seed=1, landmark_jitter_px=1.0)
    stimuli = read_stimulus_table(folder / "stimuli.csv")
    marks = prepared_landmarks(folder / "landmarks.csv", stimuli, folder, SIZE)
    splits = [
        (prepare_images(folder, stimuli, split, SIZE), marks.points[stimuli.of(split)])
        for split in ("main", "heldout")
    ]
    return *splits, marks.mirror


def face_error(rebuilt, images, faces):
    """Return each face's root-mean-square error over its own pixels, in grey levels of [0, 1]."""
    squares = np.where(faces, (rebuilt - images) ** 2, 0).sum(axis=(1, 2))
    return np.sqrt(squares / faces.sum(axis=(1, 2)))


def rebuild(model, images, landmarks):
    """Return one column of pictures for shape alone, then one for each of SIZES."""
    columns = {}
    coefficients = model.transform(images, landmarks)
    coefficients[:, len(model.shape.components) :] = 0
    columns[f"{max(SIZES)} shape,\nmean appearance"] = model.reconstruct(
        coefficients, landmarks, CANVAS
    )[0]
    for k in SIZES:
        smaller = model.first(k)
        coefficients = smaller.transform(images, landmarks)
        columns[f"{k} shape +\n{k} appearance"] = smaller.reconstruct(
            coefficients, landmarks, CANVAS
        )[0]
    return columns


def draw(images, faces, columns):
    """Return the figure: a row per face, the error under each picture."""
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(
        len(SHOWN), len(columns) + 1, figsize=(7.2, 1.32 * len(SHOWN) + 0.5), layout="constrained"
    )
    for axis in axes.flat:
        axis.set_xticks([])
        axis.set_yticks([])
        axis.spines[:].set_visible(False)
    axes[0, 0].set_title("held-out face", fontsize=8)
    for row, face in enumerate(SHOWN):
        axes[row, 0].imshow(images[face], cmap="gray", vmin=0, vmax=1)
    for column, (title, rebuilt) in enumerate(columns.items(), start=1):
        errors = face_error(rebuilt, images, faces)
        axes[0, column].set_title(f"{title}\nmean error {errors.mean():.3f}", fontsize=8)
        for row, face in enumerate(SHOWN):
            axes[row, column].imshow(rebuilt[face], cmap="gray", vmin=0, vmax=1)
            axes[row, column].set_xlabel(f"{errors[face]:.3f}", fontsize=8, labelpad=2)
    return figure


def main():
    """Render, fit, rebuild, draw."""
    with tempfile.TemporaryDirectory() as folder:
        (images, landmarks), (new_images, new_landmarks), mirror = load_faces(Path(folder))
    model = fit_aam(images[:, :, ::-1], flip_landmarks(landmarks, mirror, SIZE), max(SIZES))
    texture = np.zeros(len(model.template.corners))
    faces = np.stack([paint(model.template, texture, shape, CANVAS)[1] for shape in new_landmarks])
    columns = rebuild(model, new_images, new_landmarks)
    path = ROOT / "docs/images/aam_reconstruction.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    draw(new_images, faces, columns).savefig(path, dpi=200, metadata={"Software": None})
    for title, rebuilt in columns.items():
        print(title.replace("\n", " "), face_error(rebuilt, new_images, faces).mean().round(4))


if __name__ == "__main__":
    main()
