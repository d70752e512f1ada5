"""The bounded daemon threads."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import CancelledError
from threading import Barrier, Event, active_count

import pytest

from genesys_tui.engine.providers.threads import Threads, fail


def test_work_gives_its_result_or_its_error() -> None:
    threads = Threads(2)
    assert threads.submit(lambda: 1 + 1).result(10) == 2
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).result(10)
    assert threads.submit(lambda: "still there").result(10) == "still there"
    threads.close()


def test_as_many_run_at_once_as_allowed_and_no_more() -> None:
    threads = Threads(3)
    before = active_count()
    together = Barrier(3)
    futures = [threads.submit(lambda: together.wait(10)) for _ in range(9)]
    assert sorted(future.result(10) for future in futures) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert active_count() - before <= 3
    threads.close()


def test_a_future_settled_by_others_drops_what_its_work_returns() -> None:
    threads = Threads(1)
    go = Event()
    future = threads.submit(lambda: go.wait(10))
    fail(future, KeyError("given up"))
    with pytest.raises(KeyError):
        future.result(0)
    go.set()
    assert threads.submit(lambda: "next").result(10) == "next"
    assert isinstance(future.exception(), KeyError)
    threads.close()


def test_closing_cancels_what_waits_and_lets_the_rest_end() -> None:
    threads = Threads(1)
    started, go = Event(), Event()

    def work() -> str:
        started.set()
        go.wait(10)
        return "done"

    busy, waiting = threads.submit(work), threads.submit(work)
    assert started.wait(10)
    threads.close()
    go.set()
    assert busy.result(10) == "done"
    for future in (waiting, threads.submit(work)):
        with pytest.raises(CancelledError):
            future.result(10)


def test_hanging_work_does_not_keep_the_program_from_ending() -> None:
    program = """
from threading import Event
from genesys_tui.engine.providers.threads import Threads
Threads(1).submit(Event().wait)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
