"""Where what happens is waited for: what the loop's threads tell, a key, and the end of whoever reads the output."""

from __future__ import annotations

import os
import selectors
import stat
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """A key was pressed."""

    letter: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Nobody reads the output any more."""


class Inbox(Generic[T]):
    """`put` may be called from any thread and never waits, `get` from one. `keys`: those of the keyboard come too."""

    def __init__(self, *, keys: bool) -> None:
        self._items: deque[T] = deque()
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._keys = keys
        if keys:
            self._selector.register(sys.stdin, selectors.EVENT_READ)
        self._output = _pipe(sys.stdout)
        if self._output is not None:  # of a pipe that is written to, only its end is ever told
            self._selector.register(self._output, selectors.EVENT_READ)

    def put(self, item: T) -> None:
        self._items.append(item)
        with suppress(BlockingIOError):  # it is full of calls to wake up
            os.write(self._wake, b".")

    def get(self) -> T | Key | Gone:
        """The next, as soon as there is one."""
        while True:
            if self._items:
                return self._items.popleft()
            for ready, _ in self._selector.select():
                if ready.fd == self._woken:
                    os.read(self._woken, 65536)
                elif ready.fd == self._output:
                    return Gone()
                else:
                    return Key(os.read(sys.stdin.fileno(), 1).decode("ascii", "replace") or "q")

    def rest(self) -> Iterator[T]:
        """What was put in and not taken yet."""
        while self._items:
            yield self._items.popleft()

    def close(self) -> None:
        self._selector.close()


def _pipe(stream: Any) -> int | None:
    """The descriptor of a stream that leads into a pipe."""
    try:
        number: int = stream.fileno()
        return number if stat.S_ISFIFO(os.fstat(number).st_mode) else None
    except (OSError, ValueError):
        return None


class Keyboard:
    """The keyboard of a terminal: single keys, or whole lines while something is asked. `on`: there is one."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._before: list[Any] | None = None
        if on:
            import termios

            self._before = termios.tcgetattr(sys.stdin)

    def single(self) -> None:
        """Keys come one by one and are not shown. Ctrl-C stays what it is."""
        if self._before is not None:
            import tty

            tty.setcbreak(sys.stdin)

    def lines(self) -> None:
        """As it was before."""
        if self._before is not None:
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Whole lines, for so long."""
        self.lines()
        try:
            yield
        finally:
            self.single()
