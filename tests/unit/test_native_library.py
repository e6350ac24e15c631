"""How the native library is built, kept and found, or why not."""

import concurrent.futures
import os
import shutil
import stat

import pytest
from facepatch.training import native_library
from facepatch.training.native_library import (
    FLAGS,
    SOURCES_SHA256,
    NativeUnavailableError,
    build_library,
    load_library,
    source_files,
    sources_digest,
)

QUICK = (*FLAGS, "-O0")


@pytest.fixture
def compiler():
    try:
        return native_library.compiler_command()
    except NativeUnavailableError as reason:
        pytest.skip(f"no native library: {reason}")


@pytest.fixture
def fake_compiler(monkeypatch, tmp_path):
    """Return a function that puts a shell script in the compiler's place."""

    def install(body):
        script = tmp_path / "fake-c++"
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("CXX", str(script))

    return install


def test_the_recorded_digest_is_that_of_the_sources():
    assert sources_digest() == SOURCES_SHA256, "set SOURCES_SHA256 to the new digest"


def test_no_flag_gives_up_ieee_arithmetic():
    forbidden = ("fast-math", "Ofast", "associative", "finite-math", "unsafe", "reciprocal")
    flags = [*FLAGS, *native_library.TARGETS]
    assert not [flag for flag in flags if any(word in flag for word in forbidden)]


def test_sources_stay_readable():
    for path in source_files():
        lines = path.read_text().splitlines()
        assert len(lines) <= 300, path
        assert max(map(len, lines)) <= 100, path


def test_a_library_is_built_once_and_found_again(compiler, tmp_path):
    library = build_library(QUICK, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [library.name]
    written = library.stat().st_mtime_ns
    assert build_library(QUICK, tmp_path) == library
    assert library.stat().st_mtime_ns == written
    assert load_library(library).facepatch_abi() == native_library.ABI
    assert build_library((*QUICK, "-DOTHER"), tmp_path) != library


def test_jobs_that_build_at_once_do_not_disturb_each_other(compiler, tmp_path):
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(build_library, QUICK, tmp_path) for _ in range(3)]
        libraries = {job.result() for job in jobs}
    assert [path for path in tmp_path.iterdir()] == list(libraries)
    load_library(libraries.pop())


def test_a_missing_compiler_is_named_with_the_remedy(monkeypatch, tmp_path):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NativeUnavailableError) as error:
        build_library(folder=tmp_path)
    assert "no C++ compiler found (c++, g++, clang++)" in str(error.value)
    assert "cxx-compiler" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_compiler_that_fails_is_quoted_in_one_line(fake_compiler, tmp_path):
    fake_compiler('echo "x.h:1: note: dull" >&2; echo "x.h:2: error: no such header" >&2; exit 1')
    with pytest.raises(NativeUnavailableError, match=r"failed: x.h:2: error: no such header$"):
        build_library(folder=tmp_path)


def test_a_failed_build_leaves_nothing_behind(fake_compiler, tmp_path):
    fake_compiler('case "$*" in *-dM*) echo "#define __VERSION__ 1";; *) exit 1;; esac')
    folder = tmp_path / "cache"
    folder.mkdir()
    with pytest.raises(NativeUnavailableError, match="no message"):
        build_library(folder=folder)
    assert not list(folder.iterdir())


def test_an_old_compiler_without_a_native_target_still_builds(fake_compiler, tmp_path):
    fake_compiler(
        'case "$*" in *native*) echo "error: no native" >&2; exit 1;; '
        f"*) exec {shutil.which('true')};; esac"
    )
    flags, _ = native_library._for_this_cpu([os.environ["CXX"]])
    assert flags == FLAGS


def test_a_folder_that_cannot_be_written_is_said(compiler, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(NativeUnavailableError, match="cannot be kept"):
        build_library(QUICK, blocked)


def test_without_a_cache_folder_the_workflow_keeps_the_library(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert native_library._cache_folder() == tmp_path / "cache" / "facepatch" / "native"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert native_library._cache_folder() == tmp_path / ".snakemake" / "facepatch-native"


def test_something_else_in_the_librarys_place_is_refused(tmp_path):
    wrong = tmp_path / "libfacepatch-0.so"
    wrong.write_bytes(b"not a library")
    with pytest.raises(NativeUnavailableError, match="cannot be loaded"):
        load_library(wrong)
