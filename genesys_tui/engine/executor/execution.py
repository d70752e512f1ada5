"""A running apply, as its watchers see it. Watching is free: whoever leaves stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Condition, Event

from genesys_tui.engine.model import events
from genesys_tui.engine.model.history import ExecutionRecord


class Execution:
    """It goes on in threads of its own, whoever watches."""

    def __init__(self, id: str) -> None:
        self.id = id
        self._events: list[events.Event] = []
        self._changed = Condition()
        self._cancelled = Event()
        self.why = ""
        """Why it was cancelled."""

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self, why: str = "the apply was cancelled") -> None:
        """Send no further call. What is in flight is waited for and recorded."""
        self.why = self.why or why
        self._cancelled.set()

    def emit(self, event: events.Event) -> None:
        """For the executor only."""
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def events(self) -> Iterator[events.Event]:
        """From the first on; blocks for each next one; ends after `Finished`. May be left at any time."""
        seen = 0
        while True:
            with self._changed:
                while seen >= len(self._events):
                    self._changed.wait()
                event = self._events[seen]
            seen += 1
            yield event
            if isinstance(event, events.Finished):
                return

    def wait(self) -> ExecutionRecord:
        """Blocks until it has ended."""
        for event in self.events():
            if isinstance(event, events.Finished):
                return event.record
        raise AssertionError("events end with Finished")
