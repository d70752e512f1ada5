"""Drives sans-I/O readings side by side: a loop over generators, whatever their depth and number. Knows no boto3."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeAlias, TypeVar

from genesys_tui.engine.model.call import Answer, Call
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Ask, Found, Reading
from genesys_tui.engine.model.resource import Actual

T = TypeVar("T")

Sent: TypeAlias = "Future[Answer | None]"
Start: TypeAlias = Callable[[Call], Sent]
"""Sends a call elsewhere. The future fails with a `CallError`; any other error is a fault of the program."""
OnFound: TypeAlias = Callable[[tuple[Actual, ...]], None]


def drive(
    readings: Sequence[Reading[T]],
    start: Start,
    *,
    on_found: OnFound | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[T | CallError]:
    """Run all readings to their ends, in this thread; `start` sends their calls on others.

    The results, in order: what each returned, or the `CallError` it ended with. Calls that only read and are alike are
    sent once and share their answer. Once `cancelled` holds (and whoever cancels has failed what is under way),
    readings that have not ended are closed, and result in a `CallError` of failure `cancelled`. Any other exception, of
    a reading or of `on_found`, closes all readings and is raised.
    """
    return _Drive(readings, start, on_found, cancelled).run()


class _Task:
    """A reading under way, and the answers that it collects for the list it asked."""

    __slots__ = ("answers", "missing", "place", "reading")

    def __init__(self, reading: Reading[Any], place: _Place) -> None:
        self.reading = reading
        self.place = place
        self.answers: list[Any] = []
        self.missing = 0


class _Place(NamedTuple):
    """Where an answer goes: into a slot of the task's list, or (-1) straight to the task; no task: into the results."""

    task: _Task | None
    slot: int


class _Drive:
    def __init__(
        self,
        readings: Sequence[Reading[Any]],
        start: Start,
        on_found: OnFound | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self._start = start
        self._on_found = on_found
        self._cancelled = cancelled
        self._results: list[Any] = [None] * len(readings)
        self._live: dict[_Task, None] = {}
        self._ready: deque[tuple[_Task, Any]] = deque()
        self._landed: SimpleQueue[Sent] = SimpleQueue()
        self._flights: dict[Sent, list[_Place]] = {}
        self._shared: dict[str, Sent] = {}
        for slot, reading in enumerate(readings):
            self._begin(reading, _Place(None, slot))

    def run(self) -> list[Any]:
        with ExitStack() as stack:
            stack.callback(self._abandon)
            while (self._ready or self._flights) and not self._cancelled():
                if self._ready:
                    self._resume(*self._ready.popleft())
                else:
                    self._land(self._landed.get())
            for task in self._live:
                if task.place.task is None:
                    self._deliver(task.place, _cancelled("reading"))
        return self._results

    def _abandon(self) -> None:
        """Close all that has not ended, whatever a close does; drop the calls that nobody waits for any more."""
        for future in self._flights:
            future.cancel()
        with ExitStack() as stack:
            for task in self._live:
                stack.callback(task.reading.close)

    def _begin(self, reading: Reading[Any], place: _Place) -> None:
        task = _Task(reading, place)
        self._live[task] = None
        self._ready.append((task, None))

    def _resume(self, task: _Task, answer: Any) -> None:
        try:
            asked = task.reading.throw(answer) if isinstance(answer, CallError) else task.reading.send(answer)
        except StopIteration as end:
            self._end(task, end.value)
        except CallError as error:
            self._end(task, error)
        else:
            self._ask(task, asked)

    def _end(self, task: _Task, result: Any) -> None:
        del self._live[task]
        self._deliver(task.place, result)

    def _ask(self, task: _Task, asked: Ask) -> None:
        match asked:
            case Call():
                self._call(asked, _Place(task, -1))
            case Found():
                if self._on_found:
                    self._on_found(asked.actuals)
                self._ready.append((task, None))
            case list():
                self._ask_all(task, asked)

    def _ask_all(self, task: _Task, asked: list[Call | Reading[Any]]) -> None:
        task.answers = [None] * len(asked)
        task.missing = len(asked)
        if not asked:
            self._ready.append((task, []))
        for slot, each in enumerate(asked):
            if isinstance(each, Call):
                self._call(each, _Place(task, slot))
            else:
                self._begin(each, _Place(task, slot))

    def _call(self, call: Call, place: _Place) -> None:
        if call.effect != "read":
            self._launch(call, place)
            return
        key = _key(call)
        future = self._shared.get(key)
        if future is None:
            self._shared[key] = self._launch(call, place)
        elif future in self._flights:
            self._flights[future].append(place)
        else:
            self._deliver(place, _outcome(future))

    def _launch(self, call: Call, place: _Place) -> Sent:
        future = self._start(call)
        self._flights[future] = [place]
        future.add_done_callback(self._landed.put)
        return future

    def _land(self, future: Sent) -> None:
        outcome = _outcome(future)
        for place in self._flights.pop(future):
            self._deliver(place, outcome)

    def _deliver(self, place: _Place, answer: Any) -> None:
        task, slot = place
        if task is None:
            self._results[slot] = answer
        elif slot < 0:
            self._ready.append((task, answer))
        else:
            task.answers[slot] = answer
            task.missing -= 1
            if not task.missing:
                self._ready.append((task, task.answers))


def _outcome(future: Sent) -> Answer | CallError | None:
    try:
        return future.result()
    except CallError as error:
        return error
    except CancelledError:
        return _cancelled("call")


def _cancelled(what: str) -> CallError:
    return CallError(what, "cancelled", "Cancelled", "it was cancelled")


def _key(call: Call) -> str:
    """The same for calls that ask the same."""
    asked = [call.service, call.operation, call.region, call.paginate, sorted(call.absent_on), call.params]
    return json.dumps(asked, sort_keys=True, default=_plain)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else repr(value)
