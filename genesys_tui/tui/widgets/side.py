"""The pane at the side: a page of words that scrolls."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from genesys_tui.tui.actions import bindings
from genesys_tui.tui.widgets.words import Page, Words

STEP = 3
"""Lines that one key scrolls."""


class Side(VerticalScroll, can_focus=False):
    """Shows one page. It takes the keys of lists, where it covers the list."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("lists")

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._words = Words()

    def compose(self) -> ComposeResult:
        yield self._words

    def show(self, page: Page, *, top: bool = False) -> None:
        """`top`: it is about something else now, so begin at its top."""
        self._words.show(page)
        if top:
            self.scroll_home(animate=False)

    def action_down(self) -> None:
        self.scroll_relative(y=STEP, animate=False)

    def action_up(self) -> None:
        self.scroll_relative(y=-STEP, animate=False)

    def action_top(self) -> None:
        self.scroll_home(animate=False)

    def action_bottom(self) -> None:
        self.scroll_end(animate=False)

    def action_page_down(self) -> None:
        self.scroll_relative(y=self.size.height // 2, animate=False)

    def action_page_up(self) -> None:
        self.scroll_relative(y=-(self.size.height // 2), animate=False)
