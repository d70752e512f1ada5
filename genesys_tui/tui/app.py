"""The full-screen app: its modes, over one account and one plan. Screens are loaded when they are first shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme

from genesys_tui.tui.actions import Action, bindings
from genesys_tui.tui.engine import Engine
from genesys_tui.tui.frame import Frame
from genesys_tui.tui.screens.inventory import InventoryScreen
from genesys_tui.tui.screens.mode import WIDE, ModeScreen

if TYPE_CHECKING:
    from genesys_tui.engine.model.errors import GenesysError

CALM = Theme(
    name="calm",
    dark=True,
    primary="#7aa7d0",
    secondary="#8b949e",
    background="#0f1419",
    surface="#0f1419",
    panel="#161c23",
    foreground="#d0d7de",
    success="#8fbf8f",
    warning="#d8b26e",
    error="#e08080",
    accent="#7aa7d0",
    variables={"faint": "#8b949e", "line": "#2b333d", "cursor-line": "#1f2a36"},
)


def _adopt_screen() -> Screen[None]:
    from genesys_tui.tui.screens.adopt import AdoptScreen

    return AdoptScreen()


def _plan_screen() -> Screen[None]:
    from genesys_tui.tui.screens.plan import PlanScreen

    return PlanScreen()


def _functions_screen() -> Screen[None]:
    from genesys_tui.tui.screens.functions import FunctionsScreen

    return FunctionsScreen()


def _history_screen() -> Screen[None]:
    from genesys_tui.tui.screens.history import HistoryScreen

    return HistoryScreen()


class GenesysApp(Frame):
    """The modes, and the pages that lie over them."""

    TITLE = "genesys"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("everywhere"),
        Binding("ctrl+c", "leave", "Quit", show=False, priority=True),
    ]
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        "inventory": InventoryScreen,
        "adopt": _adopt_screen,
        "plan": _plan_screen,
        "functions": _functions_screen,
        "history": _history_screen,
    }
    DEFAULT_MODE = "inventory"

    def __init__(self, engine: Engine, *, demo: bool = False, file: Path | None = None, folder: Path | None = None):
        super().__init__(engine, demo=demo, file=file, folder=folder)
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
        self._asking = False
        self._alone = False
        """The user goes on without an account."""
        self._leaving = False
        self.register_theme(CALM)
        self.theme = "calm"

    def on_mount(self) -> None:
        if self._file is not None:
            self.switch_mode("plan")
        self.call_after_refresh(self.begin)

    @property
    def mode_screen(self) -> ModeScreen:
        """The screen of the mode we are in, under whatever lies over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, ModeScreen)
        return screen

    def changed(self) -> None:
        super().changed()
        if self.account.unconfigured and not (self._asking or self._alone) and self.account.error is not None:
            self._welcome(self.account.error)

    def _welcome(self, error: GenesysError) -> None:
        from genesys_tui.tui.screens.welcome import Welcome

        def answered(answer: str | None) -> None:
            self._asking = False
            if answer == "quit":
                self.leave()
            elif answer == "functions":
                self._alone = True
                self.switch_mode("functions")
            else:
                self.connect(answer == "demo" or self._demo)

        self._asking = True
        self.push_screen(Welcome(error), answered)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A colon that is typed into a field stays there."""
        return action != "palette" or (isinstance(self.screen, ModeScreen) and self.screen.keys_are_free)

    # actions ------------------------------------------------------------------------------------------------------
    def action_go(self, mode: str) -> None:
        if isinstance(self.screen, ModeScreen):
            self.switch_mode(mode)

    def action_help(self) -> None:
        from genesys_tui.tui.screens.help import Help

        if isinstance(self.screen, ModeScreen):
            self.push_screen(Help(self.mode_screen.mode))

    async def action_palette(self) -> None:
        from genesys_tui.tui.screens.palette import Palette

        if isinstance(self.screen, ModeScreen):
            await self.push_screen(Palette(self.mode_screen.mode, self.desk), self._run_chosen)

    async def _run_chosen(self, chosen: Action | str | None) -> None:
        if isinstance(chosen, str):
            self.switch_mode(chosen)
        elif chosen is not None:
            await self.run_action(chosen.name, self if chosen.where == "everywhere" else self.mode_screen)

    def action_leave(self) -> None:
        """Quit; while an apply is running, ask. To insist (while that is asked) is an answer."""
        from genesys_tui.tui.screens.confirm import Confirm
        from genesys_tui.tui.widgets.words import Page

        if self.desk.state != "applying" or self._leaving:
            self.leave()
            return

        def answered(yes: bool | None) -> None:
            self._leaving = False
            if yes:
                self.leave()

        words = Page().line("It is cancelled: no further call is sent.")
        words.line("What was sent is recorded; the next plan goes on from there.")
        self._leaving = True
        self.push_screen(Confirm("An apply is running. Quit?", words, "cancel and quit"), answered)
