"""What the jobs of a run cost, summed up from Snakemake's benchmark files."""

import csv
from pathlib import Path

__all__ = ["read_benchmarks"]


def _number(text):
    try:
        return float(text)
    except ValueError:  # Snakemake writes "-" or "NA" for a job too short to be measured
        return 0.0


def read_benchmarks(folder):
    """Return one record a job: rule, job, wall seconds, CPU seconds and peak memory.

    Parameters
    ----------
    folder : path-like
        ``results/<run>/benchmarks/``: a file directly inside is a rule with one job, files in a
        subfolder are the jobs of the rule that the subfolder is named after.

    Returns
    -------
    records : list of dict
        ``rule, job, seconds, cpu_seconds, memory_mb``, slowest first.
    """
    folder = Path(folder)
    records = []
    for path in sorted(folder.rglob("*.tsv")):
        parts = path.relative_to(folder).with_suffix("").parts
        with open(path, encoding="utf-8", newline="") as file:
            row = next(csv.DictReader(file, delimiter="\t"))
        records.append(
            {
                "rule": parts[0],
                "job": "/".join(parts[1:]) or parts[0],
                "seconds": _number(row["s"]),
                "cpu_seconds": _number(row["cpu_time"]),
                "memory_mb": _number(row["max_rss"]),
            }
        )
    return sorted(records, key=lambda record: (-record["seconds"], record["rule"], record["job"]))
