"""The compiled training library: how it is built at first use, found again and loaded.

The C++ sources in `native/` need nothing but a compiler. The library is built for
the CPU at hand into a cache folder, under a name that hashes the sources, the flags
and all that the compiler says of itself and of the CPU, so another machine, compiler
or version of facepatch never meets a library that is not its own.
"""

import ctypes
import functools
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

__all__ = [
    "ABI",
    "FLAGS",
    "SOURCES_SHA256",
    "NativeUnavailableError",
    "build_library",
    "compiler_command",
    "load_library",
    "native_flags",
    "source_files",
    "sources_digest",
]

ABI = 1
# Digest of the sources: the fingerprint of the code follows Python only, and sees edits of the
# C++ through this constant. A test keeps it true.
SOURCES_SHA256 = "d4725a3fb990be8148f67f292f2cd248a4b7fb91d68d1f5dd41d6f3d111bf458"
# Contraction and the absence of errno and traps leave every rounding and every NaN as IEEE 754
# has them; -ffast-math would not.
FLAGS = (
    "-std=c++17",
    "-O3",
    "-ffp-contract=fast",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-Wno-psabi",
    "-fPIC",
    "-shared",
)
TARGETS = ("-march=native", "-mcpu=native", "")
# Environment variable with flags to add, for example of a sanitizer. Not CXXFLAGS: conda's
# compilers set that to an old CPU.
MORE_FLAGS = "FACEPATCH_CXXFLAGS"
COMPILERS = ("c++", "g++", "clang++")
REMEDY = (
    "install one (Debian: g++; conda: cxx-compiler; macOS: xcode-select --install) or name it in "
    "the environment variable CXX"
)


class NativeUnavailableError(Exception):
    """The native library cannot be had here; the message says why in one line."""


def source_files():
    """Return the paths of the C++ sources and headers, sorted."""
    folder = Path(__file__).parent / "native"
    return sorted(path for path in folder.iterdir() if path.suffix in (".cpp", ".h"))


def sources_digest():
    """Return the SHA-256 of the C++ sources and their names."""
    digest = hashlib.sha256()
    for path in source_files():
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def compiler_command():
    """Return the command of the C++ compiler as a list of words."""
    chosen = shlex.split(os.environ.get("CXX", ""))
    for command in [chosen] if chosen else [[name] for name in COMPILERS]:
        if shutil.which(command[0]):
            return command
    raise NativeUnavailableError(
        f"no C++ compiler found ({' '.join(chosen) or ', '.join(COMPILERS)}): {REMEDY}"
    )


def _run(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except OSError as error:
        raise NativeUnavailableError(f"{command[0]} cannot be run: {error}") from None
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if "error" in line] or ["no message"]
        raise NativeUnavailableError(f"{command[0]} failed: {lines[0].strip()}") from None


def _described(compiler, flags):
    """Return what the compiler predefines: its version and what the CPU can do."""
    return _run([*compiler, *flags, "-dM", "-E", "-x", "c++", os.devnull])


def _for_this_cpu(compiler):
    """Return the flags that make the compiler use all that this CPU has, and their description."""
    more = shlex.split(os.environ.get(MORE_FLAGS, ""))
    for target in TARGETS:
        flags = (*FLAGS, *target.split(), *more)
        try:
            return flags, _described(compiler, flags)
        except NativeUnavailableError:
            if not target:
                raise
    raise AssertionError("unreachable: the last target is empty")


def _cache_folder():
    """Return a folder that may hold libraries: the user's cache, or else one of this workflow's."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folders = [Path(cache) / "facepatch" / "native", Path(".snakemake", "facepatch-native")]
    for folder in folders:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder.resolve()
        except OSError as error:
            obstacle = error
    raise obstacle


def native_flags():
    """Return the compiler's flags for this CPU, with those of ``FACEPATCH_CXXFLAGS``."""
    return _for_this_cpu(compiler_command())[0]


def build_library(flags=None, folder=None):
    """Build the library unless it was built before.

    Safe against other jobs that do the same: the library appears under its name in one step,
    and whoever comes second replaces it by the same one.

    Parameters
    ----------
    flags : sequence of str, or None
        Flags of the compiler in place of `FLAGS` for this CPU.
    folder : path, or None
        Where to keep the library; the user's cache folder if None.

    Returns
    -------
    path : Path
        The library; its stem ends with its key.

    Raises
    ------
    NativeUnavailableError
        If there is no compiler, or it fails, or nothing can be written.
    """
    compiler = compiler_command()
    if flags is None:
        flags, described = _for_this_cpu(compiler)
    else:
        flags, described = tuple(flags), _described(compiler, flags)
    content = "\0".join([sources_digest(), *compiler, *flags, described])
    key = hashlib.sha256(content.encode()).hexdigest()[:16]
    try:
        folder = Path(folder) if folder else _cache_folder()
        library = folder / f"libfacepatch-{key}.so"
        if not library.is_file():
            sources = [str(path) for path in source_files() if path.suffix == ".cpp"]
            with tempfile.TemporaryDirectory(prefix=".build-", dir=folder) as scratch:
                target = Path(scratch) / library.name
                _run([*compiler, *flags, *sources, "-o", str(target)])
                target.replace(library)
    except OSError as error:
        raise NativeUnavailableError(f"the library cannot be kept: {error}") from None
    return library


_POINTER, _INT, _LONG, _DOUBLE = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_double
_SIGNATURES = {
    "facepatch_abi": (_INT, []),
    "facepatch_lanes": (_INT, []),
    "facepatch_has_bfloat16": (_INT, []),
    "facepatch_create": (
        _POINTER,
        [*[_INT] * 7, _POINTER, ctypes.c_char_p, ctypes.c_size_t],
    ),
    "facepatch_destroy": (None, [_POINTER]),
    "facepatch_parameters": (_INT, [_POINTER]),
    "facepatch_parameter_size": (_LONG, [_POINTER, _INT]),
    "facepatch_write": (None, [_POINTER, _INT, _INT, _POINTER]),
    "facepatch_read": (None, [_POINTER, _INT, _INT, _POINTER]),
    "facepatch_train": (
        _LONG,
        [*[_POINTER] * 4, _DOUBLE, _DOUBLE, _LONG, _LONG, *[_POINTER] * 3],
    ),
}


@functools.cache
def load_library(path=None):
    """Load the library, building it first if need be.

    Parameters
    ----------
    path : path, or None
        A library that `build_library` made; the one for this CPU if None.

    Returns
    -------
    library : ctypes.CDLL
        With argument types set.

    Raises
    ------
    NativeUnavailableError
        If it cannot be built or loaded, or is of another version.
    """
    path = Path(path) if path else build_library()
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise NativeUnavailableError(f"the library cannot be loaded: {error}") from None
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name, None)
        if function is None:
            raise NativeUnavailableError(f"{path} has no function {name}")
        function.restype, function.argtypes = result, arguments
    if library.facepatch_abi() != ABI:
        raise NativeUnavailableError(f"{path} has ABI {library.facepatch_abi()}, not {ABI}")
    return library
