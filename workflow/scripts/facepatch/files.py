"""Reading and writing files so that nothing half-written is ever taken for a result."""

import contextlib
import csv
import hashlib
import json
import os
import tempfile
from pathlib import Path

from facepatch.errors import InputError

__all__ = ["atomic_path", "inside", "read_json", "sha256", "write_csv", "write_json", "write_npz"]


@contextlib.contextmanager
def atomic_path(path):
    """Yield a temporary path beside `path` that becomes `path` if the block succeeds.

    The temporary name keeps the suffix, since some writers choose a format by it.
    The file is flushed to disk before it is renamed; on an error it is removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_csv(frame, path):
    """Write a `pandas.DataFrame` as UTF-8 CSV, full double precision, no index."""
    with atomic_path(path) as temporary:
        frame.to_csv(temporary, index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)


def write_json(content, path):
    """Write `content` as indented JSON with sorted keys and refuse NaN."""
    with atomic_path(path) as temporary:
        text = json.dumps(content, indent=2, sort_keys=True, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_json(path):
    """Return the content of a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_npz(path, **arrays):
    """Write named arrays as an uncompressed, pickle-free `.npz`."""
    import numpy as np

    with atomic_path(path) as temporary:
        np.savez(temporary, allow_pickle=False, **arrays)


def sha256(path):
    """Return the hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inside(folder, relative, where):
    """Return the file `relative` of `folder`, or raise if it lies outside, links followed.

    Parameters
    ----------
    folder : path
        The dataset's folder.
    relative : str
        Path as the user wrote it.
    where : str
        File and row that named it, for the message.

    Raises
    ------
    InputError
        If the path is absolute or leaves `folder`, also through a symbolic link.
    """
    folder = Path(folder).resolve()
    try:
        target = (folder / relative).resolve()
    except (OSError, RuntimeError):  # a name too long for the system, or links in a circle
        target = None
    if target is None or Path(relative).is_absolute() or not target.is_relative_to(folder):
        raise InputError(
            where,
            f"the path {relative!r}, which leaves the dataset's folder",
            f"a path inside {folder.name}/",
            "Copy the file into the dataset's folder and name it from there.",
        )
    return target
