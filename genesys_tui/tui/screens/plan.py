"""Plan: what would change, before it does; then the change itself, on the same rows."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import SuspendNotSupported
from textual.timer import Timer
from textual.types import CSSPathType
from textual.widget import Widget
from textual.widgets import Static

from genesys_tui.engine.model.errors import GenesysError, WishError
from genesys_tui.engine.model.plan import Plan
from genesys_tui.tui.actions import Action, Where, at, bindings
from genesys_tui.tui.screens.confirm import Confirm
from genesys_tui.tui.screens.mode import ModeScreen
from genesys_tui.tui.text import count, safe, took
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.widgets.plan_rows import PlanRows
from genesys_tui.tui.widgets.plan_words import digest, outcome, step_words, summary
from genesys_tui.tui.widgets.topbar import both_ends
from genesys_tui.tui.widgets.words import Page, style


class PlanTitle(Widget):
    """The line over the plan: what it is of; how it stands."""

    DEFAULT_CSS = "PlanTitle { height: 1; }"

    def __init__(self, plan: PlanScreen) -> None:
        super().__init__()
        self._plan = plan

    def render(self) -> Text:
        return both_ends(self._plan.left(), self._plan.right(), self.size.width)


class PlanScreen(ModeScreen):
    """The plan on the desk."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["mode.tcss", "plan.tcss"]
    BINDINGS = bindings("plan")
    mode: ClassVar[Where] = "plan"

    def __init__(self) -> None:
        super().__init__()
        self.rows = PlanRows(id="steps")
        self._step_opened = False
        self._shown_plan: object = None
        self._clock: Timer | None = None

    def main(self) -> Iterable[Widget]:
        yield PlanTitle(self)
        yield Static(id="digest", markup=False)
        yield Static(id="state", classes="state", markup=False)
        yield self.rows

    def on_mount(self) -> None:
        self._clock = self.set_interval(1, self._show_title, pause=True)
        self.rows.focus()
        super().on_mount()

    # drawing ------------------------------------------------------------------------------------------------------
    def actions(self) -> tuple[Action, ...]:
        desk = self.genesys.desk
        idle = set() if desk.plan and desk.state == "ready" and desk.changes else {"apply"}
        if desk.plan is None:
            idle |= {"open", "summary", "copy_plan", "save_plan"}
        if desk.file is None:
            idle |= {"edit"}
        if desk.state == "applying":
            idle |= {"undo", "refresh", "edit"}
        offered = (action for action in at("plan") if action.name not in idle)
        cancel = desk.state == "applying"
        return tuple(replace(one, label="cancel") if cancel and one.name == "back" else one for one in offered)

    def show(self) -> None:
        desk = self.genesys.desk
        if desk.plan is not self._shown_plan:
            self._shown_plan = desk.plan
            self._step_opened = False
        self.rows.show(desk.plan, desk.progress, dimmed=desk.state == "broken")
        self._show_title()
        self._show_state()
        self._show_side()
        if self._clock is not None:
            (self._clock.resume if desk.state == "applying" else self._clock.pause)()

    def _show_title(self) -> None:
        self.query_one(PlanTitle).refresh()

    def left(self) -> Text:
        desk = self.genesys.desk
        if desk.source is None:
            return Text()
        title = desk.source.what or "undo"
        if desk.plan and desk.state != "broken" and desk.source.kind != "file":
            title = desk.plan.title
        line = Text.assemble(" ", (safe(title), "bold"))
        if desk.source.kind == "file" and desk.saved_at:
            line.append(f"  saved {desk.saved_at:%H:%M:%S}", style("faint"))
        if desk.state == "ready":
            how = "" if desk.refreshed else " from what was read before (r refreshes)"
            line.append(f"  planned in {took(desk.planned_seconds)}{how}", style("faint"))
        return line

    def right(self) -> Text:
        desk = self.genesys.desk
        match desk.state:
            case "planning":
                words, tone = "planning…", "faint"
            case "ready" if desk.plan and desk.plan.blocked:
                words, tone = "✗ blocked", "bad"
            case "ready":
                words, tone = f"review · {count(desk.changes, 'change')}" if desk.changes else "nothing to do", "accent"
            case "broken":
                problems = len(desk.problems)
                words, tone = (f"✗ {count(problems, 'mistake')}" if problems else "✗ no plan"), "bad"
            case "applying":
                words, tone = self._time_left(), "accent"
            case "ended" if desk.progress and desk.progress.record:
                status = desk.progress.record.status
                words, tone = ("✓ done", "good") if status == "done" else (f"✗ {status}", "bad")
            case _:
                words, tone = "", ""
        return Text(f"{words} ", style(tone))

    def _time_left(self) -> str:
        desk = self.genesys.desk
        assert desk.progress is not None and desk.plan is not None
        if desk.progress.cancelling:
            return "cancelling: waiting for what was sent"
        left = desk.plan.duration_seconds - (time.monotonic() - desk.progress.started)
        return f"applying · ~{int(left) + 1} s left" if left > 0 else "applying · nearly there"

    def _show_state(self) -> None:
        desk, state, page = self.genesys.desk, self.query_one("#state", Static), Page()
        if desk.source is None and desk.error is None:
            page.line("Nothing is planned.", "bold").line()
            page.line("Type  : bucket my-first-bucket  to see what making one would take.")
            page.line(f"Or save a genesys.yaml in {desk.folder.resolve()}: it opens by itself.")
        elif desk.error is not None:
            self._say_broken(page, desk.error)
        elif desk.plan is None:
            page.line("Planning…" if desk.workspace else "Waiting for the account…", "bold")
            page.line("Reads only. Nothing is changed by a plan.")
        elif not desk.plan.steps:
            page.line("✓ Nothing to do.", "bold")
            page.line(f"{count(len(desk.plan.unchanged), 'resource')} as wanted." if desk.plan.unchanged else "")
            for conflict in desk.plan.conflicts:
                page.line(f"! left alone  {conflict.address}: {conflict.message}", "warn")
        state.update(page.text)
        state.display = bool(page.text)
        shown = digest(desk.plan) if desk.plan and desk.plan.steps and desk.state in ("ready", "applying") else ""
        self.query_one("#digest", Static).update(Text(f" {safe(shown)}" if shown else "", style("faint")))
        self.rows.display = desk.plan is not None and bool(desk.plan.steps)

    def _say_broken(self, page: Page, error: GenesysError) -> None:
        if isinstance(error, WishError):
            page.line(f"✗ {error.what}", "bad").line()
            for problem in error.problems:
                page.line(str(problem.mark or ""), "accent")
                page.line(f"  {problem.what}")
                if problem.fix:
                    page.line(f"  → {problem.fix}")
            page.line()
        else:
            page.error(error).line()
        if self.genesys.desk.plan is not None:
            page.line("Nothing was sent. Below is the last plan that held.", "faint")

    def _show_side(self, *, top: bool = False) -> None:
        desk = self.genesys.desk
        step = self.rows.current
        if desk.plan is None:
            self.side.show(Text())
        elif self._step_opened and step is not None:
            self.side.show(step_words(step, desk.progress.of(step.address) if desk.progress else None), top=top)
        elif desk.progress and desk.progress.record:
            self.side.show(outcome(desk.progress.record), top=top)
        else:
            self.side.show(summary(desk.plan), top=top)

    # looking ------------------------------------------------------------------------------------------------------
    @on(Listing.Moved)
    def _moved(self) -> None:
        self._show_side(top=self._step_opened)

    @on(Listing.Chosen)
    def action_open(self) -> None:
        if self.rows.current is None:
            return
        closing = self._step_opened and (self.side_opened or not self.narrow)
        self._step_opened = not closing
        self.open_side(not closing)
        self._show_side(top=True)

    def action_summary(self) -> None:
        closing = self.side_opened and not self._step_opened
        self._step_opened = False
        self.open_side(not closing)
        self._show_side(top=True)

    def action_back(self) -> None:
        if self._step_opened or self.side_opened:
            self._step_opened = False
            self.open_side(False)
            self._show_side(top=True)
        elif self.genesys.desk.state == "applying":
            self.ask_cancel()

    # changing -----------------------------------------------------------------------------------------------------
    def action_refresh(self) -> None:
        self.genesys.desk.replan(refresh=True)

    def action_discard(self) -> None:
        self.genesys.desk.discard()

    def action_undo(self) -> None:
        if self.genesys.desk.state == "applying":
            self.genesys.say("An apply is running: undo it when it has ended.", "warning")
        else:
            self.genesys.undo(None)

    def action_apply(self) -> None:
        desk, plan = self.genesys.desk, self.genesys.desk.plan
        refusal = self._why_not(plan)
        if refusal or plan is None:
            self.genesys.say(refusal, "warning")
            return

        def answered(yes: bool | None) -> None:
            if yes and desk.plan is plan:
                self._step_opened = False
                self.open_side(False)
                desk.apply()
            elif yes:
                self.genesys.say("The plan has changed meanwhile. Look at it once more.", "warning")

        self.app.push_screen(Confirm.of_plan(plan), answered)

    def _why_not(self, plan: Plan | None) -> str:
        desk = self.genesys.desk
        if plan is None or desk.state != "ready":
            reasons = {
                "applying": "It is being applied already.",
                "planning": "It is still being planned.",
                "ended": "This plan was applied. r plans anew.",
                "broken": "There is no plan to apply: see what is wrong above.",
            }
            return reasons.get(desk.state, "There is no plan to apply.")
        if self.genesys.engine.where.read_only:
            return "Read-only: nothing can be applied. Start without --read-only to apply."
        if plan.blocked:
            finding = next(finding for finding in plan.findings if finding.severity == "blocked")
            return f"Blocked: {finding.address}: {finding.message}" + (f" → {finding.fix}" if finding.fix else "")
        return "" if plan.changes or plan.steps else "There is nothing to do."

    def ask_cancel(self) -> None:
        """Ask whether to stop the apply that is running."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.genesys.desk.cancel()

        self.app.push_screen(
            Confirm(
                "Cancel this apply?", "No further call is sent. What was sent is waited for and recorded.", "cancel it"
            ),
            answered,
        )

    # the file and the document ------------------------------------------------------------------------------------
    def action_edit(self) -> None:
        file = self.genesys.desk.file
        if file is None:
            self.genesys.say(
                "No stack file is open. Save a genesys.yaml in this folder: it opens by itself.", "warning"
            )
            return
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        try:
            with self.app.suspend():
                subprocess.run([*shlex.split(editor), str(file)], check=False)
        except (OSError, SuspendNotSupported) as error:
            self.genesys.say(f"The editor {editor!r} could not be started: {error}. Set EDITOR.", "error")

    def action_copy_plan(self) -> None:
        if (document := self._document()) is not None:
            self.app.copy_to_clipboard(document)
            self.genesys.say("The plan was copied as JSON.")

    def action_save_plan(self) -> None:
        if (document := self._document()) is None:
            return
        path = Path(f"genesys-plan-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json")
        path = self.genesys.desk.folder / path
        try:
            path.write_text(document + "\n", encoding="utf-8")
        except OSError as error:
            self.genesys.say(f"The plan could not be saved: {error}", "error")
            return
        self.genesys.say(f"The plan was saved as {path}")

    def _document(self) -> str | None:
        desk = self.genesys.desk
        if desk.plan is None:
            self.genesys.say("There is no plan yet.", "warning")
            return None
        return json.dumps(self.genesys.engine.plan_document(desk.plan), indent=2, default=str)
