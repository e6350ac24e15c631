"""Show how far a run has come: python workflow/scripts/show_progress.py results/<run>.

Run it in the folder of the Snakefile while the workflow goes, again and again with `watch -n 10`.
It only reads logs and needs no package.
"""

import argparse
import datetime
from pathlib import Path

from facepatch.runs.progress import describe, newest_log, read_trainings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="the run's folder, results/<run>")
    folder = parser.parse_args().results
    if not folder.is_dir():
        parser.error(f"there is no folder {folder}")
    log = newest_log(".")
    if log is None:
        parser.error("no run was started in this folder; go to the folder of the Snakefile")
    stamp = log.name.partition(".")[0]
    started = datetime.datetime.strptime(stamp, "%Y-%m-%dT%H%M%S").timestamp()
    text = log.read_text(encoding="utf-8", errors="replace")
    print("\n".join(describe(text, read_trainings(folder, started), started)))


if __name__ == "__main__":
    main()
