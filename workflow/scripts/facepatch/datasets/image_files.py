"""Opening image files that nobody has checked yet."""

import warnings

import numpy as np
from PIL import Image, ImageOps

from facepatch.errors import InputError

__all__ = ["ACCEPTED_MODES", "MAX_PIXELS", "check_header", "read_grey"]

MAX_PIXELS = 64_000_000
ACCEPTED_MODES = ("L", "P", "RGB", "I;16", "I;16B", "I;16L")
_FORMATS = ("PNG", "JPEG", "TIFF")
_MODE_TEXT = (
    "8-bit or 16-bit grey, RGB, or a palette, without transparency (Pillow's modes L, I;16, RGB, P)"
)
# Weights of the ITU-R BT.601 luma, Pillow's own for turning colour into grey.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_ORIENTATION_TAG = 0x0112


def _unreadable(where, reason):
    return InputError(
        where,
        f"an image that cannot be read ({reason})",
        "a PNG, JPEG or TIFF file",
        "Write the image again or remove its row.",
    )


def _open(path, where):
    """Open an image without decoding it, and refuse what its header already shows."""
    if not path.is_file():
        if path.exists():
            raise _unreadable(where, f"{path.name} is no regular file")
        raise InputError(
            where, f"no image file {path}", "an image", "Add the file or remove the row."
        )
    try:
        with warnings.catch_warnings():
            # Our own limit below is stricter and names the row.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path, formats=_FORMATS)
    except Image.DecompressionBombError:
        raise InputError(
            where, "an image far beyond the pixel limit", _limit_text(), "Shrink the image."
        ) from None
    except Image.UnidentifiedImageError:
        raise _unreadable(where, "it is none of the known formats") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise _unreadable(where, error) from None
    width, height = image.size
    problem = None
    if width * height > MAX_PIXELS:
        problem = f"an image of {width} x {height} pixels", _limit_text(), "Shrink the image."
    elif getattr(image, "n_frames", 1) > 1:
        problem = f"an image of {image.n_frames} frames", "one frame", "Export the frame to show."
    elif image.mode not in ACCEPTED_MODES or "transparency" in image.info:
        extra = " with transparency" if "transparency" in image.info else ""
        remedy = "Convert the image; put transparent ones on a background first."
        problem = f"an image of mode {image.mode}{extra}", _MODE_TEXT, remedy
    if problem:
        image.close()
        raise InputError(where, *problem)
    return image


def _limit_text():
    return f"at most {MAX_PIXELS // 1_000_000} million pixels"


def _orientation(image):
    """Return the camera's orientation mark, 1 (upright) to 8, without decoding pixels."""
    if image.format == "PNG" and "exif" not in image.info:
        # Pillow would decode the whole file to look for a mark behind the pixels.
        return 1
    return image.getexif().get(_ORIENTATION_TAG, 1)


def check_header(path, where):
    """Return (width, height) of an image file from its header alone.

    Parameters
    ----------
    path : path
    where : str
        File and row that named the image, for the message.

    Returns
    -------
    width, height : int
        As a viewer shows the image: a camera's orientation mark is obeyed.

    Raises
    ------
    InputError
        If the file is missing, no PNG, JPEG or TIFF, of more than `MAX_PIXELS` pixels, of
        several frames, or of a mode outside `ACCEPTED_MODES` (transparency included).
    """
    with _open(path, where) as image:
        width, height = image.size
        return (height, width) if _orientation(image) >= 5 else (width, height)


def read_grey(path, where):
    """Return an image file as a float32 array of shape (height, width), in [0, 1].

    Colours become their ITU-R BT.601 luma. Errors are those of `check_header`, and an
    InputError for an image whose pixels cannot be decoded.
    """
    with _open(path, where) as image:
        try:
            if _orientation(image) != 1:
                image = ImageOps.exif_transpose(image)
            if image.mode == "P":
                image = image.convert("RGB")
            pixels = np.asarray(image)
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
            raise _unreadable(where, error) from None
    largest = np.float32(np.iinfo(pixels.dtype).max)
    if pixels.ndim == 2:
        return pixels / largest
    # One channel at a time: a large photograph would not fit thrice into memory.
    return sum(weight * (pixels[:, :, k] / largest) for k, weight in enumerate(_LUMA))
