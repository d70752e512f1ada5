"""The log of a function while it runs here: told line by line, and kept for the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from genesys_tui.engine.model.invocation import LogLine

Told = Callable[[LogLine], None]
"""Is told each line of the log as it comes, on any thread; it must neither raise nor wait."""

KEPT = 10_000
"""Lines that an answer keeps; all are told."""
_DUMP = ("Fatal Python error: Aborted", "Current thread ")


class Log:
    """`request`: the invocation that runs now."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._lock = Lock()
        self._lines: list[LogLine] = []
        self._more = 0
        self._dump: list[str] | None = None
        self.request = ""

    def write(self, text: str) -> None:
        """A line that the function or its runtime wrote. Runtimes part the lines of one entry by carriage returns, and
        indent them with hard spaces."""
        for part in text.split("\r") if "\r" in text else (text,):
            if self._dump is not None and (self._dump or part.startswith(_DUMP)):
                self._dump.append(part)
            else:
                self.add(part.replace("\xa0", " "))

    def add(self, text: str) -> None:
        line = LogLine(datetime.now(UTC), text, self.request)
        with self._lock:
            if len(self._lines) < KEPT:
                self._lines.append(line)
            else:
                self._more += 1
        self._told(line)

    def begin_dump(self) -> None:
        """What the process now writes about where it is, is not its log."""
        self._dump = []

    def end_dump(self) -> tuple[str, ...]:
        """What it wrote, the innermost place last: only of the thread that was asked."""
        dump, self._dump = self._dump or [], None
        start = next((place for place, line in enumerate(dump) if line.startswith("Current thread ")), len(dump))
        places: list[str] = []
        for line in dump[start + 1 :]:
            if not line.lstrip().startswith("File "):
                break
            places.insert(0, line)
        return tuple(places)

    def take(self) -> tuple[LogLine, ...]:
        """The lines since they were last taken."""
        with self._lock:
            lines, more = self._lines, self._more
            self._lines, self._more = [], 0
        if more:
            lines.append(LogLine(datetime.now(UTC), f"... {more:,} more lines are not kept", self.request))
        return tuple(lines)
