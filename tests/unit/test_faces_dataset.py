"""The built-in datasets as files: the contract's columns, determinism, landmark noise."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import render_faces
from facepatch.faces.dataset import demo_faces, render_demo, render_sufr, sufr_faces
from facepatch.faces.factors import FACTORS
from facepatch.faces.landmarks import MIRROR, NAMES
from facepatch.faces.lighting import LIGHTINGS
from PIL import Image

ASSET = Path(__file__).parents[2] / "workflow" / "assets" / "head" / "head_min.npz"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    render_demo(folder, ASSET, n_main=9, n_heldout=3, size=64, seed=5, landmark_jitter_px=1.0)
    return folder


def files(folder):
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_the_demo_follows_the_contract(demo):
    stimuli = pd.read_csv(demo / "stimuli.csv")
    factors = [f"factor_{factor.name}" for factor in FACTORS]
    assert list(stimuli.columns) == ["stimulus", "image", "split", *factors]
    assert stimuli.stimulus.is_unique
    assert list(stimuli.split) == ["main"] * 9 + ["heldout"] * 3
    assert np.isfinite(stimuli[factors].to_numpy()).all()
    for image in stimuli.image:
        with Image.open(demo / image) as picture:
            assert picture.size == (64, 64)
            assert picture.mode == "L"
    landmarks = pd.read_csv(demo / "landmarks.csv")
    assert list(landmarks.columns) == ["stimulus", "landmark", "x", "y", "mirror"]
    assert list(landmarks.stimulus.unique()) == list(stimuli.stimulus)
    assert list(landmarks.landmark[:68]) == list(NAMES)
    assert (landmarks.mirror == landmarks.landmark.map(MIRROR)).all()
    assert landmarks[["x", "y"]].to_numpy().min() >= 0
    assert landmarks[["x", "y"]].to_numpy().max() <= 63


def test_files_do_not_depend_on_processes_and_do_on_the_seed(demo, tmp_path):
    again, other = tmp_path / "again", tmp_path / "other"
    settings = {"n_main": 9, "n_heldout": 3, "size": 64, "landmark_jitter_px": 1.0}
    render_demo(again, ASSET, seed=5, processes=2, **settings)
    assert files(again) == files(demo)
    render_demo(other, ASSET, seed=6, **settings)
    assert all(files(other)[name] != content for name, content in files(demo).items())


def test_a_face_does_not_depend_on_how_many_there_are():
    assert demo_faces(3, 2, seed=1)[1] == demo_faces(20, 5, seed=1)[1]
    assert demo_faces(3, 2, seed=1)[3] == demo_faces(20, 5, seed=1)[20]


def test_the_noise_on_landmarks_has_the_size_asked_for(demo, tmp_path):
    exact = tmp_path / "exact"
    render_demo(exact, ASSET, n_main=9, n_heldout=3, size=64, seed=5, landmark_jitter_px=0.0)
    noisy, clean = (pd.read_csv(f / "landmarks.csv")[["x", "y"]] for f in (demo, exact))
    noise = (noisy - clean).to_numpy().reshape(12, 68, 2)
    assert noise.std() == pytest.approx(1.0, abs=0.08)
    assert abs(noise.mean()) < 0.1
    one_face, another = noise[0].ravel(), noise[1].ravel()
    assert abs(np.corrcoef(one_face, another)[0, 1]) < 0.3  # drawn anew for each face


def test_the_illumination_dataset(tmp_path):
    render_sufr(tmp_path, ASSET, n_identities=2, size=64, seed=3, landmark_jitter_px=0.0)
    stimuli = pd.read_csv(tmp_path / "stimuli.csv")
    assert list(stimuli.columns[:5]) == ["stimulus", "image", "split", "identity", "lighting"]
    assert len(stimuli) == 14
    assert list(stimuli.lighting) == list(LIGHTINGS) * 2
    assert list(stimuli.split) == ["main"] * 7 + ["heldout"] * 7
    light = ["factor_light_az", "factor_light_el", "factor_ambient"]
    of_identity = [c for c in stimuli if c.startswith("factor_") and c not in light]
    assert len(of_identity) == 17
    assert (stimuli.groupby("identity")[of_identity].nunique() == 1).all(axis=None)
    assert (stimuli.groupby("lighting")[light].nunique() == 1).all(axis=None)
    landmarks = pd.read_csv(tmp_path / "landmarks.csv")
    by_face = landmarks[["x", "y"]].to_numpy().reshape(2, 7, 68, 2)
    assert (by_face == by_face[:, :1]).all()  # the seven pictures are perfectly aligned
    assert (by_face[0] != by_face[1]).any()


def test_a_twentieth_of_the_identities_is_held_out():
    faces = sufr_faces(400, seed=0)
    assert len(faces) == 2800
    heldout = {face.row["identity"] for face in faces if face.row["split"] == "heldout"}
    assert heldout == {f"id-{number:03d}" for number in range(381, 401)}


@pytest.mark.parametrize(("kind", "n_pictures"), [("demo", 3), ("sufr", 7)])
def test_the_script_writes_its_outputs(tmp_path, kind, n_pictures):
    output = SimpleNamespace(
        images=tmp_path / "images",
        stimuli=tmp_path / "stimuli.csv",
        landmarks=tmp_path / "landmarks.csv",
    )
    params = SimpleNamespace(
        kind=kind,
        n_main=2,
        n_heldout=1,
        n_identities=1,
        image_size=32,
        seed=0,
        landmark_jitter_px=1.0,
    )
    smk = SimpleNamespace(
        input=SimpleNamespace(asset=ASSET), output=output, params=params, log=[], threads=1
    )
    render_faces.main(smk)
    assert len(list(output.images.glob("*.png"))) == n_pictures
    assert len(pd.read_csv(output.stimuli)) == n_pictures
    assert len(pd.read_csv(output.landmarks)) == 68 * n_pictures
