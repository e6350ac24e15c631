"""One log per job, opened before anything heavy is imported."""

import contextlib
import errno
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

from facepatch.errors import InputError

__all__ = ["job_log"]

_STORAGE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class _Tee:
    """A text stream that writes to a log file and to a terminal."""

    def __init__(self, log, terminal):
        self.log, self.terminal = log, terminal

    def write(self, text):
        written = self.terminal.write(text)
        with contextlib.suppress(OSError):  # a full disk must not hide the message that says so
            self.log.write(text)
        return written

    def flush(self):
        self.terminal.flush()
        with contextlib.suppress(OSError):
            self.log.flush()

    def isatty(self):
        return self.terminal.isatty()

    def fileno(self):
        return self.terminal.fileno()


def _storage_problem(error, folder):
    """Return in words that the disk of `folder` is full or read-only, if `error` says so."""
    # NumPy tells of a write that was cut short without an error number.
    cut_short = error.errno is None and "requested and" in str(error)
    if error.errno not in _STORAGE and not cut_short:
        return None
    reason = os.strerror(errno.ENOSPC if cut_short else error.errno)
    free = shutil.disk_usage(folder).free / 1e6
    return (
        f"{folder}: {reason}, {free:.1f} MB free. Nothing half-written was kept; "
        "mend the disk and start the workflow again."
    )


@contextlib.contextmanager
def job_log(smk):
    """Send all that a job prints to its log as well, and end it with one clear line on bad input.

    Parameters
    ----------
    smk : object
        The `snakemake` object of a script: its `log` names the file. Without a log
        (in a test) the block runs as it is.

    Raises
    ------
    SystemExit
        With code 1, after the message of an `InputError`, or that the disk is full or
        read-only, has been printed: users see what to mend, not a traceback. Any other error
        passes on, its traceback logged.
    """
    if not smk.log:
        yield
        return
    started, path = time.monotonic(), Path(str(smk.log[0]))
    with open(path, "w", encoding="utf-8", buffering=1) as log:
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Tee(log, streams[0]), _Tee(log, streams[1])
        try:
            yield
            log.write(f"done in {time.monotonic() - started:.1f} s\n")
        except InputError as error:
            print(f"\nfacepatch: {error}\n", file=sys.stderr)
            raise SystemExit(1) from None
        except OSError as error:
            problem = _storage_problem(error, path.parent)
            if problem is None:
                traceback.print_exc(file=log)
                raise
            print(f"\nfacepatch: {problem}\n", file=sys.stderr)
            raise SystemExit(1) from None
        except Exception:
            traceback.print_exc(file=log)
            raise
        finally:
            sys.stdout, sys.stderr = streams
