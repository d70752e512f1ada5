"""The full-screen app: three modes over one account and one plan."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.signal import Signal
from textual.theme import Theme

from genesys_tui.tui.account import Account
from genesys_tui.tui.actions import Action, bindings
from genesys_tui.tui.background import Arrived, Background
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.engine import Engine
from genesys_tui.tui.screens.confirm import Confirm
from genesys_tui.tui.screens.help import Help
from genesys_tui.tui.screens.history import HistoryScreen
from genesys_tui.tui.screens.inventory import InventoryScreen
from genesys_tui.tui.screens.mode import WIDE, ModeScreen
from genesys_tui.tui.screens.palette import Palette
from genesys_tui.tui.screens.plan import PlanScreen
from genesys_tui.tui.screens.welcome import Welcome
from genesys_tui.tui.text import crop

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


class GenesysApp(App[None]):
    """Nothing here waits: what blocks runs on daemon threads."""

    TITLE = "genesys"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("everywhere"),
        Binding("ctrl+c", "leave", "Quit", show=False, priority=True),
    ]
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        "inventory": InventoryScreen,
        "plan": PlanScreen,
        "history": HistoryScreen,
    }
    DEFAULT_MODE = "inventory"

    def __init__(self, engine: Engine, *, demo: bool = False, file: Path | None = None, folder: Path | None = None):
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
        self.engine = engine
        self.background = Background(self)
        self.changes: Signal[None] = Signal(self, "changes")
        self.account = Account(engine, self.background, self._changed)
        self.desk = Desk(engine, self.background, self._changed, self._applied)
        self._demo = demo
        self._file = file
        self._folder = folder or Path.cwd()
        self.register_theme(CALM)
        self.theme = "calm"

    def on_mount(self) -> None:
        if self._file is not None:
            self.switch_mode("plan")
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """After the first frame."""
        self.desk.watch(self._folder, self._file)
        self._connect(self._demo)

    def _connect(self, demo: bool) -> None:
        self._demo = demo
        self.account.connect(demo=demo, ready=self._opened)

    def _opened(self) -> None:
        if self.account.workspace is not None:
            self.desk.connect(self.account.workspace)

    def reconnect_or_refresh(self) -> None:
        """Read the account again, opening it first where that failed."""
        if self.account.workspace is None and self.account.phase == "failed":
            self._connect(self._demo)
        else:
            self.account.refresh()

    def on_arrived(self, message: Arrived) -> None:
        message.deliver()

    def _changed(self) -> None:
        self.changes.publish(None)
        if self.account.lacks_credentials and not isinstance(self.screen, Welcome) and self.account.error is not None:
            self.push_screen(Welcome(self.account.error), self._welcomed)

    def _welcomed(self, answer: str | None) -> None:
        if answer == "quit":
            self.leave()
        else:
            self._connect(answer == "demo" or self._demo)

    def _applied(self) -> None:
        self.account.refresh()

    # for screens --------------------------------------------------------------------------------------------------
    def say(self, words: str, severity: SeverityLevel = "information") -> None:
        """A word in the corner, as plain text."""
        self.notify(crop(words, 400), severity=severity, markup=False, timeout=6)

    def copy(self, what: str, texts: list[str]) -> None:
        """To the terminal's clipboard (OSC 52)."""
        if not texts:
            self.say(f"There is no {what} to copy.", "warning")
            return
        self.copy_to_clipboard("\n".join(texts))
        self.say(f"Copied {what} {texts[0]}" if len(texts) == 1 else f"Copied {len(texts)} {what}s")

    def undo(self, execution: str | None) -> None:
        """Preview an undo (None: of the last apply) on the desk."""
        self.desk.open_undo(execution, lambda error: self.say(str(error), "warning"))

    @property
    def mode_screen(self) -> ModeScreen:
        """The screen of the mode we are in, under whatever lies over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, ModeScreen)
        return screen

    # actions ------------------------------------------------------------------------------------------------------
    def action_go(self, mode: str) -> None:
        if isinstance(self.screen, ModeScreen):
            self.switch_mode(mode)

    def action_help(self) -> None:
        if isinstance(self.screen, ModeScreen):
            self.push_screen(Help(self.mode_screen.mode))

    def action_palette(self) -> None:
        if isinstance(self.screen, ModeScreen):
            self.push_screen(Palette(self.mode_screen.mode), self._run_chosen)

    async def _run_chosen(self, action: Action | None) -> None:
        if action is not None:
            await self.run_action(action.name, self if action.where == "everywhere" else self.mode_screen)

    def action_leave(self) -> None:
        """Quit; while an apply is running, ask."""
        if self.desk.state != "applying":
            self.leave()
        elif not isinstance(self.screen, Confirm):
            words = (
                "It is cancelled: no further call is sent. What was sent is recorded; the next plan goes on from there."
            )
            self.push_screen(
                Confirm("An apply is running. Quit?", words, "cancel and quit"),
                lambda yes: self.leave() if yes else None,
            )

    def leave(self) -> None:
        """Let everything go, and close without waiting for any cloud."""
        self.desk.cancel()
        self.desk.stop()
        if (workspace := self.account.workspace) is not None:
            self.background.thread(workspace.cancel)
        self.exit()
