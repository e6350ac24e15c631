"""Training processes: started with a tuned environment, supervised, stopped without loss.

PyTorch trains these small networks fastest with one thread in one process per
core. The calling process stays small and answers to signals; its workers take
one job after the other, and save their state and end when they are told to, or
when their parent is gone.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading

from facepatch.errors import InputError
from facepatch.training.allocator import training_environment
from facepatch.training.checkpoints import discard_checkpoint
from facepatch.training.jobs import decoded, encoded, run_job

__all__ = ["serve", "train_in_processes"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def serve():
    """Be a worker: run the jobs that come in on stdin, one a line, and answer each on stdout."""
    from facepatch.training.trainer import TrainingStoppedError

    parent, asked = os.getppid(), threading.Event()
    for number in _SIGNALS:
        signal.signal(number, lambda *_: asked.set())
    with os.fdopen(os.dup(1), "w", buffering=1) as answers, contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            try:
                run_job(decoded(line), stop=lambda: asked.is_set() or os.getppid() != parent)
                answer = {"done": True}
            except InputError as error:
                fields = [error.where, error.found, error.expected, error.remedy]
                answer = {"input_error": fields}
            except TrainingStoppedError as stopped:
                print(stopped, file=sys.stderr)
                sys.exit(128 + signal.SIGTERM)
            print(json.dumps(answer), file=answers)
            if asked.is_set():
                sys.exit(128 + signal.SIGTERM)


class _Worker:
    """A worker process as its parent sees it."""

    def __init__(self):
        # `serve` is named in code, not in text, so that the code fingerprint follows it.
        start = f"from {serve.__module__} import {serve.__name__}; {serve.__name__}()"
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", start],
            env=training_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        # Through this process's own stderr, so that the job's log gets the lines too.
        self.echo = threading.Thread(target=self._repeat, daemon=True)
        self.echo.start()

    def _repeat(self):
        for line in self.process.stderr:
            sys.stderr.write(line)
            sys.stderr.flush()

    def run(self, job):
        """Have a job done; return the answer, or None if the process ended without one."""
        try:
            self.process.stdin.write(encoded(job) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def end(self):
        """Let the process end and wait for it; return its exit code."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        code = self.process.wait()
        self.echo.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


class _Supervisor:
    """Shares jobs out to workers and remembers the first thing that went wrong."""

    def __init__(self, jobs, n_processes):
        self.waiting = list(reversed(jobs))
        self.lock = threading.Lock()
        self.signal = None
        self.failure = None
        self.workers = [_Worker() for _ in range(min(n_processes, len(jobs)))]

    def stop(self, number=None, _frame=None):
        """Tell every worker to save its state and end."""
        self.signal = self.signal or number
        self.waiting.clear()
        for worker in self.workers:
            worker.process.terminate()

    def feed(self, worker):
        """Give one worker job after job until there are none."""
        while self.failure is None and self.signal is None:
            with self.lock:
                job = self.waiting.pop() if self.waiting else None
            if job is None:
                break
            answer = worker.run(job)
            if answer is None or "input_error" in answer:
                self.fail(answer, job)
        code = worker.end()
        if code and self.signal is None:
            self.fail(None, None)

    def fail(self, answer, job):
        """Remember a failure, the first only, and stop the others."""
        with self.lock:
            if self.failure is not None or self.signal is not None:
                return
            if answer is not None:
                self.failure = InputError(*answer["input_error"])
            else:
                names = ", ".join(model["id"] for model in job.models) if job else "a worker"
                self.failure = RuntimeError(f"the training process of {names} ended, see above")
        self.stop()


def train_in_processes(jobs, n_processes):
    """Run training jobs, each in one of `n_processes` worker processes.

    On SIGTERM or SIGINT the workers save their state and end, then this process exits. The
    checkpoints are removed once all jobs are done.

    Parameters
    ----------
    jobs : list of facepatch.training.jobs.TrainingJob
    n_processes : int

    Raises
    ------
    InputError
        As a worker raised it.
    RuntimeError
        If a worker ended otherwise.
    SystemExit
        With 128 + the signal's number.
    """
    supervisor = _Supervisor(jobs, n_processes)
    before = {number: signal.signal(number, supervisor.stop) for number in _SIGNALS}
    try:
        threads = [
            threading.Thread(target=supervisor.feed, args=(worker,))
            for worker in supervisor.workers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if supervisor.failure is not None:
        raise supervisor.failure
    if supervisor.signal is not None:
        sys.exit(128 + supervisor.signal)
    for job in jobs:
        discard_checkpoint(job.checkpoint)
