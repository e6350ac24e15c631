"""Progress of long work as lines that stay readable with several jobs on one terminal."""

import sys
import time

__all__ = ["Progress", "clock"]


def clock(seconds):
    """Return a duration as ``1h02m``, ``3m07s`` or ``12s``."""
    seconds = round(seconds)
    if seconds >= 3600:
        return f"{seconds // 3600}h{seconds % 3600 // 60:02d}m"
    if seconds >= 60:
        return f"{seconds // 60}m{seconds % 60:02d}s"
    return f"{seconds}s"


class Progress:
    """Print `name  done/total unit  detail  rate  time left` every few seconds.

    Parameters
    ----------
    name : str
        What is being worked on, for example a model's id.
    total : int
        Number of units of work in all.
    unit : str
        Name of one unit, plural.
    done : int
        Units that were done before (resumed work); they do not count for the rate.
    every : float
        Seconds between two lines.
    """

    def __init__(self, name, total, unit="steps", done=0, every=10.0, stream=None):
        self.name, self.total, self.unit, self.every = name, total, unit, every
        self.first, self.started = done, time.monotonic()
        self.printed = self.started
        self.stream = stream

    def update(self, done, detail="", final=False):
        """Tell that `done` units are finished; prints if it is time to, or if `final`."""
        now = time.monotonic()
        if not final and now - self.printed < self.every:
            return
        self.printed = now
        rate = (done - self.first) / max(now - self.started, 1e-9)
        left = clock((self.total - done) / rate) if rate > 0 else "?"
        parts = [self.name, f"{done}/{self.total} {self.unit}", detail, f"{rate:.3g} {self.unit}/s"]
        parts.append(f"done in {clock(now - self.started)}" if final else f"{left} left")
        print("  ".join(part for part in parts if part), file=self.stream or sys.stderr, flush=True)
