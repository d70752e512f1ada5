"""The engine as the screen needs it, loaded when it is first used: in a background thread, after the first frame."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesys_tui.engine.model.errors import GenesysError

if TYPE_CHECKING:
    from genesys_tui.engine.model.document import Document
    from genesys_tui.engine.model.plan import Plan
    from genesys_tui.engine.model.resource import Wish
    from genesys_tui.engine.panorama import Panorama


@dataclass(frozen=True, slots=True)
class Where:
    """What the command line said, shown until the account has told better."""

    profile: str | None = None
    region: str | None = None
    stack: str | None = None
    read_only: bool = False
    regions: str | None = None
    profiles: str | None = None
    """Several side by side, separated by commas."""


class Engine:
    """One door to `engine.workspace`. Every method blocks and may be called from any thread."""

    def __init__(self, where: Where, file: Path | None = None) -> None:
        """`file`: the stack file that is to be opened (None: that of this folder)."""
        self.where = where
        self._file = file
        self._demo = ExitStack()

    def open(self) -> Panorama:
        """In the region that was asked for, else in that of the stack file; and what is to be seen beside it. Raises
        `UsageError` for places that are none."""
        from genesys_tui.engine.panorama import Panorama, Places
        from genesys_tui.engine.workspace import Settings

        where = self.where
        region = where.region or self._region_of_file()
        settings = Settings(profile=where.profile, region=region, stack=where.stack, read_only=where.read_only)
        return Panorama.of(settings, Places.parse(where.regions, where.profiles))

    def _region_of_file(self) -> str | None:
        """A file with mistakes says so when it is planned."""
        path = self._file or self.find_stack_file(Path())
        try:
            return self.read_stack_file(path).region if path else None
        except GenesysError:
            return None

    def open_demo(self) -> Panorama:
        """Start the embedded account; it ends with `close`. Raises `GenesysError` where the extra is not installed."""
        from genesys_tui.engine.demo import Demo
        from genesys_tui.engine.panorama import Panorama, Places

        demo = self._demo.enter_context(Demo.start())
        settings = demo.settings(stack=self.where.stack, read_only=self.where.read_only)
        return Panorama.of(settings, Places.parse(self.where.regions, None))

    def close(self) -> None:
        self._demo.close()

    def parse_intent(self, words: list[str]) -> Wish:
        from genesys_tui.engine.workspace import parse_intent

        return parse_intent(words)

    def read_stack_file(self, path: Path) -> Wish:
        from genesys_tui.engine.workspace import read_stack_file

        return read_stack_file(path)

    def find_stack_file(self, folder: Path) -> Path | None:
        from genesys_tui.engine.workspace import find_stack_file

        return find_stack_file(folder)

    def add_trigger(self, path: Path, function: str, trigger: Document, beside: Wish) -> None:
        """Let something more start a function of a stack file; `beside`: what comes with it."""
        from genesys_tui.engine.workspace import add_trigger

        add_trigger(path, function, trigger, [(one.kind, one.name, one.spec) for one in beside.resources])

    def plan_document(self, plan: Plan) -> Mapping[str, Any]:
        from genesys_tui.engine.workspace import plan_document

        return plan_document(plan)
