"""One clear question. Where data can be lost, the answer is typed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input

from genesys_tui.tui.text import count
from genesys_tui.tui.widgets.plan_rows import ACTION_SIGNS
from genesys_tui.tui.widgets.words import Page, Words

if TYPE_CHECKING:
    from genesys_tui.engine.model.plan import Plan

NAMED = 12
"""Steps that are named in a question; the others are counted."""


class Confirm(ModalScreen[bool]):
    """Answers True or False. `typed`: this word must be typed to say yes. `grave`: enter alone is no yes."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "No", show=False),
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("enter", "enter", "Yes", show=False),
    ]

    def __init__(self, question: str, facts: Page, yes: str, *, typed: str | None = None, grave: bool = False) -> None:
        super().__init__()
        self.question = question
        self.facts = facts
        self.yes = yes
        self.typed = typed
        self.grave = grave

    @classmethod
    def of_plan(cls, plan: Plan) -> Confirm:
        """Apply this plan?"""
        page = Page()
        for action, number in Counter(step.action for step in plan.steps).items():
            sign, tone = ACTION_SIGNS[action]
            page.line(f"{sign} {number:,} to {action}", tone)
        grave = [step for step in plan.steps if step.action in ("delete", "replace") or step in plan.dangerous]
        for step in grave[:NAMED]:
            page.line(f"! {step.action} {step.address}" + f" {step.reversal.kind}" * (step in plan.dangerous), "bad")
            if step.reversal.why:
                page.line(f"  {step.reversal.why}", hang=2)
        if len(grave) > NAMED:
            page.line(f"! and {len(grave) - NAMED:,} more", "bad")
        page.blank().line(f"cost {plan.cost.headline}", "faint")
        page.line(f"in account {plan.account} · {plan.region} · stack {plan.stack}", "faint")
        question = f"Apply {count(plan.changes, 'change')}?" if plan.changes else f"Apply: {plan.title}?"
        if plan.dangerous:
            lost = f"{question} What is lost does not come back."
            return cls(lost, page, "apply", typed=plan.dangerous[0].address)
        if plan.doubtful:
            for step in plan.doubtful[:NAMED]:
                page.line(f"! {step.action} {step.address}", "warn").line(f"  {step.doubt}", hang=2)
            return cls(f"{question} It may not be yours to take.", page, "apply", typed=plan.doubtful[0].address)
        return cls(question, page, "apply", grave=bool(grave))

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box", can_focus=False):
            yield Words(Page().line(self.question, "bold"))
            yield Words(self.facts, id="facts")
            if self.typed is None:
                keys = "y" if self.grave else "enter or y"
                yield Words(Page().line(f"{keys}: {self.yes}    esc or n: back", "faint"))
            else:
                yield Words(Page().line(f"Type  {self.typed}  to {self.yes}. esc: back"))
                yield Input(compact=True, id="typed")
                yield Words(id="wrong")

    def on_mount(self) -> None:
        if self.typed is not None:
            typed = self.query_one(Input)
            typed.cursor_blink = False
            typed.focus()

    def action_answer(self, yes: bool) -> None:
        if not yes or self.typed is None:
            self.dismiss(yes)

    def action_enter(self) -> None:
        if not self.grave:
            self.action_answer(True)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() == self.typed:
            self.dismiss(True)
        else:
            self.query_one("#wrong", Words).show(Page().line("That is not it. Nothing was done.", "warn"))
