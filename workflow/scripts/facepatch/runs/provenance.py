"""Where a run's results come from: configuration, code, packages and inputs."""

import importlib.metadata
import platform
import subprocess
from pathlib import Path

from facepatch.files import sha256

__all__ = ["git_state", "input_checksums", "package_versions", "provenance"]

PACKAGES = (
    *("snakemake", "numpy", "scipy", "pandas", "scikit-learn", "numba", "torch", "safetensors"),
    *("matplotlib", "statsmodels", "scikit-posthocs", "pyarrow", "pillow", "plotly"),
)


def git_state(folder):
    """Return the commit of the code in `folder` and whether files differ from it.

    Returns
    -------
    state : dict
        ``commit`` (str or None without git) and ``modified`` (list of paths).
    """

    def git(*arguments):
        result = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
        )
        return result.stdout.rstrip("\n")

    try:
        status = git("status", "--porcelain", "--untracked-files=no").splitlines()
        return {"commit": git("rev-parse", "HEAD"), "modified": [line[3:] for line in status]}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "modified": []}


def package_versions():
    """Return the versions of Python and of the packages that are installed here."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def input_checksums(folder, limit=64):
    """Return the SHA-256 of a dataset's files, with one for all images together.

    Parameters
    ----------
    folder : path-like
    limit : int
        A subfolder with more files than this is summed up in one checksum.
    """
    folder = Path(folder)
    groups = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            groups.setdefault(path.parent, []).append(path)
    checksums = {}
    for parent, paths in groups.items():
        if len(paths) <= limit:
            checksums |= {path.relative_to(folder).as_posix(): sha256(path) for path in paths}
        else:
            name = f"{parent.relative_to(folder).as_posix()}/ ({len(paths)} files)"
            checksums[name] = _sum_up(paths)
    return checksums


def _sum_up(paths):
    """Return one SHA-256 over the names and checksums of many files."""
    import hashlib

    lines = "".join(f"{sha256(path)}  {path.name}\n" for path in paths)
    return hashlib.sha256(lines.encode()).hexdigest()


def provenance(config, dataset_folder, code_folder=None):
    """Return all that tells how a run's results came about, as a dict for JSON.

    Parameters
    ----------
    config : dict
    dataset_folder : path-like
    code_folder : path-like, optional
        A folder of the checkout; by default the one that this module lies in.
    """
    code_folder = code_folder or Path(__file__).parents[1]
    return {
        "config": config,
        "seed": config["seed"],
        "code": git_state(code_folder),
        "packages": package_versions(),
        "platform": platform.platform(),
        "inputs": input_checksums(dataset_folder),
    }
