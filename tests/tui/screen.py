"""Looking at a running app as its user does: the text on the screen, and waiting until something is so."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.events import Paste
from textual.pilot import Pilot

from genesys_tui.tui.app import GenesysApp
from tests.tui.fake_workspace import FakeEngine, FakeWorkspace

LIMIT = 20.0
"""Seconds until a condition that never holds fails the test."""


class Seen:
    """A running app under test."""

    def __init__(self, app: GenesysApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Into the field that has the focus, at once."""
        assert self.app.focused is not None, f"nowhere to type\n{self.text}"
        self.app.focused.post_message(Paste(text))
        await self.pilot.pause()

    async def until(self, holds: Callable[[], bool], what: str = "") -> None:
        ends = time.monotonic() + LIMIT
        while not holds():
            assert time.monotonic() < ends, f"never: {what}\n{self.text}"
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        """Until all of these stand on the screen."""
        await self.until(lambda: all(word in self.text for word in words), f"{words} on the screen")

    async def sees_no(self, *words: str) -> None:
        await self.until(lambda: not any(word in self.text for word in words), f"no {words} on the screen")


@asynccontextmanager
async def opened(
    workspace: FakeWorkspace,
    folder: Path,
    *,
    engine: FakeEngine | None = None,
    file: Path | None = None,
    demo: bool = False,
    size: tuple[int, int] = (120, 40),
) -> AsyncIterator[Seen]:
    app = GenesysApp(engine or FakeEngine(workspace), demo=demo, file=file, folder=folder)
    async with app.run_test(size=size, notifications=True) as pilot:
        try:
            yield Seen(app, pilot)
        finally:
            workspace.cancelled.set()
            app.desk.stop()
