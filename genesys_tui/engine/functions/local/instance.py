"""One process of a function and its Runtime API, from its start to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from shutil import rmtree
from tempfile import mkdtemp
from typing import NamedTuple, TypeAlias

from genesys_tui.engine.functions.local.launch import launch
from genesys_tui.engine.functions.local.runtime_api import RuntimeApi, Said, Work
from genesys_tui.engine.functions.local.settings import SandboxSettings, environment
from genesys_tui.engine.model.build import Built

LOADED = "loaded"
"""The file in which a process tells what it has loaded."""
_LOOK = 0.05
"""Seconds between two looks at the memory of a process that works."""
_TELLING = 0.5
"""Seconds that a process has to tell where it is, before it is killed."""


class Ended(NamedTuple):
    """The process ended. `code`: its exit code; negative: the signal."""

    code: int


class Late(NamedTuple):
    """The time is over."""


class Over(NamedTuple):
    """The process holds more memory than it may."""


Happening: TypeAlias = Said | Ended | Late | Over


class Instance:
    """A process that runs from now on. `line` is told what it writes, `gone` that it ended. `waits`: the modules that
    it loads before it waits for `go`; None: it does not wait. `started`, `ready`: when it was started, and when it had
    loaded the code (by the monotonic clock, in seconds). `loaded`: whether that was waited for; `used`: whether it had
    an event. Raises GenesysError for what this machine can't run."""

    def __init__(
        self,
        built: Built,
        settings: SandboxSettings,
        home: Path,
        line: Callable[[str], None],
        gone: Callable[[Instance], None],
        waits: Sequence[str] | None = None,
    ) -> None:
        how = launch(built, home, line)
        self.built = built
        self.can_wait = how.can_wait
        self.waited = waits is not None
        self.settings = settings
        self.notes = how.notes
        self.ready: float | None = None
        self.loaded = self.used = False
        self.ended: Ended | None = None
        self.peak_mb = 0
        self._happened: SimpleQueue[tuple[float, Happening]] = SimpleQueue()
        self._gone = gone
        self._folder = Path(mkdtemp(prefix="genesys-function-"))
        self._own = self._folder / "own"
        self._own.mkdir()
        self._api = RuntimeApi(self._heard)
        self.started = time.perf_counter()
        variables = environment(built, settings, self._own, how.reaches(self._api.address), how.handler)
        try:
            self._process = how.start(
                variables,
                self._own,
                settings.memory,
                line,
                self._over,
                loaded=self._folder / LOADED,
                waits=self.waited,
            )
        except BaseException:
            self._clear()
            raise
        if waits is not None:
            self._process.tell(f"{' '.join(waits)}\n".encode())

    def go(self, built: Built) -> None:
        """Load the code, and take events: it has waited long enough."""
        self.built = built
        self.started = time.perf_counter()
        self._process.tell(b"\n")

    @property
    def init_ms(self) -> float | None:
        """What loading took, once it is loaded; None for one that had loaded most of it while it waited."""
        return None if self.ready is None or self.waited else (self.ready - self.started) * 1000

    @property
    def modules(self) -> tuple[str, ...]:
        """What the process has loaded that is not the code's own, in that order; nothing where it does not tell."""
        with suppress(OSError):
            return tuple((self._folder / LOADED).read_text("utf-8").split())
        return ()

    @property
    def pid(self) -> int:
        return self._process.pid

    def hand(self, work: Work) -> None:
        """Give it an event."""
        self._api.hand(work)

    def wait(self, until: float) -> tuple[float, Happening]:
        """What happens next, and when; at the latest at `until`."""
        while True:
            left = until - time.perf_counter()
            try:
                return self._happened.get(timeout=max(0.0, min(left, _LOOK)))
            except Empty:
                if self.over_limit():
                    return time.perf_counter(), Over()
                if left <= 0:
                    return until, Late()

    def over_limit(self) -> bool:
        """Look at its memory now."""
        self.peak_mb = max(self.peak_mb, self._process.memory_mb())
        return self.peak_mb > self.settings.memory

    def read(self) -> None:
        """Tell all that it has written until now."""
        self._process.read(whole=True)

    def tell_place(self) -> None:
        """Have it write where it is (Python does), and die."""
        self._process.interrupt()
        until = time.perf_counter() + _TELLING
        while self.ended is None and not isinstance(self.wait(until)[1], Late | Over):
            pass

    def close(self) -> None:
        """End it, whatever it does; nothing of it is left."""
        self._process.kill()
        self._clear()

    def _heard(self, said: Said) -> None:
        now = time.perf_counter()
        if said.what == "ready" and self.ready is None:
            self.ready = now
        self._happened.put((now, said))

    def _over(self, code: int, starved: bool) -> None:
        self.ended = Ended(code)
        self._api.close()
        if starved:
            self.peak_mb = max(self.peak_mb, self.settings.memory)
        self._happened.put((time.perf_counter(), Over() if starved else self.ended))
        self._gone(self)

    def _clear(self) -> None:
        self._api.close()
        rmtree(self._folder, ignore_errors=True)
