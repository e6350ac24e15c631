"""The environment in which training processes start."""

from pathlib import Path

__all__ = ["training_environment"]

# Activations of a step are as large as whole images and live for milliseconds. By default
# glibc maps and unmaps such blocks, and the kernel clears every page each time; kept on the
# heap they make PyTorch 1.4 times faster on a CPU. Other C libraries ignore these names.
_MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
    "MALLOC_TOP_PAD_": str(1 << 26),
}
_ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def training_environment(environment):
    """Return a process environment with malloc tuned, one thread, and this package importable.

    These settings are read when a process starts, so they cannot be made from inside.
    Settings of malloc that the user has made are kept.

    Parameters
    ----------
    environment : mapping of str to str
        Usually `os.environ`.

    Returns
    -------
    dict of str to str
    """
    library = str(Path(__file__).resolve().parents[2])
    paths = [library, environment.get("PYTHONPATH", "")]
    return {
        **_MALLOC,
        **environment,
        **dict.fromkeys(_ONE_THREAD, "1"),
        "PYTHONPATH": ":".join(path for path in paths if path),
    }
