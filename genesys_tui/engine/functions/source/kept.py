"""What is kept of a project between two of its builds, so that only what changed is done again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from genesys_tui.engine.functions.packing.archive import zipped
from genesys_tui.engine.functions.packing.zip_format import Packed
from genesys_tui.engine.functions.source.mirror import Mirror
from genesys_tui.engine.functions.source.source import Sources
from genesys_tui.engine.model.build import Built, Member


class Kept:
    """`built`: the newest build, of `members`."""

    def __init__(self, sources: Sources, mirror: Mirror) -> None:
        self.sources = sources
        self.mirror = mirror
        self.members: Sequence[Member] = ()
        self.built: Built | None = None
        self._packed: dict[Member, Packed] = {}

    @property
    def place(self) -> Path:
        """Where its code is, once it is to be run."""
        return self.mirror.folder

    def zip_of(self, members: Sequence[Member]) -> Built | None:
        """The newest build, where it is the zip of just these."""
        built = self.built
        return built if built and built.image is None and list(members) == list(self.members) else None

    def zipped(self, members: Sequence[Member]) -> bytes:
        """Their zip; what did not change is not deflated again. Raises GenesysError as `archive.zipped` does."""
        self._packed = {member: self._packed[member] for member in members if member in self._packed}
        return zipped(members, self._packed)

    def keep(self, members: Sequence[Member], built: Built) -> Built:
        """This is the newest now."""
        built = replace(built, files=len(members))
        self.members, self.built = members, built
        return built

    def shown(self) -> Built:
        """The newest, with its code as files."""
        assert self.built is not None
        self.mirror.show(self.members)
        return self.built
