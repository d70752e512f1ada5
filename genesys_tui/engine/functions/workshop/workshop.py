"""A place where commands of a build are run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from genesys_tui.engine.model.build import Where
from genesys_tui.engine.model.errors import GenesysError

Told = Callable[[str], None]
"""Is told a line of progress in words: what is built, and how big it is."""


class CommandError(GenesysError):
    """A command of a build failed. `said`: what it printed, its last lines."""

    def __init__(self, what: str, code: int, said: str, *, todo: str = "") -> None:
        super().__init__(what, why=said.strip()[-2_000:], todo=todo)
        self.code = code
        self.said = said


class StoppedError(GenesysError):
    """The build was stopped, because a newer save came or the app ends."""


class Workshop(Protocol):
    """A host or a container. It sees `folder` (of ours, for caches, staging and output) at the same path as we do, and
    nothing else of this machine for certain: what a command needs is put there first."""

    folder: Path
    stop: threading.Event
    """When it is set, the command that is running is killed, and `run` raises StoppedError."""
    told: Told

    @property
    def where(self) -> Where:
        """Which of the two it is."""

    def uv(self) -> str:
        """The path of uv in it."""

    def identity(self) -> str:
        """What a thing that is compiled in it depends on: the image's digest, or this machine's platform."""

    def run(
        self, command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] = {}, limit: float = 600
    ) -> str:
        """Run a command to its end, within `limit` seconds, and give its standard output. Raises CommandError when it
        fails, StoppedError, and GenesysError where there is no place to run it in."""

    def close(self) -> None:
        """End what was kept alive."""
