"""The newest code of a function, running here: one process, made anew when the code is another one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import RLock

from genesys_tui.engine.functions.local.sandbox import Sandbox, open_sandbox
from genesys_tui.engine.functions.local.settings import SandboxSettings
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.invocation import Answer, Invocation, LogLine

Logged = Callable[[LogLine], None]


class Running:
    """`home`: of Genesys. `logged`: is told each line that the code writes, as it comes. `changes`: the code will be
    another one again and again."""

    def __init__(self, home: Path, logged: Logged, *, changes: bool = False) -> None:
        self._changes = changes
        self._home = home
        self._logged = logged
        self._lock = RLock()
        self._sandbox: Sandbox | None = None
        self._runs: tuple[object, ...] = ()

    def answer(self, built: Built, event: Invocation, settings: SandboxSettings) -> Answer:
        """What it answers. Raises GenesysError where it can't be run here, StoppedError when it was closed."""
        with self._lock:
            runs = (built.sent, settings)
            if self._sandbox is None:
                self._sandbox = open_sandbox(built, settings, self._home, self._logged, changes=self._changes)
            elif runs != self._runs:
                self._sandbox.replace(built, settings)
            self._runs = runs
            sandbox = self._sandbox
        return sandbox.invoke(event)

    def close(self) -> None:
        """End the process."""
        if self._sandbox is not None:
            self._sandbox.close()
