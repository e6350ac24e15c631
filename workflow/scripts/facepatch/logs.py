"""One log per job, opened before anything heavy is imported."""

import contextlib
import sys
import time
import traceback

from facepatch.errors import InputError

__all__ = ["job_log"]


class _Tee:
    """A text stream that writes to a log file and to a terminal."""

    def __init__(self, log, terminal):
        self.log, self.terminal = log, terminal

    def write(self, text):
        self.log.write(text)
        return self.terminal.write(text)

    def flush(self):
        self.log.flush()
        self.terminal.flush()

    def isatty(self):
        return self.terminal.isatty()

    def fileno(self):
        return self.terminal.fileno()


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
        With code 1, after the message of an `InputError` has been printed: users see
        what to mend, not a traceback. Any other error passes on, its traceback logged.
    """
    if not smk.log:
        yield
        return
    started = time.monotonic()
    with open(str(smk.log[0]), "w", encoding="utf-8", buffering=1) as log:
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Tee(log, streams[0]), _Tee(log, streams[1])
        try:
            yield
            log.write(f"done in {time.monotonic() - started:.1f} s\n")
        except InputError as error:
            print(f"\nfacepatch: {error}\n", file=sys.stderr)
            raise SystemExit(1) from None
        except Exception:
            traceback.print_exc(file=log)
            raise
        finally:
            sys.stdout, sys.stderr = streams
