"""The loop at a terminal: what it tells is printed, and single keys are what to do next."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeAlias

from genesys_tui.cli import exits
from genesys_tui.cli.change import Request, agreed
from genesys_tui.cli.functions.inbox import Gone, Inbox, Key, Keyboard
from genesys_tui.cli.render.build import time
from genesys_tui.cli.render.loop import INDENT, loop_text
from genesys_tui.cli.render.plan import plan_text
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.build import Project
from genesys_tui.engine.model.invocation import LogLine
from genesys_tui.engine.model.loop import Deployed, Failed, LoopEvent, Planned
from genesys_tui.engine.model.loop_document import loop_document
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from genesys_tui.engine.functions.loop import Loop

KEYS = "i invoke   a apply   l live on/off   z the code of before   q quit"
_OF_LAMBDA = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ")
"""Lines of every log that say what the line of the answer says."""


@dataclass(frozen=True, slots=True)
class Said:
    """What takes long, as it begins."""

    text: str


Told: TypeAlias = LoopEvent | LogLine | Said


class Conversation:
    """From the start of a loop to its end."""

    def __init__(
        self,
        loop: Loop,
        project: Project,
        inbox: Inbox[Told],
        terminal: Terminal,
        keyboard: Keyboard,
        request: Request,
        artifacts: Path,
    ) -> None:
        self._loop = loop
        self._project = project
        self._inbox = inbox
        self._terminal = terminal
        self._keyboard = keyboard
        self._request = request
        self._artifacts = artifacts
        self._waiting: Plan | None = None
        """The newest plan, as long as nothing of it was done."""
        self._unplanned = ""
        """Why the last plan could not be made."""

    def run(self) -> None:
        """Until `q`, Ctrl-C, a polite request to end, or until nobody reads it any more."""
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self._begin()
            while self._take(self._inbox.get()):
                pass
        except KeyboardInterrupt:
            pass
        finally:
            self._end()
            signal.signal(signal.SIGTERM, before)

    def _begin(self) -> None:
        target = self._project.target
        if not self._terminal.as_json:
            words = (self._project.name, target.runtime, target.architecture, str(self._project.source))
            self._print(self._terminal.paint.strong(shown(" · ".join(words))))
            self._print(self._terminal.paint.faint(KEYS if self._keyboard.on else "Ctrl-C ends it."))
            self._print(f"{datetime.now().astimezone():%H:%M:%S}  start" + (" · live" if self._loop.live else ""))
        self._keyboard.single()
        self._loop.start()

    def _end(self) -> None:
        self._keyboard.lines()
        with _left_at_once():
            if not self._loop.idle:
                self._terminal.message("Ending: what was sent is waited for. Ctrl-C again leaves at once.")
            self._loop.close()
            self._loop.wait()
            for item in self._inbox.rest():
                self._tell(item)

    def _take(self, item: Told | Key | Gone) -> bool:
        """Whether it goes on."""
        match item:
            case Gone() | Key("q" | "\x04"):
                return False
            case Key(letter):
                self._pressed(letter)
            case _:
                self._tell(item)
        return True

    # what is told -------------------------------------------------------------------------------------------------
    def _tell(self, item: Told) -> None:
        match item:
            case Said(text):
                self._terminal.message(self._terminal.message_paint.faint(f"{INDENT}{shown(text)}"))
            case LogLine():
                self._log(item)
            case _ if self._is_news(item):
                if self._terminal.as_json:
                    self._terminal.line(loop_document(item, self._artifacts))
                else:
                    terminal = self._terminal
                    self._print(loop_text(item, terminal.paint, terminal.columns, self._tail(item)))

    def _log(self, line: LogLine) -> None:
        """In JSON the answer has it."""
        if not self._terminal.as_json and not line.text.startswith(_OF_LAMBDA):
            for part in line.text.expandtabs().split("\n"):
                self._print(self._terminal.paint.faint(f"{INDENT}| {shown(part)}"))

    def _is_news(self, event: LoopEvent) -> bool:
        """What each save would say again is said once: that there is no account."""
        match event:
            case Planned(plan=plan):
                self._waiting, self._unplanned = plan, ""
            case Deployed():
                self._waiting = None
            case Failed(stage="plan", error=error):
                again, self._unplanned = self._unplanned == str(error), str(error)
                return not again
            case _:
                pass
        return True

    def _tail(self, event: LoopEvent) -> str:
        """What follows from it."""
        match event:
            case Planned(plan=plan, width=width) if plan.steps and not plan.blocked:
                if self._loop.live and width == "code":
                    return ""
                return "a applies it" if self._keyboard.on else "not sent"
            case Deployed(ms=ms, back=False) if self._loop.live:
                return f"{time(ms)} after the save"
            case Failed(stage="build") if self._loop.live:
                return "nothing is sent"
            case _:
                return ""

    # keys ---------------------------------------------------------------------------------------------------------
    def _pressed(self, letter: str) -> None:
        match letter:
            case "i":
                self._loop.invoke()
            case "a":
                self._apply()
            case "l":
                self._toggle_live()
            case "z":
                self._bring_back()
            case _:
                self._note(KEYS)

    def _apply(self) -> None:
        plan = self._waiting
        if plan is None or not plan.steps:
            self._note("there is nothing to apply")
        elif not self._refused():
            with self._keyboard.asking():
                self._print(f"\n{plan_text(plan, self._terminal.paint)}\n")
                yes = not plan.blocked and agreed(plan, self._request, self._terminal)
            if yes and self._loop.plan is not plan:
                self._note("a save has changed the plan meanwhile: press a to see it")
            elif yes:
                self._note("applying it")
                self._loop.apply()
            elif not plan.blocked:
                self._note("nothing was changed")

    def _toggle_live(self) -> None:
        if not self._refused():
            self._loop.live = not self._loop.live
            self._note("live: the code of each save is sent" if self._loop.live else "live is off: nothing is sent")

    def _bring_back(self) -> None:
        if not self._refused():
            self._note("bringing back the code of before; live is off")
            self._loop.bring_back()

    def _refused(self) -> bool:
        if self._request.common.read_only:
            self._note("this is a read-only session: nothing is sent")
        return self._request.common.read_only

    def _note(self, text: str) -> None:
        self._print(self._terminal.paint.faint(f"{INDENT}{text}"))

    def _print(self, text: str) -> None:
        self._terminal.result(text)


@contextmanager
def _left_at_once() -> Iterator[None]:
    """Whoever asks for the end again gets it (the journal tells the next run what was sent)."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        os._exit(exits.INTERRUPTED)

    before = signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
