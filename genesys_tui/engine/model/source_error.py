"""Code that can't be run as it is written."""

from __future__ import annotations

from pathlib import PurePosixPath

from genesys_tui.engine.model.errors import GenesysError


class SourceError(GenesysError):
    """A mistake in the source. `file`: its path in the source, `line`: 1-based, 0 where it is of no line."""

    def __init__(self, file: str, line: int, what: str, *, todo: str = "") -> None:
        self.file = PurePosixPath(file)
        self.line = line
        super().__init__(f"{file}:{line}: {what}" if line else f"{file}: {what}", todo=todo)
