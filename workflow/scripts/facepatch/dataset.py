"""A dataset folder, checked as a whole before anything is computed from it."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

from facepatch.errors import InputError
from facepatch.files import sha256
from facepatch.image_checks import check_images
from facepatch.stimulus_table import StimulusTable, read_stimulus_table

__all__ = ["NEEDS", "DatasetReport", "read_run_stimuli", "validate_dataset"]

NEEDS = ("images", "landmarks", "recordings", "embeddings", "ratings")


@dataclass(frozen=True)
class DatasetReport:
    """What a dataset holds.

    Attributes
    ----------
    stimuli : StimulusTable
        In run order: main first, then held-out, else in file order.
    counts : dict of str to int
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
        content = asdict(self)
        content.pop("stimuli")
        return content | {"factors": list(self.stimuli.factors)}


def read_run_stimuli(path):
    """Read the `stimuli.csv` of a run or a dataset; see `stimulus_table.read_stimulus_table`."""
    return read_stimulus_table(path)


def validate_dataset(folder, *, needs, thorough=True):
    """Check every file of a dataset that a run will read.

    Parameters
    ----------
    folder : path
    needs : set of str
        Which of `NEEDS` the run uses; only their files are checked.
    thorough : bool
        Whether to decode every image. Headers alone are ten times faster and miss
        damaged pixels and images that are copies of each other.

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
    table = folder / "stimuli.csv"
    stimuli = read_stimulus_table(table).in_run_order()
    counts = {f"n_{split}": len(stimuli.of(split)) for split in ("main", "heldout")}
    checksums, warnings = {"stimuli.csv": sha256(table)}, []
    if "images" in needs:
        warnings += check_images(folder, stimuli, thorough)
    return DatasetReport(stimuli, counts, checksums, warnings)
