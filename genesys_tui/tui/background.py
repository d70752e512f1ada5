"""Daemon threads for what blocks. Quitting never waits for them, and what they bring is taken in on the screen's own
thread, in order. (Textual's thread workers are few, and quitting waits for all of them.)
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from textual.message import Message

from genesys_tui.engine.model.errors import GenesysError

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

T = TypeVar("T")


class Arrived(Message, bubble=False):
    """Something to be done on the screen's thread."""

    def __init__(self, deliver: Callable[[], None]) -> None:
        super().__init__()
        self.deliver = deliver


class Background:
    """Runs work beside the screen."""

    def __init__(self, pump: MessagePump) -> None:
        self._pump = pump

    def deliver(self, call: Callable[[], None]) -> None:
        """From any thread: have it called on the screen's thread. Nothing happens once the screen has closed."""
        with suppress(RuntimeError):  # the loop closed meanwhile
            self._pump.post_message(Arrived(call))

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[GenesysError], None]
    ) -> threading.Thread:
        """Do the work in a thread of its own; `done` or `failed` is called on the screen's thread."""
        return self.thread(lambda: self.settle(work, done, failed))

    def thread(self, target: Callable[[], None]) -> threading.Thread:
        """Start a daemon thread."""
        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        return thread

    def settle(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[GenesysError], None]) -> None:
        """In a thread: work, and deliver how it ended. A fault of our own is shown too, then goes its way."""
        answered = False
        try:
            result = work()
            answered = True
            self.deliver(lambda: done(result))
        except GenesysError as error:
            answered = True
            self._fail(failed, error)
        except OSError as error:
            answered = True
            self._fail(failed, GenesysError("the system refused", why=str(error)))
        finally:
            if not answered:
                fault = sys.exc_info()[1]
                why = f"{type(fault).__name__}: {fault}"
                self._fail(failed, GenesysError("a fault in genesys itself", why=why, todo="please report it"))

    def _fail(self, failed: Callable[[GenesysError], None], error: GenesysError) -> None:
        self.deliver(lambda: failed(error))


class Latest:
    """One thread for questions of which only the newest matters: older ones that still wait, or whose answer comes
    late, are dropped."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._lock = threading.Lock()
        self._next: Callable[[], None] | None = None
        self._asked = 0
        self._busy = False

    def ask(self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[GenesysError], None]) -> None:
        """On the screen's thread."""
        self._asked += 1
        mine = self._asked

        def if_newest(result: T) -> None:
            if mine == self._asked:
                done(result)

        def if_newest_failed(error: GenesysError) -> None:
            if mine == self._asked:
                failed(error)

        with self._lock:
            self._next = lambda: self._background.settle(work, if_newest, if_newest_failed)
            if self._busy:
                return
            self._busy = True
        self._background.thread(self._drain)

    def forget(self) -> None:
        """Drop whatever is asked or under way."""
        self._asked += 1
        with self._lock:
            self._next = None

    def _drain(self) -> None:
        clean = False
        try:
            while (work := self._take()) is not None:
                work()
            clean = True
        finally:
            if not clean:
                with self._lock:
                    self._busy = False

    def _take(self) -> Callable[[], None] | None:
        with self._lock:
            work, self._next = self._next, None
            self._busy = work is not None
            return work
