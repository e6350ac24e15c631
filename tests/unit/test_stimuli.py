import os
from types import SimpleNamespace

import numpy as np
import prepare_stimuli as script
import pytest
from facepatch.datasets.dataset import validate_dataset
from facepatch.datasets.image_files import MAX_PIXELS, check_header, read_grey
from facepatch.datasets.stimuli import crop_geometry, mirrored, prepare
from facepatch.datasets.stimulus_table import read_stimulus_table
from facepatch.errors import InputError
from PIL import Image
from small_datasets import ids, stimulus_frame, write_dataset


@pytest.fixture
def folder(tmp_path):
    return write_dataset(tmp_path / "lab")


def message(folder, **options):
    with pytest.raises(InputError) as caught:
        validate_dataset(folder, needs={"images"}, **options)
    return str(caught.value)


def replace_image(folder, image, **options):
    """Put another image in the place of the one in row 4 of stimuli.csv."""
    image.save(folder / "images" / f"{ids()[2]}.png", **options)


GREY = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))


def palette_with_alpha():
    image = GREY.convert("P")
    image.info["transparency"] = 0
    return image


@pytest.mark.parametrize(
    ("image", "options", "words"),
    [
        (palette_with_alpha(), {"transparency": 0}, "mode P with transparency"),
        (GREY.convert("RGBA"), {}, "mode RGBA"),
        (GREY.convert("LA"), {}, "mode LA"),
        (GREY.convert("1"), {}, "mode 1"),
        (GREY.convert("CMYK"), {"format": "TIFF"}, "mode CMYK"),
        (GREY.convert("F"), {"format": "TIFF"}, "mode F"),
        (GREY.convert("I"), {"format": "TIFF"}, "mode I,"),
        (GREY, {"format": "BMP"}, "none of the known formats"),
        (GREY, {"format": "TIFF", "save_all": True, "append_images": [GREY]}, "2 frames"),
    ],
)
@pytest.mark.parametrize("thorough", [True, False])
def test_images_of_a_wrong_kind(folder, image, options, words, thorough):
    replace_image(folder, image, **options)
    found = message(folder, thorough=thorough)
    assert "stimuli.csv, row 4" in found
    assert words in found
    if "mode" in words:
        assert "8-bit or 16-bit grey, RGB, or a palette, without transparency" in found


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(50)])
def test_files_that_are_no_images(folder, content):
    (folder / "images" / f"{ids()[2]}.png").write_bytes(content)
    found = message(folder)
    assert "stimuli.csv, row 4" in found
    assert "cannot be read" in found


def test_a_truncated_image_is_found_by_decoding(folder):
    path = folder / "images" / f"{ids()[2]}.png"
    path.write_bytes(path.read_bytes()[:-60])
    assert "stimuli.csv, row 4" in message(folder)
    validate_dataset(folder, needs={"images"}, thorough=False)


def test_a_missing_image_and_a_folder_in_its_place(folder):
    path = folder / "images" / f"{ids()[2]}.png"
    path.unlink()
    found = message(folder)
    assert "stimuli.csv, row 4: found no image file" in found
    path.mkdir()
    assert "stimuli.csv, row 4" in message(folder)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "images/link.png"])
def test_a_path_that_leaves_the_folder(folder, tmp_path, name):
    GREY.save(tmp_path / "secret.png")
    (folder / "images/link.png").symlink_to(tmp_path / "secret.png")
    frame = stimulus_frame()
    frame.loc[2, "image"] = name
    frame.to_csv(folder / "stimuli.csv", index=False)
    found = message(folder)
    assert "stimuli.csv, row 4" in found
    assert "leaves the dataset's folder" in found


@pytest.mark.parametrize("name", ["circle.png", "x" * 5000, "pipe.png"])
def test_paths_that_lead_to_no_file(folder, name):
    (folder / "circle.png").symlink_to("circle.png")
    os.mkfifo(folder / "pipe.png")
    frame = stimulus_frame()
    frame.loc[2, "image"] = name
    frame.to_csv(folder / "stimuli.csv", index=False)
    found = message(folder)
    assert "stimuli.csv, row 4" in found
    assert len(found) < 400


def test_an_empty_image_cell(folder):
    frame = stimulus_frame()
    frame.loc[2, "image"] = ""
    frame.to_csv(folder / "stimuli.csv", index=False)
    assert "stimuli.csv, row 4: found no image" in message(folder)


@pytest.mark.parametrize("side", [8_001, 20_000])
def test_huge_images_are_refused_by_their_header(folder, side):
    # A bomb: a hundred kilobytes on disk, far more in memory.
    assert side**2 > MAX_PIXELS
    replace_image(folder, Image.new("1", (side, side)))
    for thorough in (True, False):
        found = message(folder, thorough=thorough)
        assert "stimuli.csv, row 4" in found
        assert "at most 64 million pixels" in found


def test_a_heldout_image_that_is_also_a_main_one(folder):
    names = ids()
    (folder / "images" / f"{names[-1]}.png").write_bytes(
        (folder / "images" / f"{names[0]}.png").read_bytes()
    )
    found = message(folder)
    assert f"identical with the main image of {names[0]!r} (row 2)" in found
    assert f"stimuli.csv, row {len(names) + 1}" in found


def test_copies_within_a_split_and_blank_images_are_warnings(folder):
    replace_image(folder, Image.new("L", (16, 16), 9))
    # The same pixels in another file format are a copy too.
    original = Image.open(folder / "images" / f"{ids()[0]}.png")
    original.save(folder / "images" / f"{ids()[1]}.png", format="TIFF")
    warnings = "\n".join(validate_dataset(folder, needs={"images"}).warnings)
    assert f"1 images are copies of others: '{ids()[1]} = {ids()[0]}'" in warnings
    assert f"1 images of one grey value: '{ids()[2]}'" in warnings


def test_images_that_are_all_identical(folder):
    for name in ids()[:-4]:
        GREY.save(folder / "images" / f"{name}.png")
    assert "all identical" in message(folder)


def test_grey_values_of_all_accepted_modes(tmp_path):
    grey = np.array([[0, 51], [102, 255]], np.uint8)
    Image.fromarray(grey).save(tmp_path / "l.png")
    Image.fromarray(np.stack([grey] * 3, -1)).save(tmp_path / "rgb.png")
    Image.fromarray(grey).convert("P").save(tmp_path / "p.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "deep.tif")
    for name in ("l.png", "rgb.png", "p.png", "deep.png", "deep.tif"):
        values = read_grey(tmp_path / name, "here")
        assert values.dtype == np.float32
        np.testing.assert_allclose(values, grey / 255, atol=1e-6)


def test_colours_become_luma(tmp_path):
    Image.fromarray(np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8)).save(tmp_path / "c.png")
    np.testing.assert_allclose(read_grey(tmp_path / "c.png", ""), [[0.299, 0.587]], atol=1e-6)


def test_the_orientation_mark_of_a_camera_is_obeyed(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((4, 6), np.uint8)).save(tmp_path / "t.jpg", exif=exif)
    assert check_header(tmp_path / "t.jpg", "") == (4, 6)
    assert read_grey(tmp_path / "t.jpg", "").shape == (6, 4)


def test_an_image_of_the_right_size_passes_unchanged():
    image = np.random.default_rng(0).random((16, 16), np.float32)
    np.testing.assert_array_equal(prepare(image, 16), image)


def test_shrinking_averages_and_crops_the_centre():
    image = np.zeros((8, 16), np.float32)
    image[:, :2], image[:, 14:] = 1, 1
    np.testing.assert_array_equal(prepare(image, 4), np.zeros((4, 4)))
    checker = np.indices((64, 64)).sum(0) % 2
    np.testing.assert_allclose(prepare(checker.astype(np.float32), 16)[1:-1, 1:-1], 0.5, atol=0.02)


@pytest.mark.parametrize(("width", "height"), [(120, 90), (91, 120), (64, 64), (40, 41)])
def test_crop_geometry_says_where_a_point_goes(width, height):
    x, y = width / 2 + 9.3, height / 2 - 6.8
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    blob = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 18).astype(np.float32)
    small = prepare(blob, 32).astype(float)
    scale, *offsets = crop_geometry(width, height, 32)
    centre = [(small.sum(axis) @ np.arange(32)) / small.sum() for axis in (0, 1)]
    expected = [(p + 0.5) * scale - o - 0.5 for p, o in zip((x, y), offsets, strict=True)]
    np.testing.assert_allclose(centre, expected, atol=0.05)


def test_the_script_prepares_all_splits(folder, tmp_path):
    outputs = {name: tmp_path / f"{name}.npy" for name in ("train", "test", "heldout")}
    script.main(
        SimpleNamespace(
            input=SimpleNamespace(stimuli=folder / "stimuli.csv"),
            output=SimpleNamespace(**outputs),
            params=SimpleNamespace(folder=str(folder), image_size=16),
            log=[],
        )
    )
    images = {name: np.load(path, mmap_mode="r") for name, path in outputs.items()}
    assert {name: array.shape for name, array in images.items()} == {
        "train": (56, 16, 16),
        "test": (56, 16, 16),
        "heldout": (4, 16, 16),
    }
    np.testing.assert_array_equal(images["train"][5], np.fliplr(images["test"][5]))
    np.testing.assert_array_equal(images["train"], mirrored(images["test"]))
    stimuli = read_stimulus_table(folder / "stimuli.csv")
    with Image.open(folder / stimuli.images[-1]) as image:
        np.testing.assert_allclose(images["heldout"][-1], np.asarray(image) / 255, atol=1e-7)
