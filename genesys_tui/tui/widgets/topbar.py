"""The frame's two top lines (where we are; the modes) and its last line (the keys)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, cast

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from genesys_tui.tui.actions import Action, at
from genesys_tui.tui.text import ago, crop, safe

if TYPE_CHECKING:
    from genesys_tui.tui.app import GenesysApp
    from genesys_tui.tui.screens.mode import ModeScreen

MODES = (("1", "inventory", "Inventory"), ("3", "plan", "Plan"), ("5", "history", "History"))


def both_ends(left: Text, right: Text, width: int) -> Text:
    """One line of exactly this width: the right end is kept, the left end is cut where they meet."""
    room = max(0, width - right.cell_len - 1)
    left.truncate(room, overflow="ellipsis")
    return Text.assemble(left, " " * max(1, width - left.cell_len - right.cell_len), right)


def click(action: str) -> Style:
    return Style.from_meta({"@click": action})


class TopBar(Widget):
    """Account, region, stack, profile, endpoint, read-only, age; then the modes and what the mode says of itself."""

    DEFAULT_CSS = "TopBar { height: 2; }"
    auto_links = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"brand", "here", "faint", "badge", "warn"}

    def on_mount(self) -> None:
        self.set_interval(10, self.refresh)

    def render(self) -> Text:
        screen = cast("ModeScreen", self.screen)
        width = self.size.width
        first = both_ends(self._where(width), self._freshness(), width)
        second = both_ends(self._modes(screen.mode), Text(screen.status(), style=self._tone("faint")), width)
        return Text("\n").join((first, second))

    def _tone(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def _where(self, width: int) -> Text:
        app = cast("GenesysApp", self.app)
        identity, where = app.account.identity, app.engine.where
        account = f"{'demo ' if app.account.demo else ''}{identity.account}" if identity else "no account yet"
        region = identity.region if identity else where.region
        profile = identity.profile if identity else where.profile
        parts = [account, region, f"stack {where.stack}" if where.stack else ""]
        if identity and identity.endpoint and not app.account.demo:
            parts.append(identity.endpoint)
        if width >= 100 and profile:
            parts.append(f"profile {profile}")
        return Text.assemble((" genesys ", self._tone("brand")), " ", " · ".join(safe(part) for part in parts if part))

    def _freshness(self) -> Text:
        app = cast("GenesysApp", self.app)
        account = app.account
        read = ago(time.monotonic() - account.read_at) if account.read_at else ""
        match account.phase:
            case "opening":
                age = Text("starting the demo account…" if account.demo else "connecting…", self._tone("faint"))
            case "listing":
                age = Text("reading…", self._tone("faint"))
            case "failed":
                age = Text(f"! stale, read {read}" if read else "! not connected", self._tone("warn"))
            case _:
                age = Text(f"read {read}", self._tone("faint"))
        badge = Text(" read-only ", self._tone("badge")) if app.engine.where.read_only else Text()
        return Text.assemble(badge, "  " if badge else "", age, " ")

    def _modes(self, mode: str) -> Text:
        app = cast("GenesysApp", self.app)
        line = Text(" ")
        for key, name, title in MODES:
            label = f"{key} {title}"
            if name == "plan" and app.desk.changes:
                label += f" ±{app.desk.changes}"
            elif name == "plan" and app.desk.state == "broken":
                label += " !"
            style = self._tone("here" if name == mode else "faint") + click(f"app.go('{name}')")
            line.append(label, style)
            line.append("   ")
        return line


class KeyBar(Widget):
    """The keys that do something here, as many as there is room for. They can be clicked."""

    DEFAULT_CSS = "KeyBar { height: 1; }"
    auto_links = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key", "faint"}

    def render(self) -> Text:
        screen = cast("ModeScreen", self.screen)
        tail = [action for action in at("everywhere") if action.label]
        line = self._line([*screen.actions(), *tail])
        own = list(screen.actions())
        while line.cell_len > self.size.width and own:
            own.pop()
            line = self._line([*own, *tail])
        return line

    def _line(self, actions: list[Action]) -> Text:
        line = Text(" ")
        for action in actions:
            if not action.label:
                continue
            name = action.name if "." in action.name or action.where != "everywhere" else f"app.{action.name}"
            link = click(name if "." in name else f"screen.{name}")
            line.append(action.shown, self.get_component_rich_style("key", partial=True) + link)
            line.append(f" {crop(action.label, 24)}", self.get_component_rich_style("faint", partial=True) + link)
            line.append("  ")
        return line
