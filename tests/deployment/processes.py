"""Workflows that are started, watched and killed: only processes that a test started itself."""

import contextlib
import signal
import subprocess
import time

import psutil


class Workflow:
    """A running snakemake call."""

    def __init__(self, checkout, *arguments, **options):
        self.output = checkout.folder / "output.txt"
        with open(self.output, "w") as file:
            self.process = subprocess.Popen(
                checkout.command(*arguments, **options),
                cwd=checkout.folder,
                env=checkout.environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until(self, condition, seconds=600):
        """Wait until `condition` holds; the workflow must not end before."""
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, f"it ended too early:\n{self.text()}"
            assert time.monotonic() < end, f"waited in vain:\n{self.text()}"
            time.sleep(0.05)

    def signal(self, number):
        """Send a signal to the workflow and all jobs below it, as a scheduler or a crash does."""
        family = []
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            family = [parent, *parent.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        return family

    def kill(self):
        """Kill it and every job at once, and wait until all are gone."""
        family = self.signal(signal.SIGKILL)
        self.process.wait()
        psutil.wait_procs(family, timeout=60)

    def finish(self, seconds=600):
        """Wait for its end and return its exit code."""
        return self.process.wait(seconds)

    def text(self):
        """Return what it printed so far."""
        return self.output.read_text()
