"""What two runs made, compared byte by byte."""

import hashlib
from pathlib import Path


def digest(path):
    """Return the SHA-256 of a file."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def tables(checkout, run="small"):
    """Return path -> SHA-256 of every table of a run, and of what the figures were drawn from."""
    results = Path(checkout.folder) / "results" / run
    found = [
        results / "stimuli.csv",
        results / "selection.csv",
        *results.glob("tables/*.csv"),
        *results.glob("figures/source_data/*fig*.csv"),
    ]
    assert len(found) > 20, f"{results} has but {len(found)} tables"
    return {str(path.relative_to(results)): digest(path) for path in sorted(found)}


def assert_same(found, expected):
    """Insist that two runs made the same tables, naming those that differ."""
    different = [name for name in sorted(found | expected) if found.get(name) != expected.get(name)]
    assert not different, f"tables differ: {different}"
