"""`:`: go to a screen, run an action, or type what you want, which opens its plan."""

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

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.tui.actions import Action, Where, at
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.text import safe
from genesys_tui.tui.widgets.words import Page, Words, style

SHELL = "genesys execute "
"""What a shell needs before an intent; here there is no need of it."""


def matching(text: str, mode: Where) -> list[Action]:
    """The actions whose label or sentence has all these words, those of this screen first."""
    words = text.casefold().split()
    found = [*at(mode), *at("everywhere")]
    return [action for action in found if all(word in f"{action.label} {action.does}".casefold() for word in words)]


def like_an_intent(text: str, found: list[Action]) -> bool:
    """Several words that no action is called by are meant as a wish (`bucket my-data`)."""
    words = text.casefold().strip()
    return " " in words and not any(action.label.casefold().startswith(words) for action in found)


class Palette(ModalScreen[Action | str | None]):
    """Answers with the action to run; with the mode to go to, when words were planned; with None when closed."""

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close", show=False),
        Binding("down,ctrl+n", "move(1)", "Next", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", "Previous", show=False, priority=True),
    ]

    def __init__(self, mode: Where, desk: Desk) -> None:
        super().__init__()
        self.mode = mode
        self.desk = desk
        self._found: list[Action] = []
        self._intent = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Input(placeholder="plan, history, quit …  or  bucket my-data --versioning off", compact=True)
            yield OptionList(id="found", markup=False)
            yield Words(id="refused")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        entry = self.query_one(Input)
        entry.cursor_blink = False
        self.set_focus(entry)  # at once: what is typed next is meant for it
        self._list("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self.query_one("#refused", Words).show(Page())
        self._list(event.value)

    def _list(self, text: str) -> None:
        options = self.query_one(OptionList)
        self._found = matching(text, self.mode)
        options.clear_options()
        lines = [Text.assemble((f"{action.shown:<8}", style("accent")), action.does) for action in self._found]
        if text.strip():
            self._intent = 0 if like_an_intent(text, self._found) else len(lines)
            lines.insert(self._intent, Text.assemble(("plan    ", style("good")), safe(text)))
        options.add_options(Option(line) for line in lines)
        options.highlighted = 0 if options.option_count else None

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + by) % options.option_count

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._choose(self.query_one(OptionList).highlighted)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def _choose(self, index: int | None) -> None:
        if index is None:
            return
        entered = bool(self.query_one(Input).value.strip())
        if not entered or index != self._intent:
            self.dismiss(self._found[index - (entered and index > self._intent)])
            return
        self.desk.open_words(self.query_one(Input).value.strip(), self._opened, self._refused)

    def _opened(self) -> None:
        if self.is_current:
            self.dismiss("plan")

    def _refused(self, error: GenesysError) -> None:
        if self.is_current:
            self.query_one("#refused", Words).show(Page().error(_typed_here(error)))


def _typed_here(error: GenesysError) -> GenesysError:
    """The command to type, as it is typed here."""
    if error.command.startswith(SHELL):
        error.todo = " ".join(filter(None, (error.todo, f"such as: {error.command.removeprefix(SHELL)}")))
        error.command = ""
    return error
