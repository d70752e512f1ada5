"""The frame that every mode has: top bar, a main part, a side pane, the keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget

from genesys_tui.tui.actions import Action, Where, at
from genesys_tui.tui.widgets.side import Side
from genesys_tui.tui.widgets.topbar import KeyBar, TopBar

if TYPE_CHECKING:
    from genesys_tui.tui.app import GenesysApp

WIDE = 100
"""Columns from which the side pane always has its place."""


class ModeScreen(Screen[None]):
    """A mode. Subclasses say what is in the main part, and draw anew in `show` whenever something changed."""

    CSS_PATH: ClassVar[CSSPathType | None] = "mode.tcss"
    mode: ClassVar[Where]

    @property
    def genesys(self) -> GenesysApp:
        return cast("GenesysApp", self.app)

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield from self.main()
            yield Side(id="side")
        yield KeyBar()

    def main(self) -> Iterable[Widget]:
        raise NotImplementedError

    def status(self) -> str:
        """The right end of the modes' line."""
        return ""

    def actions(self) -> tuple[Action, ...]:
        """What the key bar offers now."""
        return at(self.mode)

    def show(self) -> None:
        """Draw anew."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.genesys.changes.subscribe(self, lambda _: self._show_if_seen())
        self._show_all()

    def on_screen_resume(self) -> None:
        self._show_all()

    def _show_if_seen(self) -> None:
        if self.genesys.mode_screen is self:
            self._show_all()

    def _show_all(self) -> None:
        self.show()
        self.query_one(TopBar).refresh()
        self.query_one(KeyBar).refresh()

    @property
    def side(self) -> Side:
        return self.query_one("#side", Side)

    @property
    def narrow(self) -> bool:
        return self.size.width < WIDE

    @property
    def side_opened(self) -> bool:
        """On a narrow screen the side pane takes the place of the main part."""
        return self.has_class("-side")

    def open_side(self, opened: bool) -> None:
        self.set_class(opened, "-side")
