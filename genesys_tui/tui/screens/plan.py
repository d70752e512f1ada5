"""Plan: what would change, before it does; then the change itself, on the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.timer import Timer
from textual.types import CSSPathType
from textual.widget import Widget

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.plan import Plan
from genesys_tui.tui.actions import Action, Where, at, bindings
from genesys_tui.tui.desk import Desk
from genesys_tui.tui.screens.confirm import Confirm
from genesys_tui.tui.screens.mode import ModeScreen
from genesys_tui.tui.widgets.listing import Listing
from genesys_tui.tui.widgets.plan_rows import PlanRows
from genesys_tui.tui.widgets.plan_state import adoptable, blocks, short, standing, state, title
from genesys_tui.tui.widgets.plan_words import in_keys, outcome, step_words, summary
from genesys_tui.tui.widgets.topbar import both_ends
from genesys_tui.tui.widgets.words import Page, Words


class PlanTitle(Widget):
    """The line over the plan: what it is of; how it stands."""

    DEFAULT_CSS = "PlanTitle { height: 1; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def render(self) -> Text:
        right, width = standing(self._desk), self.size.width
        return both_ends(title(self._desk, width - right.cell_len - 1), right, width)


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
        yield PlanTitle(self.genesys.desk)
        yield Words(id="digest")
        yield Words(id="state", classes="state")
        yield self.rows

    @property
    def listing(self) -> Listing:
        return self.rows

    def on_mount(self) -> None:
        self._clock = self.set_interval(1, self._show_title, pause=True)
        super().on_mount()

    # drawing ------------------------------------------------------------------------------------------------------
    def actions(self) -> tuple[Action, ...]:
        desk = self.genesys.desk
        if desk.state == "applying":
            stop = next(action for action in at("plan") if action.name == "back")
            offered = (action for action in at("plan") if action.name in ("open", "summary"))
            return (replace(stop, label="cancel"), *offered)
        idle: set[str] = set() if adoptable(desk) else {"adopt"}
        if self._why_not(desk.plan):
            idle |= {"apply"}
        if desk.plan is None or not desk.plan.steps:
            idle |= {"open", "copy_plan", "save_plan"}
        if desk.plan is None:
            idle |= {"summary"}
        if desk.wish is None or desk.state != "ready":
            idle |= {"save_plan"}
        if desk.file is None:
            idle |= {"edit"}
        if desk.source is None:
            idle |= {"refresh"}
        if desk.source is None or (desk.source.kind == "file" and desk.state != "broken"):
            idle |= {"discard"}
        return tuple(action for action in at("plan") if action.name not in idle)

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

    def _show_state(self) -> None:
        desk, panel = self.genesys.desk, self.query_one("#state", Words)
        page = state(desk)
        panel.show(page)
        panel.display = bool(page)
        self.query_one("#digest", Words).show(short(desk))
        self.rows.display = desk.plan is not None and bool(desk.plan.steps)

    def _show_side(self, *, top: bool = False) -> None:
        desk = self.genesys.desk
        step = self.rows.current
        if desk.plan is None:
            self.side.show(Page())
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
            finding = blocks(plan)[0]
            fix = f" → {in_keys(finding.fix)}" if finding.fix else ""
            return f"Blocked: {finding.address}: {finding.message}{fix}"
        return "" if plan.steps else "There is nothing to do."

    def ask_cancel(self) -> None:
        """Ask whether to stop the apply that is running."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.genesys.desk.cancel()

        words = Page().line("No further call is sent. What was sent is waited for and recorded.")
        self.app.push_screen(Confirm("Cancel this apply?", words, "cancel it"), answered)

    # the file and the document ------------------------------------------------------------------------------------
    def action_edit(self) -> None:
        file = self.genesys.desk.file
        if file is None:
            self.genesys.say(
                "No stack file is open. Save a genesys.yaml in this folder: it opens by itself.", "warning"
            )
            return
        self.genesys.edit(file)

    def action_copy_plan(self) -> None:
        if (plan := self.genesys.desk.plan) is None:
            self.genesys.say("There is no plan yet.", "warning")
            return

        def work() -> str:
            return json.dumps(self.genesys.engine.plan_document(plan), indent=2, default=str)

        def copied(document: str) -> None:
            self.app.copy_to_clipboard(document)
            self.genesys.say("The plan was copied as JSON.")

        self.genesys.background.run(work, copied, self._say_failed)

    def action_save_plan(self) -> None:
        """Under a new name each time: a plan that was looked at is never written over."""
        path = self.genesys.desk.folder / f"genesys-plan-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
        self.genesys.desk.save(path, lambda: self.genesys.say(f"Saved. Later:  genesys apply {path}"), self._say_failed)

    def _say_failed(self, error: GenesysError) -> None:
        todo = f" → {error.todo}" if error.todo else ""
        self.genesys.say(f"{error}{todo}" + (f"  $ {error.command}" if error.command else ""), "error")

    def action_adopt(self) -> None:
        if adoptable(self.genesys.desk):
            self.genesys.desk.adopt()
        else:
            self.genesys.say("Nothing that stands in the way can be taken over.", "warning")
