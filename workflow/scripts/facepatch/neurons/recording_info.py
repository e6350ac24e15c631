"""The small file that says how a recording was made."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from facepatch.errors import InputError

__all__ = ["RecordingInfo", "read_recording_info"]


@dataclass(frozen=True)
class RecordingInfo:
    """Contents of `recording.yaml`.

    Attributes
    ----------
    window_s : float
        Length of the counting window in seconds.
    area, animals, citation : str
        Free text.
    simulated : bool
        True if no animal was recorded.
    """

    window_s: float = 0.25
    area: str = ""
    animals: str = ""
    citation: str = ""
    simulated: bool = False


def read_recording_info(folder, needs_window):
    """Read a dataset's `recording.yaml`.

    Parameters
    ----------
    folder : path
    needs_window : bool
        Whether `window_s` must be given (spike counts become rates through it).

    Returns
    -------
    RecordingInfo

    Raises
    ------
    InputError
        If the file is not YAML, has an unknown key, or a value of the wrong type; if it
        is missing or lacks `window_s` where that is needed.
    """
    path = Path(folder) / "recording.yaml"
    if not path.is_file():
        if needs_window:
            raise _error(path, "no such file", "a line 'window_s: 0.25' (seconds)")
        return RecordingInfo()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _error(
            path, f"text that is not YAML ({' '.join(str(error).split())})", "YAML"
        ) from None
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise _error(path, f"a {type(content).__name__}", "lines of the form 'key: value'")
    fields = RecordingInfo.__dataclass_fields__
    for key in content:
        if key not in fields:
            raise _error(path, f"the key {str(key)!r}", f"one of {', '.join(fields)}")
    if needs_window and "window_s" not in content:
        raise _error(path, "no window_s", "the counting window in seconds, 'window_s: 0.25'")
    return RecordingInfo(**{key: _typed(path, key, value) for key, value in content.items()})


def _error(path, found, expected):
    return InputError(str(path), found, expected, "Write it so; data/README.md has an example.")


def _typed(path, key, value):
    if key == "simulated":
        if not isinstance(value, bool):
            raise _error(f"{path}, {key}", repr(value), "true or false")
        return value
    if key != "window_s":
        return str(value)
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0.001 <= value <= 10:
        raise _error(f"{path}, {key}", repr(value), "seconds between 0.001 and 10")
    return float(value)
