"""The name of what a provider knows only by a tag `Name`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Spec


class NamedByTag(Spec):
    """A spec whose resource goes by its tag `Name`: nearly any text, as long as it can be seen and told apart."""

    longest_name: ClassVar[int] = 128

    @classmethod
    def check_name(cls, name: str) -> str:
        if not 1 <= len(name) <= cls.longest_name:
            return f"1 to {cls.longest_name} characters"
        if not name.isprintable():
            return "printable characters only"
        return "no space at its start or end" if name != name.strip() else ""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if "Name" in self.tags:
            yield ("tags", "Name"), "its own name is written there"
