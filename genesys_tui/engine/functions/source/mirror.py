"""The code as it is sent, as files: what a local runtime runs, whatever is saved meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from zlib import crc32

from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.errors import GenesysError


class Mirror:
    """A folder that holds just these members; of the next ones only what changed is written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[str, Member] | None = None

    def show(self, members: Sequence[Member]) -> Path:
        """The folder, made to hold them. Raises GenesysError where it can't be written."""
        try:
            try:
                self._sync({member.name: member for member in members})
            except OSError:  # it is not as we left it, or a file became a folder
                self._held = None
                self._sync({member.name: member for member in members})
        except OSError as error:
            self._held = None
            why = f"{error.filename or self.folder}: {error.strerror or error}"
            raise GenesysError(
                "the code can't be put aside to run it", why=why, todo="make room on the disk"
            ) from error
        return self.folder

    def _sync(self, wanted: Mapping[str, Member]) -> None:
        held = self._held
        if held is None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            held = self._held = {}
        for name in held.keys() - wanted.keys():
            (self.folder / name).unlink()
            del held[name]
        for name, member in wanted.items():
            if held.get(name) != member:
                _write(self.folder / name, member)
                held[name] = member

    def close(self) -> None:
        """Nothing runs from it any more."""
        self._held = None
        shutil.rmtree(self.folder, ignore_errors=True)


def _write(path: Path, member: Member) -> None:
    """Bytecode is told to be of a source by its size and its second of change: so the second tells the content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(member.content)
    path.chmod(0o755 if member.executable else 0o644)
    second = crc32(member.content)
    os.utime(path, (second, second))
