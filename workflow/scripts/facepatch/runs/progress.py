"""How far a whole run has come, read from its logs while it goes."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from facepatch.progress import clock

__all__ = ["Training", "describe", "newest_log", "read_trainings"]

# Lines that `facepatch.progress.Progress` prints, and those of Snakemake's own log.
_LINE = re.compile(r"^(\S.*?)  (\d+)/(\d+) steps  (?:(.*?)  )?(\S+) steps/s  ", re.MULTILINE)
_DONE = re.compile(r"^(\d+) of (\d+) steps \(\d+%\) done$", re.MULTILINE)
_FINISHED = re.compile(r"^Finished jobid: \d+ \(Rule: (\S+)\)$", re.MULTILINE)
_PLANNED = re.compile(r"^(\S+) +(\d+)$", re.MULTILINE)
_TRAINS = re.compile(r"train_(followed_)?models?(_.*)?")


@dataclass(frozen=True)
class Training:
    """The latest line of a training's log: steps done and to do, and steps a second."""

    name: str
    done: int
    total: int
    detail: str
    rate: float


def newest_log(folder):
    """Return the log of the latest Snakemake call in a working folder that ran jobs, or None."""
    logs = sorted(Path(folder).glob(".snakemake/log/*.snakemake.log"))
    for log in reversed(logs):
        if "Job stats:" in log.read_text(encoding="utf-8", errors="replace"):
            return log
    return None


def read_trainings(results, since):
    """Return the trainings whose log was written to after `since` (seconds of the epoch).

    Parameters
    ----------
    results : path-like
        ``results/<run>``.
    since : float

    Returns
    -------
    trainings : list of Training
        By name; finished ones have ``done == total``.
    """
    latest = {}
    for log in sorted(Path(results).glob("logs/train_model*/**/*.log")):
        if log.stat().st_mtime >= since:
            for match in _LINE.finditer(log.read_text(encoding="utf-8", errors="replace")):
                name, done, total, detail, rate = match.groups()
                latest[name] = Training(name, int(done), int(total), detail or "", float(rate))
    return [latest[name] for name in sorted(latest)]


def describe(log, trainings, started, now=None):
    """Return lines that say what is done, what runs and how much time is left.

    Parameters
    ----------
    log : str
        Text of the Snakemake call's log.
    trainings : list of Training
    started : float
        When the call began, seconds of the epoch.
    now : float, or None
        The present, by default the clock's.

    Returns
    -------
    lines : list of str
    """
    now = time.time() if now is None else now
    done, total = map(int, (_DONE.findall(log) or [(0, _planned(log).get("total", 0))])[-1])
    lines = [f"jobs      {done} of {total} done, {clock(now - started)} since the start"]
    finished = [rule for rule in _FINISHED.findall(log) if _TRAINS.fullmatch(rule)]
    jobs = sum(count for rule, count in _planned(log).items() if _TRAINS.fullmatch(rule))
    running = [training for training in trainings if training.done < training.total]
    if not jobs:
        return lines
    line = f"training  {len(finished)} of {jobs} jobs done, {len(running)} models in training"
    rate = sum(training.rate for training in running)
    if running and rate > 0:
        # Jobs that have not begun are taken to be like those that have.
        begun = max(len(trainings), 1)
        waiting = max(jobs - len(finished) - len(running), 0)
        steps = sum(training.total - training.done for training in running)
        steps += waiting * sum(training.total for training in trainings) / begun
        line += f", {rate:.3g} steps/s, about {clock(steps / rate)} left"
    lines.append(line)
    for training in running:
        share = training.done / training.total
        left = clock((training.total - training.done) / training.rate) if training.rate else "?"
        lines.append(
            f"  {training.name}  {training.done}/{training.total} steps ({share:.0%})"
            f"  {training.detail}  {left} left"
        )
    return lines


def _planned(log):
    """Return the table of jobs at the head of a log: rule -> jobs to do."""
    table = log.partition("Job stats:")[2].partition("\n\n")[0]
    return {rule: int(count) for rule, count in _PLANNED.findall(table)}
