"""The frame that every mode has: top bar, a main part, a side pane, the keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.types import CSSPathType
from textual.widget import Widget

from genesys_tui.tui.actions import Action, Where, at, bindings
from genesys_tui.tui.frame import Frame
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.widgets.side import Side
from genesys_tui.tui.widgets.topbar import KeyBar, TopBar

WIDE = 100
"""Columns from which the side pane always has its place."""


class ModeScreen(Screen[None]):
    """A mode. Subclasses say what is in the main part, and draw anew in `show` whenever something changed."""

    CSS_PATH: ClassVar[CSSPathType | None] = "mode.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("pane")
    mode: ClassVar[Where]

    @property
    def genesys(self) -> Frame:
        return cast("Frame", self.app)

    def compose(self) -> ComposeResult:
        yield TopBar(self.genesys, self.mode, self.status)
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield from self.main()
            yield Side(id="side")
        yield KeyBar(self.offered)

    def main(self) -> Iterable[Widget]:
        raise NotImplementedError

    @property
    def listing(self) -> Listing:
        """The list that the keys go to."""
        raise NotImplementedError

    def status(self) -> str:
        """The right end of the modes' line."""
        return ""

    def actions(self) -> tuple[Action, ...]:
        """What the key bar offers now."""
        return at(self.mode)

    def offered(self) -> tuple[Action, ...]:
        """`actions`; where the side pane covers the list, the way back comes first."""
        if not self.covered:
            return self.actions()
        back = next(action for action in at(self.mode) if action.name == "back")
        others = (action for action in self.actions() if action.name not in ("open", "filter", "mark", "sort", "back"))
        return (replace(back, label="back"), *others)

    def show(self) -> None:
        """Draw anew."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.listing.focus()
        self.genesys.changes.subscribe(self, lambda _: self._show_if_seen())
        self._show_all()

    def on_screen_resume(self) -> None:
        self._show_all()

    def on_resize(self) -> None:
        self._aim()

    def _show_if_seen(self) -> None:
        if self.app.screen_stack[0] is self:
            self._show_all()

    def _show_all(self) -> None:
        self.show()
        self.query_one(TopBar).refresh()
        self.query_one(KeyBar).refresh()

    # the side pane ------------------------------------------------------------------------------------------------
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

    @property
    def covered(self) -> bool:
        """The side pane is all that is seen."""
        return self.narrow and self.side_opened

    @property
    def keys_are_free(self) -> bool:
        """Nobody is typing into a field."""
        return self.focused in (None, self.listing, self.side)

    def open_side(self, opened: bool) -> None:
        self.set_class(opened, "-side")
        self._aim()
        self.query_one(KeyBar).refresh()

    def _aim(self) -> None:
        """The keys go to what is seen."""
        self.side.can_focus = self.covered
        if self.covered:
            self.side.focus()
        elif self.focused is None or self.focused is self.side:
            self.listing.focus()

    def action_side_down(self) -> None:
        self.side.action_down()

    def action_side_up(self) -> None:
        self.side.action_up()
