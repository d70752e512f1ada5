"""Bounded daemon threads: work that may hang never keeps the program from ending."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Any, TypeAlias, TypeVar

R = TypeVar("R")

_Job: TypeAlias = "tuple[Future[Any], Callable[[], Any]]"


class Threads:
    """At most `limit` daemon threads, each started when there is work and none is idle.

    The stdlib's executor joins its threads when the interpreter ends; these are left behind. A future may be settled by
    others before its work is done (`Future.cancel`, `fail`): what the work returns is then dropped.
    """

    def __init__(self, limit: int, name: str = "genesys") -> None:
        self._limit = limit
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._idle = Semaphore(0)
        self._lock = Lock()
        self._started = 0
        self._closed = False

    def submit(self, work: Callable[[], R]) -> Future[R]:
        """Run `work` on a thread as soon as one is free. After `close` the future comes back cancelled."""
        future: Future[R] = Future()
        with self._lock:
            if self._closed:
                future.cancel()
                return future
            self._jobs.put((future, work))
            if not self._idle.acquire(blocking=False) and self._started < self._limit:
                self._started += 1
                Thread(target=self._serve, name=f"{self._name}-{self._started}", daemon=True).start()
        return future

    def close(self) -> None:
        """Cancel what waits, let idle threads end at once and busy ones after their work. Waits for nothing."""
        with self._lock:
            self._closed = True
            for _ in range(self._started):
                self._jobs.put(None)

    def _serve(self) -> None:
        while job := self._next():
            future, work = job
            if self._closed:
                future.cancel()
            elif not future.done():
                _settle(future, work)
            del job, future, work  # an idle thread keeps nothing alive

    def _next(self) -> _Job | None:
        try:
            return self._jobs.get_nowait()
        except Empty:
            self._idle.release()
            return self._jobs.get()


def _settle(future: Future[R], work: Callable[[], R]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - whoever waits for the future gets it, whatever it is
        fail(future, error)
    else:
        with suppress(InvalidStateError):
            future.set_result(result)


def fail(future: Future[Any], error: BaseException) -> None:
    """Settle the future with an error, unless it is settled already."""
    with suppress(InvalidStateError):
        future.set_exception(error)
