"""What every screen may ask of the app: the account, the plan on the desk, a word in the corner. It knows no screen."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from textual.app import App, SuspendNotSupported
from textual.notifications import SeverityLevel
from textual.signal import Signal

from genesys_tui.tui.account import Account
from genesys_tui.tui.background import Arrived, Background
from genesys_tui.tui.bench import Bench
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.engine import Engine
from genesys_tui.tui.text import crop
from genesys_tui.tui.wizard import Wizard

GO_TO_LINE = frozenset({"vi", "vim", "nvim", "view", "nano", "emacs", "micro", "joe", "kak"})
"""Editors that take `+LINE` before the file."""


class Frame(App[None]):
    """One account and one plan, and the threads beside the screen that bring them. Nothing here waits."""

    def __init__(self, engine: Engine, *, demo: bool, file: Path | None, folder: Path | None):
        super().__init__()
        self.engine = engine
        self.background = Background(self)
        self.changes: Signal[None] = Signal(self, "changes")
        self.account = Account(engine, self.background, self.changed, self._listed)
        self.desk = Desk(engine, self.background, self.changed, self.account.refresh, self.say)
        self.bench = Bench(self.background, self.changed, self._deployed, self.say)
        self.wizard = Wizard(engine, self.background, self.changed, self.bench)
        self._demo = demo
        self._file = file
        self._folder = folder or Path()

    def begin(self) -> None:
        """Look for the stack file and open the account: after the first frame."""
        self.desk.watch(self._folder, self._file)
        self.connect(self._demo)

    def connect(self, demo: bool) -> None:
        self._demo = demo
        self.account.connect(demo=demo, ready=self._opened)

    def _opened(self) -> None:
        if self.account.workspace is not None:
            self.desk.connect(self.account.workspace)
            self.bench.connect(self.account.workspace)

    def _listed(self) -> None:
        self.desk.account_listed()

    def _deployed(self, wider: bool) -> None:
        """The function on the bench was changed: the plan of its stack file is another one now."""
        if wider:
            self.account.refresh()
        if self.desk.source is not None and self.desk.source.kind == "file" and self.desk.state != "ended":
            self.desk.replan(refresh=wider)

    def reconnect_or_refresh(self) -> None:
        """Read the account again, opening it first where that failed."""
        if self.account.workspace is None and self.account.phase == "failed":
            self.connect(self._demo)
        else:
            self.account.refresh()

    def on_arrived(self, message: Arrived) -> None:
        message.deliver()

    def changed(self) -> None:
        """The account or the desk changed: draw anew."""
        self.changes.publish(None)

    @property
    def stack(self) -> str:
        """The stack of the plan on the desk; else the one that words work on."""
        if self.desk.plan is not None:
            return self.desk.plan.stack
        return self.account.workspace.stack if self.account.workspace else self.engine.where.stack or ""

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

    def edit(self, path: Path, line: int = 0) -> None:
        """Open a file in $EDITOR, at a line where the editor can be told; the screen stands back until it is closed."""
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            command = shlex.split(editor)
            at = [f"+{line}"] if line and Path(command[0]).name in GO_TO_LINE else []
            with self.suspend():
                subprocess.run([*command, *at, str(path)], check=False)
        except (OSError, ValueError, IndexError, SuspendNotSupported) as error:
            self.say(f"The editor {editor!r} could not be started: {error}. Set EDITOR.", "error")

    def undo(self, execution: str | None) -> None:
        """Preview an undo (None: of the last apply) on the desk."""
        self.desk.open_undo(execution, lambda error: self.say(str(error), "warning"))

    def leave(self) -> None:
        """Let everything go, and close without waiting for any cloud."""
        self.desk.cancel()
        self.desk.stop()
        self.bench.leave()
        if (panorama := self.account.panorama) is not None:
            self.background.thread(panorama.cancel)
        self.exit()
