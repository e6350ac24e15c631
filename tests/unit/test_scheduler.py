"""Snakemake's main process looks at its queue once where every job wanted a look of its own."""

import runpy
import threading
from pathlib import Path

import pytest
from snakemake.scheduling.job_scheduler import JobScheduler

SOURCE = Path(__file__).resolve().parents[2] / "workflow" / "rules" / "scheduler.smk"


class Queue:
    """The part of a scheduler that a look wakes."""

    def __init__(self):
        self._open_jobs = threading.Semaphore(0)


@pytest.fixture
def look_again(monkeypatch):
    # Restored after the test: the file replaces the method of the class.
    monkeypatch.setattr(
        JobScheduler, "_schedule_reevalutation", JobScheduler._schedule_reevalutation
    )
    function = runpy.run_path(str(SOURCE))["look_again"]
    assert JobScheduler._schedule_reevalutation is function
    return function


def test_one_look_waits_however_many_are_asked_for(look_again):
    queue = Queue()
    for _ in range(50):
        look_again(queue, 0.2)
    assert queue._open_jobs.acquire(timeout=30)
    assert not queue._open_jobs.acquire(timeout=0.5)


def test_the_next_look_can_be_asked_for_at_once(look_again):
    queue = Queue()
    for _ in range(3):
        look_again(queue, 0.01)
        assert queue._open_jobs.acquire(timeout=30)


def test_a_look_waits_for_its_delay(look_again, monkeypatch):
    started = []

    class Timer:
        def __init__(self, delay, look):
            self.delay, self.look = delay, look

        def start(self):
            started.append(self)

    monkeypatch.setattr(threading, "Timer", Timer)
    queue = Queue()
    look_again(queue, 1)
    assert [timer.delay for timer in started] == [1]
    assert not queue._open_jobs.acquire(blocking=False)
    started[0].look()
    assert queue._open_jobs.acquire(blocking=False)
