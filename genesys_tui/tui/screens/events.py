"""The event to run a function with: ready-made, kept with the project, or written."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from genesys_tui.tui.text import safe
from genesys_tui.tui.widgets.words import Page, Words


class Events(ModalScreen[str]):
    """Answers with the name of an event, `@FILE`, or JSON; with None when closed."""

    CSS_PATH = "events.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False),
        Binding("down,ctrl+n", "move(1)", "Next", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", "Previous", show=False, priority=True),
    ]

    def __init__(self, events: tuple[str, ...], chosen: str) -> None:
        super().__init__()
        self._events = events
        self._chosen = chosen
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Input(placeholder='a name, {"any": "JSON"}, or @file.json', compact=True)
            yield OptionList(id="found", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        entry = self.query_one(Input)
        entry.cursor_blink = False
        self.set_focus(entry)
        self._list("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def _list(self, text: str) -> None:
        options = self.query_one(OptionList)
        written = text.strip()[:1] in tuple('@{["')
        self._found = (
            [] if written and text.strip() else [one for one in self._events if text.casefold() in one.casefold()]
        )
        options.clear_options()
        options.add_options(Option(Text(safe(one))) for one in self._found)
        at = self._found.index(self._chosen) if self._chosen in self._found else 0
        options.highlighted = at if self._found else None

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + by) % options.option_count

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self.query_one(OptionList).highlighted
        self.dismiss(self._found[at] if at is not None else event.value.strip() or None)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index])


class EventName(ModalScreen[str]):
    """Answers with a name to keep the event under."""

    CSS_PATH = "events.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close", show=False)]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Words(Page().line("Keep this event with the project, under what name?", "bold"))
            yield Input(placeholder="order-with-two-items", compact=True)

    def on_mount(self) -> None:
        entry = self.query_one(Input)
        entry.cursor_blink = False
        self.set_focus(entry)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip() or None)
