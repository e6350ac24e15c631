"""Writing the built-in datasets: pictures, factors and landmarks in a dataset's folder."""

import functools
import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from facepatch.faces.factors import (
    DETAILS,
    FACTORS,
    IDENTITY,
    sample_details,
    sample_factors,
)
from facepatch.faces.landmarks import MIRROR, NAMES
from facepatch.faces.lighting import LIGHTINGS, Light
from facepatch.faces.renderer import FaceRenderer
from facepatch.files import write_csv
from facepatch.progress import Progress
from facepatch.seeds import generator

__all__ = ["FaceSpec", "demo_faces", "render_demo", "render_sufr", "sufr_faces"]

_HELDOUT_IDENTITIES = 20  # one identity in 20 of the illumination dataset is held out


@dataclass(frozen=True)
class FaceSpec:
    """One picture to render: its row of stimuli.csv, its factors, its light (None: by factor)."""

    row: dict
    factors: dict
    light: Light | None = None

    @property
    def stimulus(self):
        """Id of the stimulus."""
        return self.row["stimulus"]


def demo_faces(n_main, n_heldout, seed):
    """Draw the faces of the demo: independent factors, main faces first.

    A face depends on its name and the seed only, not on how many others there are.

    Returns
    -------
    list of FaceSpec
    """
    names = [("main", f"main-{i:04d}") for i in range(1, n_main + 1)]
    names += [("heldout", f"heldout-{i:03d}") for i in range(1, n_heldout + 1)]
    faces = []
    for split, stimulus in names:
        factors = sample_factors(generator(seed, "faces", stimulus))
        columns = {f"factor_{factor.name}": factors[factor.name] for factor in FACTORS}
        faces.append(FaceSpec(_row(stimulus, split, columns), factors))
    return faces


def sufr_faces(n_identities, seed):
    """Draw the illumination dataset: frontal heads, each under the seven `LIGHTINGS`.

    The last 5 % of the identities (at least one) are held out, with all their lightings.

    Returns
    -------
    list of FaceSpec
        Identity by identity.
    """
    n_heldout = max(1, round(n_identities / _HELDOUT_IDENTITIES))
    faces = []
    for number in range(1, n_identities + 1):
        identity = f"id-{number:03d}"
        rng = generator(seed, "identities", identity)
        factors = {**sample_factors(rng), **sample_details(rng)}
        factors.update(yaw=0.0, pitch=0.0)
        kept = {f"factor_{name}": factors[name] for name in IDENTITY}
        kept.update({f"factor_{detail.name}": factors[detail.name] for detail in DETAILS})
        split = "heldout" if number > n_identities - n_heldout else "main"
        for lighting, light in LIGHTINGS.items():
            columns = {
                "identity": identity,
                "lighting": lighting,
                **kept,
                "factor_light_az": light.azimuth,
                "factor_light_el": light.elevation,
                "factor_ambient": light.ambient,
            }
            row = _row(f"{identity}-{lighting}", split, columns)
            faces.append(FaceSpec(row, factors, light))
    return faces


def _row(stimulus, split, columns):
    return {"stimulus": stimulus, "image": f"images/{stimulus}.png", "split": split, **columns}


def render_demo(
    folder,
    asset_path,
    *,
    n_main=2100,
    n_heldout=62,
    size=64,
    seed=0,
    landmark_jitter_px=1.0,
    processes=1,
):
    """Write the dataset `demo`: faces that differ in fourteen independent factors.

    Parameters
    ----------
    folder : path
        Gets `images/*.png`, `stimuli.csv` and `landmarks.csv` (the contract, section 2).
    asset_path : path
        The head asset.
    n_main, n_heldout : int
        Numbers of faces of either split.
    size : int
        Width and height in pixels.
    seed : int
    landmark_jitter_px : float
        Standard deviation of the noise on every landmark coordinate, in pixels of the picture.
    processes : int
        Worker processes; the files do not depend on it.
    """
    faces = demo_faces(n_main, n_heldout, seed)
    _write(folder, faces, asset_path, size, seed, landmark_jitter_px, processes)


def render_sufr(
    folder, asset_path, *, n_identities=400, size=64, seed=0, landmark_jitter_px=1.0, processes=1
):
    """Write the dataset `sufr`: frontal identities under seven lightings each.

    Parameters are those of `render_demo`; `stimuli.csv` also has `identity` and `lighting`.
    """
    faces = sufr_faces(n_identities, seed)
    _write(folder, faces, asset_path, size, seed, landmark_jitter_px, processes)


def _write(folder, faces, asset_path, size, seed, jitter_px, processes):
    folder = Path(folder)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    progress = Progress("render_faces", len(faces), "faces")
    points = np.empty((len(faces), len(NAMES), 2))
    for i, exact in enumerate(_rendered(faces, folder, asset_path, size, processes)):
        noise = generator(seed, "landmarks", faces[i].stimulus).normal(0.0, 1.0, exact.shape)
        points[i] = np.clip(exact + jitter_px * noise, 0.0, size - 1.0)
        progress.update(i + 1)
    progress.update(len(faces), final=True)
    write_csv(_landmark_table(faces, points), folder / "landmarks.csv")
    write_csv(pd.DataFrame([face.row for face in faces]), folder / "stimuli.csv")


def _landmark_table(faces, points):
    """Return landmarks.csv, coordinates to a thousandth of a pixel: noise is far larger."""
    x, y = np.round(points, 3).reshape(-1, 2).T
    return pd.DataFrame(
        {
            "stimulus": np.repeat([face.stimulus for face in faces], len(NAMES)),
            "landmark": np.tile(NAMES, len(faces)),
            "x": x,
            "y": y,
            "mirror": np.tile([MIRROR[name] for name in NAMES], len(faces)),
        }
    )


def _rendered(faces, folder, asset_path, size, processes):
    """Render and save all faces in order; yield the landmarks of each."""
    work = functools.partial(_render_one, Path(folder), str(asset_path), size)
    if processes <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, faces)
        return
    # Not "spawn": it would run the main program, a Snakemake script, again in every worker.
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap(work, faces, chunksize=8)


def _render_one(folder, asset_path, size, face):
    image, points = _renderer(asset_path).render(face.factors, size, face.light)
    # Written plainly: a dataset is complete once its stimuli.csv, written last, is there.
    Image.fromarray(image).save(folder / face.row["image"])
    return points


@functools.cache
def _renderer(asset_path):
    """Return this process's renderer, so that a worker reads the head once."""
    return FaceRenderer(asset_path)
