"""Lambda: a function is written, and its new code answers at each save."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.timer import Timer
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Input

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.tui.actions import Action, Where, at, bindings
from genesys_tui.tui.bench import Bench
from genesys_tui.tui.saves import Save
from genesys_tui.tui.screens.confirm import Confirm
from genesys_tui.tui.screens.mode import ModeScreen
from genesys_tui.tui.widgets.bench_title import BenchTitle
from genesys_tui.tui.widgets.choices import Choices
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.widgets.save_words import pane
from genesys_tui.tui.widgets.timeline import SavesList
from genesys_tui.tui.widgets.wizard_words import aside, question
from genesys_tui.tui.widgets.words import Page, Words
from genesys_tui.tui.wizard import Step, Wizard

if TYPE_CHECKING:
    from textual.binding import BindingType

READ_ONLY = "Read-only: nothing is sent. Start without --read-only to go live."
IN_WIZARD = ("open", "keep", "back")


class FunctionsScreen(ModeScreen):
    """The loop of one function; and the way to it, the wizard."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["mode.tcss", "functions.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = bindings("functions")
    mode: ClassVar[Where] = "functions"

    def __init__(self) -> None:
        super().__init__()
        self.saves = SavesList(id="saves")
        self.options = Choices(id="choices")
        self.wizard_opened = False
        """The wizard is shown though there is a loop."""
        self._asked: Step | None = None
        self._looked: tuple[object, ...] = ()
        self._listed = -1
        """The revision of the account whose functions can be pulled."""
        self._shown: Save | None = None
        self._clock: Timer | None = None
        self._opened = 0

    def main(self) -> Iterable[Widget]:
        yield BenchTitle(self.bench)
        yield self.saves
        yield Words(id="question")
        yield self.options
        yield Input(id="answer", compact=True)
        yield Words(id="aside")

    @property
    def bench(self) -> Bench:
        return self.genesys.bench

    @property
    def wizard(self) -> Wizard:
        return self.genesys.wizard

    @property
    def looping(self) -> bool:
        """The loop is what is seen."""
        return self.bench.state == "open" and not self.wizard_opened

    @property
    def listing(self) -> Listing:
        return self.saves if self.looping else self.options

    def on_mount(self) -> None:
        self.query_one("#answer", Input).cursor_blink = False
        self._clock = self.set_interval(1, self._until_watching, pause=True)
        super().on_mount()

    # drawing ------------------------------------------------------------------------------------------------------
    def actions(self) -> tuple[Action, ...]:
        if not self.looping:
            return self._of_wizard()
        idle = {"keep"} | (set() if self.narrow else {"open"})
        bench = self.bench
        if bench.timeline.waiting is None:
            idle |= {"apply"}
        if self.genesys.engine.where.read_only:
            idle |= {"live", "apply", "bring_back"}
        words = {
            "live": f"live {'off' if bench.live else 'on'}",
            "log": "log of this machine" if bench.cloud else "log of AWS",
        }
        return tuple(
            replace(one, label=words.get(one.name, one.label)) for one in at("functions") if one.name not in idle
        )

    def _of_wizard(self) -> tuple[Action, ...]:
        kept = self.wizard.step == "trigger" and self.wizard.draft.origin != "more"
        back = self.wizard.step not in ("start", "making") or self.bench.state == "open"
        idle = (set() if kept else {"keep"}) | (set() if back else {"back"})
        words = {"open": "choose", "back": "back"}
        return tuple(
            replace(one, label=words.get(one.name, one.label))
            for one in at("functions")
            if one.name in IN_WIZARD and one.name not in idle
        )

    def show(self) -> None:
        if self.bench.opened != self._opened:
            self._opened, self.wizard_opened = self.bench.opened, False
        self.set_class(self.looping, "-loop")
        self.set_class(not self.looping, "-wizard")
        if self.looping:
            self._show_loop()
        else:
            self._show_wizard()
        self._aim()

    def _show_loop(self) -> None:
        self.options.display = self.query_one("#answer").display = False
        self.saves.show(self.bench.timeline.saves)
        self.query_one(BenchTitle).refresh()
        if self._clock is not None and self.bench.loop is not None and not self.bench.loop.watching:
            self._clock.resume()
        self._show_side()

    def _until_watching(self) -> None:
        """Nothing tells when a folder is watched."""
        self.query_one(BenchTitle).refresh()
        if self._clock is not None and (self.bench.loop is None or self.bench.loop.watching):
            self._clock.pause()

    def _show_side(self) -> None:
        save = self.saves.current
        if save is not None and self.looping:
            self.side.show(pane(self.bench, save, *self._room()), top=save is not self._shown)
            self._shown = save

    def _room(self) -> tuple[int, int]:
        """The cells of the side pane; before it is laid out, about so many."""
        inside = self.side.content_size
        return (inside.width - 1, inside.height) if inside.width else (46, self.size.height)

    def _show_wizard(self) -> None:
        wizard = self.wizard
        self._look()
        anew = wizard.step != self._asked
        self._asked = wizard.step
        self.query_one("#question", Words).show(question(wizard, self.bench))
        choices = wizard.choices
        self.options.display = bool(choices)
        self.options.show(choices, anew=anew)
        entry = self.query_one("#answer", Input)
        entry.display = wizard.asks_text
        if anew and wizard.asks_text:
            entry.value = wizard.default
            entry.cursor_position = len(entry.value)
        self.query_one("#aside", Words).show(aside(wizard, self.bench))
        self.side.show(Page())

    def _look(self) -> None:
        """What there is to choose from, whenever that may have changed."""
        desk, account = self.genesys.desk, self.genesys.account
        if account.revision != self._listed:
            self._listed = account.revision
            rows = account.rows.values()
            self.wizard.pullable = tuple(sorted({row.name for row in rows if row.kind == "function"}))
        seen = (account.workspace, desk.file, desk.saved_at)
        if seen != self._looked:
            self._looked = seen
            self.wizard.look(account.workspace, desk.folder, desk.file)

    def _aim(self) -> None:
        entry = self.query_one("#answer", Input)
        if not self.looping and self.wizard.asks_text:
            if self.focused is not entry:
                self.set_focus(entry)
        elif self.focused is entry or (self.focused in (self.saves, self.options) and self.focused is not self.listing):
            self.set_focus(self.listing)
        super()._aim()

    # the wizard ---------------------------------------------------------------------------------------------------
    @on(Input.Submitted, "#answer")
    def _answered(self, event: Input.Submitted) -> None:
        event.stop()
        self.wizard_opened = self.wizard_opened or self.bench.state == "open"
        self.wizard.answer(event.value)

    @on(Listing.Chosen)
    def action_open(self) -> None:
        if self.looping:
            if self.narrow:
                self.open_side(not self.side_opened)
                self._show_side()
        elif (choice := self.options.current) is not None and not self.wizard.asks_text:
            choice.do()

    def action_turn(self, by: int) -> None:
        if not self.looping:
            self.wizard.turn(self.options.cursor, by)

    def action_keep(self) -> None:
        if not self.looping and self.wizard.step == "trigger" and self.wizard.draft.origin != "more":
            self.wizard.keep = not self.wizard.keep
            self._show_all()

    def action_wizard(self) -> None:
        self.open_side(False)
        self.wizard_opened = True
        self.wizard.start()
        self._show_all()

    def action_back(self) -> None:
        if self.side_opened:
            self.open_side(False)
        elif self.looping:
            self.saves.action_top()
        elif not self.wizard.back() and self.bench.state == "open":
            self.wizard_opened = False
            self._show_all()

    # the loop -----------------------------------------------------------------------------------------------------
    @on(Listing.Moved)
    def _moved(self) -> None:
        self._show_side()

    def action_invoke(self) -> None:
        if self.looping:
            self.bench.invoke()

    async def action_event(self) -> None:
        from genesys_tui.tui.screens.events import Events

        def chosen(word: str | None) -> None:
            if word:
                self.bench.choose_event(word, self._refused)

        if self.looping:
            await self.app.push_screen(Events(self.bench.events, self.bench.event), chosen)

    async def action_keep_event(self) -> None:
        from genesys_tui.tui.screens.events import EventName

        def named(name: str | None) -> None:
            if name:
                self.bench.keep_event(name, self._refused)

        if self.looping:
            await self.app.push_screen(EventName(), named)

    def action_live(self) -> None:
        if not self.looping:
            return
        if self.genesys.engine.where.read_only:
            self.genesys.say(READ_ONLY, "warning")
        else:
            self.bench.switch_live()

    def action_apply(self) -> None:
        if not self.looping:
            return
        newest = self.bench.timeline.newest
        plan = newest.planned.plan if newest.planned else None
        if self.genesys.engine.where.read_only:
            self.genesys.say(READ_ONLY, "warning")
        elif plan is None or self.bench.timeline.waiting is None:
            self.genesys.say("There is nothing to apply." if not newest.sending else "It is being sent.", "warning")
        elif plan.blocked:
            finding = next(one for one in plan.findings if one.severity == "blocked")
            self.genesys.say(f"Blocked: {finding.message}", "warning")
        else:

            def answered(yes: bool | None) -> None:
                if yes and self.bench.loop is not None and self.bench.loop.plan is plan:
                    self.bench.apply()
                elif yes:
                    self.genesys.say("The plan has changed meanwhile. Look at it once more.", "warning")

            self.app.push_screen(Confirm.of_plan(plan), answered)

    def action_bring_back(self) -> None:
        if not self.looping:
            return
        if self.genesys.engine.where.read_only:
            self.genesys.say(READ_ONLY, "warning")
        else:
            self.bench.bring_back()

    def action_log(self) -> None:
        if self.looping:
            self.bench.switch_log()

    def action_trigger(self) -> None:
        if self.looping and self.bench.work is not None:
            self.open_side(False)
            self.wizard_opened = True
            self._look()
            self.wizard.start_more(self.bench.work)

    def action_edit(self) -> None:
        save = self.saves.current
        if self.looping and save is not None:
            path, line = _file_of(self.bench, save)
            if path is not None:
                self.genesys.edit(path, line)

    def _refused(self, error: GenesysError) -> None:
        self.genesys.say(f"{error}" + (f" → {error.todo}" if error.todo else ""), "error")


def _file_of(bench: Bench, save: Save) -> tuple[Path | None, int]:
    """The file to edit: where it failed, else what was saved, else that of the handler."""
    from genesys_tui.engine.model.source_error import SourceError

    folder = bench.loop.subject.folder if bench.loop else None
    if folder is None:
        return bench.work.file if bench.work else None, 0
    for error in save.failed.values():
        if isinstance(error, SourceError):
            return folder / error.file, error.line
    answer = save.invoked.answer if save.invoked else None
    if answer is not None and answer.error is not None and (place := answer.error.place) is not None:
        return folder / place.file, place.line
    saved = [folder / name for name in save.names if (folder / name).is_file()]
    if saved:
        return saved[0], 0
    built = bench.timeline.last_built
    module = (built.built.handler or "").rpartition(".")[0].replace(".", "/") if built else ""
    found = sorted(folder.glob(f"{module}.*")) if module else []
    files = found or sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith("."))
    return (files[0] if files else folder), 0
