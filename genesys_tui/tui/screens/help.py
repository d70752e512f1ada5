"""All keys, from the one list of actions."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from genesys_tui.tui.actions import Where, at
from genesys_tui.tui.widgets.words import Page, Words

TITLES: tuple[tuple[Where, str], ...] = (
    ("everywhere", "Everywhere"),
    ("lists", "In lists"),
    ("pane", "Side pane"),
    ("inventory", "Inventory"),
    ("plan", "Plan"),
    ("functions", "Lambda"),
    ("history", "History"),
)
SIGNS = "+ create   ~ update   - delete   ± replace   ↻ adopt   · use or unchanged"


class Help(ModalScreen[None]):
    """Closes with esc, ? or q."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", show=False),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, mode: Where) -> None:
        super().__init__()
        self.mode = mode

    def compose(self) -> ComposeResult:
        page = Page()
        for where, title in sorted(TITLES, key=lambda pair: pair[0] != self.mode):
            page.heading(title)
            for action in at(where):
                page.fact(f"  {action.shown}", action.does, width=10)
        page.heading("Signs in a plan").line(f"  {SIGNS}")
        page.heading("Words after :").line(
            "  bucket my-data --versioning off    network main    ...: what you want, planned"
        )
        with VerticalScroll(id="box"):
            yield Words(page)

    def action_scroll(self, lines: int) -> None:
        self.query_one("#box").scroll_relative(y=lines, animate=False)
