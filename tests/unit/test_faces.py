"""Rendered faces: factors, determinism, symmetry, landmarks, lightings."""

from pathlib import Path

import numpy as np
import pytest
from facepatch.errors import InputError
from facepatch.faces.factors import (
    DETAILS,
    FACTORS,
    IDENTITY,
    NEUTRAL,
    SIGNED,
    mirrored,
    sample_details,
    sample_factors,
)
from facepatch.faces.landmarks import MIRROR, NAMES, VERTICES
from facepatch.faces.lighting import LIGHTINGS
from facepatch.faces.mesh import load_head
from facepatch.faces.renderer import FaceRenderer
from facepatch.seeds import generator

ASSET = Path(__file__).parents[2] / "workflow" / "assets" / "head" / "head_min.npz"


@pytest.fixture(scope="module")
def renderer():
    return FaceRenderer(ASSET)


@pytest.fixture(scope="module")
def sample(renderer):
    """Forty random faces: factors, pictures, landmarks."""
    factors = [sample_factors(generator(11, i)) for i in range(40)]
    pictures, points = zip(*(renderer.render(f) for f in factors), strict=True)
    return factors, np.stack(pictures), np.stack(points)


def grey(renderer, **changes):
    return renderer.render({**NEUTRAL, **changes})[0].astype(float)


def region(points, name):
    chosen = [i for i, landmark in enumerate(NAMES) if landmark.startswith(name)]
    return points[chosen]


def test_there_are_the_fourteen_factors_of_the_specification():
    assert [factor.name for factor in FACTORS] == [
        *("age", "gender", "weight", "face_width", "jaw", "skin_tone", "hair_length"),
        *("hair_dark", "fringe", "beard", "glasses", "yaw", "pitch", "light_az"),
    ]
    assert SIGNED == ("yaw", "light_az")
    assert len(IDENTITY) == 11
    for factor in (*FACTORS, *DETAILS):
        assert factor.low <= factor.neutral <= factor.high


def test_sampled_factors_stay_in_range_and_are_independent():
    rng = np.random.default_rng(0)
    drawn = [sample_factors(rng) for _ in range(3000)]
    values = np.array([[face[factor.name] for factor in FACTORS] for face in drawn])
    low, high = np.array([[f.low, f.high] for f in FACTORS]).T
    assert (values >= low).all()
    assert (values <= high).all()
    between = np.corrcoef(values.T)[np.triu_indices(len(FACTORS), 1)]
    assert np.abs(between).max() < 0.08
    column = {factor.name: i for i, factor in enumerate(FACTORS)}
    assert values[:, column["glasses"]].mean() == pytest.approx(0.25, abs=0.03)
    assert (values[:, column["beard"]] == 0).mean() == pytest.approx(1.2 / 2.2, abs=0.03)


def test_mirrored_factors():
    face = sample_factors(np.random.default_rng(0))
    flipped = mirrored(face)
    assert {name for name in face if flipped[name] != face[name]} == {"yaw", "light_az"}
    assert mirrored(flipped) == face


def test_mirror_is_an_involution_that_flips_the_mean_head():
    assert len(NAMES) == len(set(NAMES)) == len(set(VERTICES)) == 68
    assert set(MIRROR) == set(NAMES)
    assert all(MIRROR[MIRROR[name]] == name for name in NAMES)
    place = dict(zip(NAMES, load_head(ASSET).mesh.vertices[list(VERTICES)], strict=True))
    for name in NAMES:
        np.testing.assert_allclose(place[MIRROR[name]], place[name] * [-1, 1, 1], atol=1e-4)


def test_the_same_factors_give_the_same_bytes(renderer, sample):
    factors, pictures, points = sample
    again = FaceRenderer(ASSET)
    for i in (7, 0):
        picture, landmarks = again.render(factors[i])
        assert picture.tobytes() == pictures[i].tobytes()
        assert landmarks.tobytes() == points[i].tobytes()


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_each_factor_changes_the_picture_and_only_so_far(renderer, factor):
    low = grey(renderer, **{factor.name: factor.low})
    high = grey(renderer, **{factor.name: factor.high})
    assert np.abs(high - low).mean() > 1.0
    assert (np.abs(high - low) > 10).mean() > 0.02
    # Nobody's face moves out of the frame: the upper corners stay background.
    assert (high[:6, :6] == 128).all()
    assert (high[:6, -6:] == 128).all()


@pytest.mark.parametrize("detail", DETAILS, ids=lambda detail: detail.name)
def test_each_detail_changes_the_picture(renderer, detail):
    change = grey(renderer, **{detail.name: 1.0}) - grey(renderer, **{detail.name: -1.0})
    assert np.abs(change).mean() > 0.3


def test_contrast_is_full_without_clipping(sample):
    _, pictures, _ = sample
    head = pictures[pictures != 128]
    assert np.percentile(head, 2) < 25
    assert np.percentile(head, 98) > 230
    assert ((head == 0) | (head == 255)).mean() < 0.001


def test_hair_is_hardly_ever_cut_off_at_the_top(sample):
    _, pictures, _ = sample
    assert (pictures[:, 0] != 128).any(axis=1).mean() < 0.1


def test_a_flip_of_factors_flips_picture_and_landmarks(renderer, sample):
    factors, pictures, points = sample
    partner = [NAMES.index(MIRROR[name]) for name in NAMES]
    for i in range(6):
        picture, landmarks = renderer.render(mirrored(factors[i]))
        difference = np.abs(picture[:, ::-1].astype(float) - pictures[i]).mean()
        unflipped = np.abs(picture.astype(float) - pictures[i]).mean()
        assert difference < min(3.0, unflipped / 3)  # strands of hair are not symmetric
        landmarks[:, 0] = 63 - landmarks[:, 0]
        np.testing.assert_allclose(landmarks[partner], points[i], atol=0.05)


def test_yaw_and_light_go_where_their_sign_says(renderer):
    left, right = (renderer.render({**NEUTRAL, "yaw": yaw})[1] for yaw in (-12.5, 12.5))
    for points, sign in ((left, -1), (right, 1)):
        ahead = region(points, "nose_base")[:, 0].mean() - region(points, "jaw")[:, 0].mean()
        assert sign * ahead > 1.0
    lit = grey(renderer, light_az=50.0)
    assert lit[20:50, 33:48].mean() > lit[20:50, 16:31].mean() + 20


def test_landmarks_lie_in_the_picture_and_in_order(sample):
    _, _, points = sample
    assert points.min() > 0
    assert points.max() < 63
    for face in points:
        heights = [
            region(face, name)[:, 1].mean() for name in ("brow", "eye", "nose_base", "lips_outer")
        ]
        assert np.diff([*heights, face[NAMES.index("jaw_09"), 1]]).min() > 2
        assert region(face, "eye_left")[:, 0].max() < region(face, "nose_bridge")[:, 0].min()
        assert region(face, "eye_right")[:, 0].min() > region(face, "nose_bridge")[:, 0].max()


def test_landmarks_lie_on_the_features_that_they_name(renderer):
    def drawn(**changes):
        return renderer.render({**NEUTRAL, "skin_tone": 0.1, "light_az": 0.0, **changes}, 256)

    picture, points = drawn()

    def around(point, reach=3):
        x, y = np.round(point).astype(int)
        return picture[y - reach : y + reach + 1, x - reach : x + reach + 1].mean()

    cheek = (region(points, "eye_left").mean(axis=0) + region(points, "jaw_05")[0]) / 2
    for name in ("eye_left", "eye_right", "lips_outer"):
        assert around(region(points, name).mean(axis=0)) < around(cheek) - 15
    for name in ("brow_left_03", "brow_right_03"):
        assert around(region(points, name)[0]) < around(cheek) - 15

    changed = drawn(glasses=1.0)[0] != picture
    rows, columns = np.nonzero(changed)
    eyes = region(points, "eye")
    assert abs(rows.mean() - eyes[:, 1].mean()) < 10
    assert abs(columns.mean() - eyes[:, 0].mean()) < 5


def test_landmarks_do_not_depend_on_what_is_no_shape(renderer):
    bare = renderer.render({**NEUTRAL, "hair_length": 0.0})[1]
    other = {"hair_length": 1.0, "fringe": 1.0, "glasses": 1.0, "beard": 1.0, "light_az": -30.0}
    np.testing.assert_array_equal(renderer.render({**NEUTRAL, **other})[1], bare)


def test_sizes(renderer):
    small, points = renderer.render(NEUTRAL, 64)
    large, large_points = renderer.render(NEUTRAL, 128)
    assert small.shape == (64, 64)
    assert large.dtype == np.uint8
    np.testing.assert_allclose((large_points + 0.5) / 2 - 0.5, points, atol=1e-9)
    halved = large.reshape(64, 2, 64, 2).mean(axis=(1, 3))
    assert np.abs(halved - small).mean() < 3


def test_the_seven_lightings(renderer):
    assert len(LIGHTINGS) == 7
    face = {**NEUTRAL, **sample_details(np.random.default_rng(0)), "light_az": 0.0}
    lit = {
        name: renderer.render(face, 64, light)[0].astype(float) for name, light in LIGHTINGS.items()
    }
    names = list(lit)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(lit[one] - lit[other]).mean() > 3
    for side in ("left", "right"):
        for way in ("", "far_"):
            brighter, darker = (slice(16, 31), slice(33, 48))[:: 1 if side == "left" else -1]
            picture = lit[way + side][20:50]
            assert picture[:, brighter].mean() > picture[:, darker].mean() + 20
    np.testing.assert_allclose(lit["left"][:, ::-1].mean(), lit["right"].mean(), atol=1.0)
    assert np.abs(lit["far_left"][:, ::-1] - lit["far_right"]).mean() < 1.5
    chin = slice(52, 56), slice(28, 36)
    assert lit["below"][chin].mean() > lit["above"][chin].mean() + 20


def test_missing_factors_are_named(renderer):
    with pytest.raises(ValueError, match="yaw"):
        renderer.render({name: value for name, value in NEUTRAL.items() if name != "yaw"})


@pytest.mark.parametrize("content", [None, b"not a zip", "lacking"])
def test_a_damaged_asset_is_a_clear_error(tmp_path, content):
    path = tmp_path / "head.npz"
    if content == "lacking":
        np.savez(path, V=np.zeros((3, 3)))
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="Restore"):
        FaceRenderer(path)
