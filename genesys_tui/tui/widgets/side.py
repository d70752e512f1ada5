"""The pane at the side: lines of plain text that scroll."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static


class Side(VerticalScroll, can_focus=False):
    """Shows one text. Showing the same one again moves nothing."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._body = Static(Text(), markup=False)
        self._shown = Text()

    def compose(self) -> ComposeResult:
        yield self._body

    def show(self, text: Text, *, top: bool = False) -> None:
        """`top`: it is about something else now, so begin at its top."""
        if text != self._shown or text.spans != self._shown.spans:
            self._shown = text
            self._body.update(text)
        if top:
            self.scroll_home(animate=False)
