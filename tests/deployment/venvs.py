"""Virtual environments with exactly the packages asked for, installed once and shared.

Only the standard library: the stand-in `conda` uses this module with whatever Python it finds.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

LOCK = Path(__file__).parents[2] / "requirements/run.txt"


def cache_folder():
    """Return the folder of installed packages, which `FACEPATCH_ENV_CACHE` may name."""
    default = Path.home() / ".cache/facepatch/environments"
    return Path(os.environ.get("FACEPATCH_ENV_CACHE", default))


def make_venv(folder, requirements):
    """Make a virtual environment with `requirements` and what they need, nothing more.

    Parameters
    ----------
    folder : path
        Where; its packages are a link into the cache.
    requirements : list of str
        As pip takes them. What they need in turn comes at the versions of the lock.
    """
    folder = Path(folder)
    packages = _installed(sorted(requirements))
    venv.create(folder, symlinks=True)
    site = _site_packages(folder)
    site.rmdir()
    site.symlink_to(packages)


def _site_packages(folder):
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Path(folder) / "lib" / version / "site-packages"


def _installed(requirements):
    """Return the cached packages of `requirements`, installing them if need be."""
    content = [sys.version, LOCK.read_text(encoding="utf-8"), *requirements]
    key = hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]
    kept = cache_folder() / key
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=kept.parent))
        try:
            _install(work, requirements)
            work.rename(kept)
        except OSError:
            if not kept.exists():  # else another process was faster
                raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return _site_packages(kept)


def _install(folder, requirements):
    venv.create(folder, symlinks=True, with_pip=True)
    pip = [os.fspath(folder / "bin/python"), "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--constraint", os.fspath(LOCK), *requirements]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run(install, check=True, env=environment)
    wanted = {requirement.split("=")[0] for requirement in requirements}
    tools = sorted({"pip", "setuptools"} - wanted)
    subprocess.run([*pip, "uninstall", "--quiet", "--yes", *tools], check=True, env=environment)
