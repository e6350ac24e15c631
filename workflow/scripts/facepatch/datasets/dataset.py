"""A dataset folder, checked as a whole before anything is computed from it."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from facepatch.datasets.embedding_tables import check_embeddings, read_embedding_table
from facepatch.datasets.image_checks import check_images
from facepatch.datasets.landmark_checks import check_landmarks
from facepatch.datasets.ratings import RATING_FILES, check_ratings
from facepatch.datasets.stimulus_table import StimulusTable, read_stimulus_table
from facepatch.datasets.user_tables import listed
from facepatch.errors import InputError
from facepatch.files import inside, sha256
from facepatch.neurons.recordings import RECORDING_FILES, read_recording

__all__ = [
    "NEEDS",
    "DatasetReport",
    "read_embedding_table",
    "read_run_stimuli",
    "validate_dataset",
]

NEEDS = ("images", "landmarks", "recordings", "embeddings", "ratings")

# With fewer images the encoding fits say little, whatever the code.
_FEW_STIMULI = 50


@dataclass(frozen=True)
class DatasetReport:
    """What a dataset holds.

    Attributes
    ----------
    stimuli : StimulusTable
        In run order: main first, then held-out, else in file order.
    counts : dict of str to int
        `n_main, n_heldout` and, as needed, `n_neurons, n_embeddings`.
    checksums : dict of str to str
        SHA-256 of each table, by path inside the folder.
    warnings : list of str
        What is odd and yet no reason to stop.
    """

    stimuli: StimulusTable
    counts: dict
    checksums: dict
    warnings: list = field(default_factory=list)

    def as_json(self):
        """Return the report without the stimuli themselves, ready for JSON."""
        return {
            "counts": self.counts,
            "checksums": self.checksums,
            "factors": list(self.stimuli.factors),
            "warnings": self.warnings,
        }


def read_run_stimuli(path):
    """Read the `stimuli.csv` of a run or a dataset; see `stimulus_table.read_stimulus_table`."""
    return read_stimulus_table(path)


def validate_dataset(
    folder, *, needs, thorough=True, stimulus_column="stimulus", window_s=(0.05, 0.3)
):
    """Check every file of a dataset that a run will read.

    Parameters
    ----------
    folder : path
    needs : set of str
        Which of `NEEDS` the run uses; only their files are checked.
    thorough : bool
        Whether to decode every image. Headers alone are much faster and miss damaged
        pixels and images that are copies of each other.
    stimulus_column, window_s
        How to read an NWB file; see `nwb_files.read_nwb`.

    Returns
    -------
    DatasetReport

    Raises
    ------
    InputError
        For the first mistake found.
    """
    folder = Path(folder)
    unknown = set(needs) - set(NEEDS)
    if unknown:
        raise ValueError(f"unknown needs {sorted(unknown)}, expected some of {NEEDS}")
    if not folder.is_dir():
        raise InputError(str(folder), "no such folder", "a dataset", "Correct its name.")
    _check_inside(folder)
    stimuli = read_stimulus_table(folder / "stimuli.csv").in_run_order()
    counts = {f"n_{split}": len(stimuli.of(split)) for split in ("main", "heldout")}
    files, warnings = ["stimuli.csv"], _stimulus_warnings(folder, stimuli)
    if needs & {"images", "landmarks"}:
        sizes, found = check_images(folder, stimuli, thorough)
        warnings += found
    if "landmarks" in needs:
        check_landmarks(folder / "landmarks.csv", stimuli, sizes)
        files.append("landmarks.csv")
    if "recordings" in needs:
        recording = read_recording(
            folder, stimuli, stimulus_column=stimulus_column, window_s=window_s
        )
        counts["n_neurons"] = len(recording.data.neurons)
        warnings += recording.warnings
        files.append(recording.path.name)
    if "embeddings" in needs:
        tables, found = check_embeddings(folder, stimuli)
        counts["n_embeddings"] = len(tables)
        warnings += found
        files += [f"embeddings/{path.name}" for path in tables.values()]
    if "ratings" in needs:
        files += check_ratings(folder, stimuli)
    checksums = {name: sha256(folder / name) for name in files}
    return DatasetReport(stimuli, counts, checksums, warnings)


def _check_inside(folder):
    """Refuse tables that are links to files outside the folder."""
    names = ("stimuli.csv", "landmarks.csv", "recording.yaml", *RECORDING_FILES, *RATING_FILES)
    for path in (*(folder / name for name in names), *sorted(folder.glob("embeddings/*"))):
        if path.is_symlink() or path.exists():
            inside(folder, str(path.relative_to(folder)), str(path))


def _stimulus_warnings(folder, stimuli):
    warnings = []
    path = folder / "stimuli.csv"
    if stimuli.unknown_columns:
        warnings.append(
            f"{path}: nothing reads the columns {listed(stimuli.unknown_columns)} (generative"
            " factors are named factor_<name>)"
        )
    main = stimuli.of("main")
    constant = [name for name, values in stimuli.factors.items() if np.ptp(values[main]) == 0]
    if constant:
        warnings.append(f"{path}: factors that never vary: {listed(constant)}")
    if len(main) < _FEW_STIMULI:
        warnings.append(
            f"{path}: only {len(main)} main stimuli; with fewer than {_FEW_STIMULI} the scores say"
            " little (run 'snakemake sensitivity' for the power curves)"
        )
    if not len(stimuli.of("heldout")):
        warnings.append(f"{path}: no held-out stimuli; held-out scores will be empty")
    return warnings
