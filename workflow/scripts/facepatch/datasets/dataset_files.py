"""Which files a dataset's folder offers, found before anything runs and with nothing heavy."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from facepatch.catalog import FAMILIES
from facepatch.errors import InputError

__all__ = ["DatasetFiles", "find_dataset_files"]

RECORDINGS = (
    *("spike_counts.parquet", "spike_counts.csv", "recording.nwb"),
    *("responses.npz", "responses.csv", "responses.mat"),
)
EMBEDDINGS = (".csv", ".npz", ".parquet")
# What a family reads besides the stimuli's table.
_NEEDS_IMAGES = {
    *("beta_vae", "beta_vae_rotated", "vae", "ae", "classifier"),
    *("vgg_raw", "vgg_pca", "pca", "ica", "aam"),
}


@dataclass(frozen=True)
class DatasetFiles:
    """The files of a dataset that a run uses.

    Attributes
    ----------
    recordings : str
        Path of the file with the neurons' responses; empty if there is none.
    images : bool
        Whether there are images.
    landmarks : str
        Path of ``landmarks.csv``; empty if there is none.
    embeddings : dict of str to str
        Path of each embedding file by model name.
    ratings : dict of str to str
        Paths of ``labels`` and ``rankings``, those there are.
    families : tuple of str
        Families that can be fitted with these files.
    state : str
        Hash of the names, sizes and times of the user's files; empty for a rendered dataset,
        whose files are outputs of rules.
    """

    recordings: str = ""
    images: bool = True
    landmarks: str = ""
    embeddings: dict = field(default_factory=dict)
    ratings: dict = field(default_factory=dict)
    families: tuple = FAMILIES
    state: str = ""


def find_dataset_files(folder, config):
    """Look up the files of the configured dataset.

    Parameters
    ----------
    folder : str
        The dataset's folder, as it should appear in paths.
    config : dict
        The checked configuration.

    Returns
    -------
    files : DatasetFiles

    Raises
    ------
    InputError
        If a user's folder or its ``stimuli.csv`` is missing, if there are two recordings, or
        if a family of the configuration needs files that are not there.
    """
    if config["dataset"]["source"] != "files":
        simulate = config["recordings"]["simulate"]
        return DatasetFiles(
            recordings=f"{folder}/spike_counts.parquet" if simulate else "",
            landmarks=f"{folder}/landmarks.csv",
            families=tuple(f for f in FAMILIES if f != "external" and (simulate or f != "neurons")),
        )
    root = Path(folder)
    if not (root / "stimuli.csv").is_file():
        raise InputError(
            f"{folder}/stimuli.csv",
            "no such file" if root.is_dir() else f"no folder {folder}/",
            "a table of the stimuli",
            "Put your dataset there (data/README.md), or correct 'dataset.name'.",
        )
    recordings = [name for name in RECORDINGS if (root / name).is_file()]
    if len(recordings) > 1:
        raise InputError(
            folder,
            f"the recordings {' and '.join(recordings)}",
            "one of them",
            "Move the others out of the folder: facepatch does not guess which is right.",
        )
    files = _listing(root)
    found = DatasetFiles(
        recordings=f"{folder}/{recordings[0]}" if recordings else "",
        images=(root / "images").is_dir(),
        landmarks=f"{folder}/landmarks.csv" if (root / "landmarks.csv").is_file() else "",
        embeddings={
            path.stem: path.as_posix()
            for path in sorted(root.glob("embeddings/*"))
            if path.suffix in EMBEDDINGS
        },
        ratings={
            name: f"{folder}/ratings/{name}.csv"
            for name in ("labels", "rankings")
            if (root / f"ratings/{name}.csv").is_file()
        },
        state=hashlib.sha256("\n".join(files).encode()).hexdigest()[:12],
    )
    _check_families(folder, found, config["families"], _factors(root))
    return found


def _listing(root):
    """Return one line for each file of the folder: name, size and time of change."""
    listing = []
    for path in sorted(root.rglob("*")):
        if path.is_file():
            status = path.stat()
            listing.append(f"{path.relative_to(root)} {status.st_size} {status.st_mtime_ns}")
    return listing


def _factors(root):
    with open(root / "stimuli.csv", encoding="utf-8-sig") as file:
        return "factor_" in file.readline()


def _check_families(folder, found, families, factors):
    missing = {}
    for family in families:
        if family in _NEEDS_IMAGES and not found.images:
            missing[family] = "images/"
        elif family == "aam" and not found.landmarks:
            missing[family] = "landmarks.csv"
        elif family == "external" and not found.embeddings:
            missing[family] = "embeddings/"
        elif family == "neurons" and not found.recordings:
            missing[family] = "recordings"
        elif family == "factors" and not factors:
            missing[family] = "factor_ columns in stimuli.csv"
    if missing:
        family, lack = next(iter(missing.items()))
        raise InputError(
            folder,
            f"no {lack}, which the family {family!r} needs",
            f"{lack}, or a list of families without {', '.join(missing)}",
            "Add the files, or set 'families' in your configuration; the figures then simply "
            "lack what is left out.",
        )
