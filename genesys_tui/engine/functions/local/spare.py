"""The next process of a function, started before it is needed. It loads what the last one loaded of the layers and of
AWS's runtime, and waits for the code: after a save only that is left to be loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from genesys_tui.engine.functions.local.instance import Instance
from genesys_tui.engine.functions.local.settings import SandboxSettings, environment
from genesys_tui.engine.model.build import Built


class Spare:
    """Of a process `after` which it comes, that has loaded its code. `line` is told what it wrote, once it runs. Raises
    GenesysError as `Instance` does."""

    def __init__(
        self, after: Instance, home: Path, line: Callable[[str], None], gone: Callable[[Instance], None]
    ) -> None:
        self._line = line
        self._lock = Lock()
        self._held: list[str] | None = []
        self._modules = after.modules
        self._alike = _all_but_code(after.built, after.settings)
        self._instance = Instance(after.built, after.settings, home, self._write, gone, self._modules)

    def fits(self, built: Built, settings: SandboxSettings) -> bool:
        """Whether it would run this as a new process would: nothing but the code is another one, and that has no module
        of a name that was loaded from elsewhere already."""
        if self._instance.ended is not None or self._alike != _all_but_code(built, settings):
            return False
        try:
            own = {path.name.partition(".")[0] for path in built.code.iterdir()}
        except OSError:
            return False
        return own.isdisjoint(name.partition(".")[0] for name in self._modules)

    def go(self, built: Built) -> Instance:
        """It, running this."""
        with self._lock:
            held, self._held = self._held or [], None
            for line in held:
                self._line(line)
        self._instance.go(built)
        return self._instance

    def close(self) -> None:
        self._instance.close()

    def _write(self, line: str) -> None:
        with self._lock:
            if self._held is not None:
                self._held.append(line)
                return
        self._line(line)


def _all_but_code(built: Built, settings: SandboxSettings) -> tuple[object, ...]:
    """All that decides how a process is started, but for what is its own."""
    return built.project, settings, environment(built, settings, Path(), "", built.handler or "")
