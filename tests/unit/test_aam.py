from types import SimpleNamespace

import fit_aam as fit_aam_script
import numpy as np
import pandas as pd
import pytest
from facepatch.datasets.landmark_table import flip_landmarks, prepared_landmarks, read_landmarks
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.errors import InputError
from facepatch.models.aam import fit_aam
from facepatch.models.array_models import read_arrays
from facepatch.models.embedding import Embedding
from facepatch.models.procrustes import align, generalised_procrustes
from facepatch.models.warps import make_template, paint
from PIL import Image
from scipy.linalg import orthogonal_procrustes
from skimage.transform import PiecewiseAffineTransform, warp

SIZE = 32
# Two eyes, nose, two corners of the mouth, chin, two cheeks, forehead.
FACE = np.array(
    [[10, 12], [21, 12], [15.5, 17], [12, 21], [19, 21], [15.5, 27], [6, 17], [25, 17], [15.5, 5]]
)
MIRROR = np.array([1, 0, 2, 4, 3, 5, 7, 6, 8])


def _faces(n, seed=0, n_shape=3, n_texture=4):
    """Draw faces whose shapes and textures vary along a few known directions."""
    rng = np.random.default_rng(seed)
    directions = np.random.default_rng(99)
    bend = (
        directions.standard_normal((n_shape, *FACE.shape)) * [[[0.7]], [[0.5]], [[0.3]]][:n_shape]
    )
    shapes = FACE + np.einsum("nk,klc->nlc", rng.standard_normal((n, n_shape)), bend)
    waves = directions.uniform(0.1, 0.5, (n_texture, 3))
    size = np.linspace(0.12, 0.04, n_texture)
    template = make_template(FACE)
    rows, columns = np.nonzero(template.mask)
    images = np.empty((n, SIZE, SIZE))
    for index, shape in enumerate(shapes):
        texture = 0.5 + sum(
            s * rng.standard_normal() * np.sin(6 * p + a * rows + b * columns)
            for (a, b, p), s in zip(waves, size, strict=True)
        )
        images[index] = paint(template, texture, shape, np.full((SIZE, SIZE), 0.2))[0]
    return images, shapes


def test_alignment_undoes_a_known_similarity():
    rng = np.random.default_rng(0)
    angle, scale = 0.7, 1.9
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    moved = scale * FACE @ turn + [5, -3]
    similarity = align(moved[None], FACE)
    assert similarity.apply(moved[None])[0] == pytest.approx(FACE, abs=1e-10)
    assert similarity.scale[0] == pytest.approx(1 / scale)
    noisy = rng.standard_normal((4, 9, 2))
    similarity = align(noisy, FACE)
    assert similarity.undo(similarity.apply(noisy)) == pytest.approx(noisy, abs=1e-10)


def test_alignment_equals_scipys_orthogonal_procrustes():
    rng = np.random.default_rng(1)
    for shape in FACE + rng.standard_normal((10, *FACE.shape)):
        centred, goal = shape - shape.mean(axis=0), FACE - FACE.mean(axis=0)
        rotation, gain = orthogonal_procrustes(centred, goal)
        assert np.linalg.det(rotation) > 0
        expected = gain / (centred**2).sum() * centred @ rotation + FACE.mean(axis=0)
        assert align(shape[None], FACE).apply(shape[None])[0] == pytest.approx(expected, abs=1e-10)


def test_alignment_never_reflects():
    upside_down = FACE * [1, -1]
    centred = [shape - shape.mean(axis=0) for shape in (upside_down, FACE)]
    assert np.linalg.det(orthogonal_procrustes(*centred)[0]) == pytest.approx(-1)
    assert np.linalg.det(align(upside_down[None], FACE).rotation[0]) == pytest.approx(1)


def test_procrustes_recovers_a_shape_from_turned_scaled_and_shifted_copies():
    rng = np.random.default_rng(2)
    angles, scales = rng.uniform(-0.5, 0.5, 40), rng.uniform(0.5, 2, 40)
    copies = np.stack(
        [
            s * FACE @ [[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]] + rng.uniform(-9, 9, 2)
            for a, s in zip(angles, scales, strict=True)
        ]
    )
    mean = generalised_procrustes(copies)
    assert align(mean[None], FACE).apply(mean[None])[0] == pytest.approx(FACE, abs=1e-8)
    assert mean.mean(axis=0) == pytest.approx(0, abs=1e-12)
    radius = np.sqrt(((FACE - FACE.mean(axis=0)) ** 2).sum(axis=1).mean())
    assert np.sqrt((mean**2).sum(axis=1).mean()) == pytest.approx(radius * scales.mean())


def test_the_warp_equals_scikit_images():
    rng = np.random.default_rng(3)
    image = rng.random((SIZE, SIZE))
    shape = FACE + rng.normal(0, 0.8, FACE.shape)
    template = make_template(FACE)
    reference = PiecewiseAffineTransform.from_estimate(template.landmarks, shape)
    expected = warp(image, reference, output_shape=template.mask.shape, order=1, mode="edge")
    inside = np.zeros(template.mask.shape)
    inside[template.mask] = template.sample(image, shape)
    interior = template.mask & (expected != 0)
    assert interior.sum() > 0.9 * template.mask.sum()
    assert inside[interior] == pytest.approx(expected[interior], abs=1e-10)


def test_painting_at_the_template_gives_the_texture_back():
    template = make_template(FACE)
    texture = np.random.default_rng(4).random(len(template.corners))
    canvas = np.zeros(template.mask.shape)
    image, painted = paint(template, texture, template.landmarks, canvas)
    assert np.array_equal(painted, template.mask)
    assert image[template.mask] == pytest.approx(texture, abs=1e-10)


def test_reconstruction_error_falls_with_the_number_of_components():
    images, shapes = _faces(80)
    model = fit_aam(images[:60], shapes[:60], 4)
    canvas = np.full((SIZE, SIZE), 0.2)
    errors, shape_errors = [], []
    for k in (1, 2, 3, 4):
        smaller = model.first(k)
        coefficients = smaller.transform(images[60:], shapes[60:])
        assert coefficients.shape == (20, 2 * k)
        rebuilt, _ = smaller.reconstruct(coefficients, shapes[60:], canvas)
        errors.append(np.sqrt(((rebuilt - images[60:]) ** 2).mean()))
        moved = smaller.reconstruct_landmarks(coefficients, shapes[60:])
        shape_errors.append(np.sqrt(((moved - shapes[60:]) ** 2).mean()))
    assert (np.diff(errors) < 0).all()
    assert (np.diff(shape_errors) < 0).all()
    assert shape_errors[-1] < 0.15 * shape_errors[0]
    assert errors[-1] < 0.6 * errors[0]


def test_shape_coefficients_ignore_where_a_face_is_how_large_and_how_turned():
    images, shapes = _faces(40)
    model = fit_aam(images, shapes, 3)
    before = model.shape.transform(align(shapes, model.mean_shape).apply(shapes).reshape(40, -1))
    moved = 1.3 * shapes @ [[0.96, 0.28], [-0.28, 0.96]] + [4, -2]
    after = model.shape.transform(align(moved, model.mean_shape).apply(moved).reshape(40, -1))
    assert after == pytest.approx(before, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda images, shapes: (images[:4], shapes[:4]), "4 components for 4 images"),
        (lambda images, shapes: (images * 0 + 0.5, shapes), "AAM, appearance.*identical"),
        (lambda images, shapes: (images, shapes[:1].repeat(30, 0)), "AAM, shapes.*identical"),
        (lambda images, shapes: (images, shapes[:, :2]), "2 landmarks"),
        (lambda images, shapes: (images, shapes + 9), "pixels outside the prepared images"),
        (lambda images, shapes: (images, shapes * 0 + 3), "in one point"),
        (lambda images, shapes: (images, shapes[..., :1].repeat(2, -1)), "without an area"),
    ],
)
def test_faces_that_no_model_can_be_fitted_to_are_refused(change, found):
    images, shapes = change(*_faces(30))
    with pytest.raises(InputError, match=found):
        fit_aam(images, shapes, 4)


def _landmark_frame(shapes, names):
    rows = [
        {"stimulus": name, "landmark": f"p{k}", "x": x, "y": y, "mirror": f"p{MIRROR[k]}"}
        for name, shape in zip(names, shapes, strict=True)
        for k, (x, y) in enumerate(shape)
    ]
    return pd.DataFrame(rows)


def test_landmarks_follow_the_stimuli_by_id(tmp_path):
    _, shapes = _faces(5)
    frame = _landmark_frame(shapes, list("abcde")).sample(frac=1, random_state=0)
    frame.to_csv(tmp_path / "landmarks.csv", index=False)
    table = read_landmarks(tmp_path / "landmarks.csv", ["d", "a", "e"])
    order = [f"p{k}" for k in range(9)]
    places = [list(table.names).index(name) for name in order]
    assert table.points[:, places] == pytest.approx(shapes[[3, 0, 4]])
    partners = dict(zip(table.names, table.names[table.mirror], strict=True))
    assert [partners[name] for name in order] == [f"p{k}" for k in MIRROR]


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (lambda f: f.drop(index=12), "stimulus 'b': found no landmark 'p3'.*'b'"),
        (lambda f: f[f["stimulus"] != "c"], "stimulus 'c': found no landmark 'p0'"),
        (lambda f: pd.concat([f, f.iloc[[5]]]), r"row 29: found landmark 'p5'.*again"),
        (lambda f: f.assign(mirror=f["mirror"].replace("p1", "p2")), "mirror 'p2'"),
        (
            lambda f: f.assign(mirror=["q", *f["mirror"][1:]]),
            "mirror 'p1' for landmark 'p0', expected 'q' as in row 2",
        ),
        (lambda f: f.assign(mirror="elsewhere"), "mirror 'elsewhere' for landmark 'p0'"),
        (lambda f: f.drop(columns="mirror"), "mirror"),
    ],
)
def test_wrong_landmark_tables_are_refused(tmp_path, edit, found):
    frame = _landmark_frame(_faces(3)[1], list("abc"))
    edit(frame).to_csv(tmp_path / "landmarks.csv", index=False)
    with pytest.raises(InputError, match=found):
        read_landmarks(tmp_path / "landmarks.csv", list("abc"))


def test_a_flip_swaps_left_and_right_landmarks_and_undoes_itself():
    _, shapes = _faces(3)
    flipped = flip_landmarks(shapes, MIRROR, SIZE)
    assert flipped[:, 0] == pytest.approx(np.array([SIZE - 1, 0]) + shapes[:, 1] * [-1, 1])
    assert flipped[:, 0, 0].max() < flipped[:, 1, 0].min()
    assert flip_landmarks(flipped, MIRROR, SIZE) == pytest.approx(shapes)


def _write_dataset(folder, images, shapes):
    """Write faces as pictures twice as large, in a landscape frame of 96 x 64 pixels."""
    names = [f"f{k:02d}" for k in range(len(images))]
    (folder / "images").mkdir()
    for name, image in zip(names, images, strict=True):
        frame = np.zeros((64, 96), np.uint8)
        frame[:, 16:80] = np.kron(np.round(255 * image), np.ones((2, 2)))
        Image.fromarray(frame).save(folder / f"images/{name}.png")
    split = np.where(np.arange(len(names)) < len(names) - 5, "main", "heldout")
    pd.DataFrame(
        {"stimulus": names, "image": [f"images/{n}.png" for n in names], "split": split}
    ).to_csv(folder / "stimuli.csv", index=False)
    original = (shapes + 0.5) * 2 - 0.5 + [16, 0]
    _landmark_frame(original, names).to_csv(folder / "landmarks.csv", index=False)


def test_landmarks_are_mapped_like_the_pixels_of_the_crop(tmp_path):
    images, shapes = _faces(8)
    _write_dataset(tmp_path, images, shapes)
    stimuli = read_stimulus_table(tmp_path / "stimuli.csv")
    table = prepared_landmarks(tmp_path / "landmarks.csv", stimuli, tmp_path, SIZE)
    assert table.points == pytest.approx(shapes, abs=1e-9)


def test_the_aam_rule_trains_on_flipped_faces_and_projects_the_originals(tmp_path):
    images, shapes = _faces(45)
    _write_dataset(tmp_path, images, shapes)
    np.save(tmp_path / "train.npy", images[:40, :, ::-1])
    np.save(tmp_path / "test.npy", images[:40])
    np.save(tmp_path / "heldout.npy", images[40:])
    models = [{"id": f"aam-k2x{k}", "n_components": k} for k in (2, 3)]
    names = [model["id"] for model in models]
    output = SimpleNamespace(
        weights=[tmp_path / f"{name}.safetensors" for name in names],
        info=[tmp_path / f"{name}.json" for name in names],
        embeddings=[tmp_path / f"{name}.npz" for name in names],
    )
    fit_aam_script.main(
        SimpleNamespace(
            input=SimpleNamespace(
                stimuli=tmp_path / "stimuli.csv",
                landmarks=tmp_path / "landmarks.csv",
                **{split: tmp_path / f"{split}.npy" for split in ("train", "test", "heldout")},
            ),
            output=output,
            params=SimpleNamespace(models=models, folder=tmp_path),
            log=[],
        )
    )
    model = fit_aam(images[:40, :, ::-1], flip_landmarks(shapes[:40], MIRROR, SIZE), 3)
    embedding = Embedding.load(output.embeddings[1])
    assert list(embedding.units) == [
        f"{p}_{k:02d}" for p in ("shape", "appearance") for k in range(3)
    ]
    assert embedding.heldout == pytest.approx(model.transform(images[40:], shapes[40:]), abs=1e-4)
    assert embedding.test == pytest.approx(model.transform(images[:40], shapes[:40]), abs=1e-4)
    small = Embedding.load(output.embeddings[0])
    assert np.array_equal(small.test, embedding.test[:, [0, 1, 3, 4]])
    assert read_arrays(output.weights[0])["shape_components"].shape == (2, 18)
