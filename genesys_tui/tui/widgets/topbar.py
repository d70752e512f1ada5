"""The frame's two top lines (where we are; the modes) and its last line (the keys)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from genesys_tui.tui.actions import Action, Where, at
from genesys_tui.tui.text import ago, crop, safe

if TYPE_CHECKING:
    from genesys_tui.tui.frame import Frame

MODES = (
    ("1", "inventory", "Inventory"),
    ("2", "adopt", "Adopt"),
    ("3", "plan", "Plan"),
    ("4", "functions", "Lambda"),
    ("5", "history", "History"),
)
LEVELS = 6
"""How far the first line can be shortened; from the last level on it is cut."""


def both_ends(left: Text, right: Text, width: int) -> Text:
    """One line of exactly this width: the right end is kept, the left end is cut where they meet."""
    room = max(0, width - right.cell_len - 1)
    left.truncate(room, overflow="ellipsis")
    return Text.assemble(left, " " * max(1, width - left.cell_len - right.cell_len), right)


def click(action: str) -> Style:
    return Style.from_meta({"@click": action})


class TopBar(Widget):
    """Account, region, profile, stack, endpoint, read-only, age; then the modes and what the mode says of itself."""

    DEFAULT_CSS = "TopBar { height: 2; }"
    auto_links = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"brand", "here", "faint", "badge", "warn"}

    def __init__(self, frame: Frame, mode: Where, status: Callable[[], str]) -> None:
        super().__init__()
        self._frame = frame
        self._mode = mode
        self._status = status

    def on_mount(self) -> None:
        self.set_interval(10, self.refresh)

    def render(self) -> Text:
        width = self.size.width
        second = both_ends(self._modes(), Text(self._status(), style=self._tone("faint")), width)
        return Text("\n").join((self._first(width), second))

    def _tone(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def _first(self, width: int) -> Text:
        """All of it, shortened by what is least missed: words before values, and the age before where we are."""
        level = 0
        while level < LEVELS - 1 and self._where(level).cell_len + 1 + self._freshness(level).cell_len > width:
            level += 1
        return both_ends(self._where(level), self._freshness(level), width)

    def _where(self, level: int) -> Text:
        account, where = self._frame.account, self._frame.engine.where
        who = account.identity
        number = f"{'demo ' if account.demo else ''}{who.account}" if who else "no account yet"
        region = who.region if who else where.region or ""
        region += f" +{account.beside}" if account.beside else ""
        profile = "" if account.demo else who.profile if who else where.profile or ""
        stack = self._frame.stack
        endpoint = who.endpoint if who and not account.demo else ""
        if level >= 2:
            endpoint = endpoint.partition("://")[2] or endpoint
        if level >= 5:
            profile, stack, endpoint = crop(profile, 10), crop(stack, 10), crop(endpoint, 15)
        if level < 4:
            profile = profile and f"profile {profile}"
        stack = stack and f"stack {stack}"
        brand = (" genesys  ", self._tone("brand")) if level < 3 else (" ", "")
        return Text.assemble(
            brand, " · ".join(safe(part) for part in (number, region, profile, stack, endpoint) if part)
        )

    def _freshness(self, level: int) -> Text:
        account = self._frame.account
        read = ago(time.monotonic() - account.read_at) if account.read_at else ""
        match account.phase:
            case "opening":
                age = Text("starting the demo account…" if account.demo else "connecting…", self._tone("faint"))
            case "listing" if account.recalled:
                since = ago((datetime.now(UTC) - account.recalled).total_seconds())
                age = Text("reading…" if level else f"as of {since}, reading…", self._tone("faint"))
            case "listing":
                age = Text("reading…", self._tone("faint"))
            case "failed":
                words = "! not connected" if not read else "! stale" if level else f"! stale, read {read}"
                age = Text(words, self._tone("warn"))
            case _ if level >= 4:
                age = Text()
            case _:
                age = Text(read if level else f"read {read}", self._tone("faint"))
        badge = Text(" RO " if level >= 4 else " read-only ", self._tone("badge"))
        parts = [badge] if self._frame.engine.where.read_only else []
        return Text.assemble(Text("  ").join([*parts, *([age] if age else [])]), " ")

    def _modes(self) -> Text:
        desk = self._frame.desk
        line = Text(" ")
        for key, name, title in MODES:
            label = f"{key} {title}"
            if name == "plan" and desk.changes:
                label += f" ±{desk.changes}"
            elif name == "plan" and desk.state == "broken":
                label += " !"
            style = self._tone("here" if name == self._mode else "faint") + click(f"app.go('{name}')")
            line.append(label, style)
            line.append("   ")
        return line


class KeyBar(Widget):
    """The keys that do something here, as many as there is room for. They can be clicked."""

    DEFAULT_CSS = "KeyBar { height: 1; }"
    auto_links = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key", "faint"}

    def __init__(self, actions: Callable[[], Sequence[Action]]) -> None:
        super().__init__()
        self._actions = actions

    def render(self) -> Text:
        own = [action for action in self._actions() if action.label]
        tail = [action for action in at("everywhere") if action.label]
        line = self._line([*own, *tail])
        while line.cell_len > self.size.width and own:
            own.pop()
            line = self._line([*own, *tail])
        return line

    def _line(self, actions: list[Action]) -> Text:
        line = Text(" ")
        for action in actions:
            owner = "app" if action.where == "everywhere" else "screen"
            link = click(action.name if "." in action.name else f"{owner}.{action.name}")
            line.append(action.shown, self.get_component_rich_style("key", partial=True) + link)
            line.append(f" {crop(action.label, 24)}", self.get_component_rich_style("faint", partial=True) + link)
            line.append("  ")
        return line
