"""What it takes to score a whole study: the workflow itself, on made-up units of many models.

    python benchmarks/scores.py [--models 449] [--cores 2] [--keep FOLDER]

Writes a dataset without images (2,100 + 62 stimuli, 159 neurons with trials averaged, 50 units a
model) into a copy of the repository and runs the workflow on it to its last table and figure:
fits, alignment with 11 artificial populations and the null, correlation, variance explained,
decoding, statistics. A model's units are the 14 dimensions that drive the neurons and 36 that do
not, rotated as far as its number says, so that some models are aligned and others are not.
Printed are the wall time, Snakemake and all, CPU time and peak memory by rule.

Target: 449 models within 10 minutes on two cores, under 1 GiB a job.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
N_MAIN, N_HELDOUT, N_NEURONS, N_UNITS, N_FACTORS = 2100, 62, 159, 50, 14


def write_dataset(folder, n_models):
    """Write stimuli, responses and the units of every model."""
    rng = np.random.default_rng(20211109)
    ids = np.array([f"face_{number:04d}" for number in range(N_MAIN + N_HELDOUT)])
    split = ["main"] * N_MAIN + ["heldout"] * N_HELDOUT
    (folder / "embeddings").mkdir(parents=True)
    table = pd.DataFrame({"stimulus": ids, "image": "", "split": split})
    table.to_csv(folder / "stimuli.csv", index=False)
    units = rng.standard_normal((len(ids), N_UNITS))
    signal = units[:, np.arange(N_NEURONS) % N_FACTORS]
    share = rng.uniform(0.1, 0.7, N_NEURONS)
    noise = rng.standard_normal(signal.shape)
    responses = np.sqrt(share) * signal + np.sqrt(1 - share) * noise
    neurons = np.array([f"neuron_{number:03d}" for number in range(N_NEURONS)])
    np.savez(folder / "responses.npz", neurons=neurons, stimuli=ids, responses=responses.T)
    for number in range(n_models):
        turned = np.eye(N_UNITS) + 2 * number / n_models * rng.standard_normal((N_UNITS,) * 2)
        values = units @ np.linalg.qr(turned)[0]
        np.savez(folder / f"embeddings/model_{number:03d}.npz", stimuli=ids, values=values)


def costs(results):
    """Return CPU seconds and the largest resident set (MiB) of each rule."""
    rows = []
    for path in (results / "benchmarks").rglob("*.tsv"):
        rule = path.relative_to(results / "benchmarks").parts[0].removesuffix(".tsv")
        job = pd.read_csv(path, sep="\t").iloc[0]
        rows.append({"rule": rule, "cpu": job["cpu_time"], "mib": job["max_rss"]})
    table = pd.DataFrame(rows)
    return table.groupby("rule").agg(jobs=("cpu", "size"), cpu=("cpu", "sum"), mib=("mib", "max"))


def main():
    from checkouts import copy_repository

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=449)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="work in this new folder and leave it there")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="facepatch-scores-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        copy_repository(folder)
        write_dataset(folder / "data/many_models", options.models)
        config = yaml.safe_load((ROOT / "config/own_data.yaml").read_text(encoding="utf-8"))
        config["run"], config["dataset"]["name"] = "many_models", "many_models"
        (folder / "config/many_models.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "snakemake",
            "--cores",
            str(options.cores),
            "--quiet",
            "all",
        ]
        start = time.monotonic()
        subprocess.run(
            [*command, "--configfile", "config/many_models.yaml"], cwd=folder, check=True
        )
        wall = time.monotonic() - start
        table = costs(folder / "results/many_models").sort_values("cpu", ascending=False)
        print(table.head(12).round(0).to_string())
        print(
            f"\n{options.models} models, {options.cores} cores: {wall / 60:.1f} minutes, "
            f"{table['cpu'].sum() / 60:.1f} CPU minutes in jobs, at most {table['mib'].max():.0f} "
            "MiB a job"
        )
    finally:
        if not options.keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
