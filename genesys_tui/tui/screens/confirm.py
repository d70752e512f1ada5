"""One clear question. Where data can be lost, the answer is typed."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from genesys_tui.engine.model.plan import Plan
from genesys_tui.tui.text import count
from genesys_tui.tui.widgets.words import Page


class Confirm(ModalScreen[bool]):
    """Answers True or False. `typed`: this word must be typed to say yes."""

    CSS_PATH = "confirm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer(False)", "No", show=False),
        Binding("n", "answer(False)", "No", show=False),
        Binding("y,enter", "answer(True)", "Yes", show=False),
    ]

    def __init__(self, question: str, facts: str | Text, yes: str, typed: str | None = None) -> None:
        super().__init__()
        self.question = question
        self.facts = facts
        self.yes = yes
        self.typed = typed

    @classmethod
    def of_plan(cls, plan: Plan) -> Confirm:
        """Apply this plan?"""
        page = Page()
        page.line(f"{plan.cost.headline} · stack {plan.stack} · {plan.region} · account {plan.account}", "faint")
        for step in plan.dangerous:
            page.line(f"! {step.action} {step.address} loses data", "bad")
            if step.reversal.why:
                page.line(f"  {step.reversal.why}")
        question = f"Apply {count(plan.changes, 'change')}?"
        if not plan.dangerous:
            return cls(question, page.text, "apply")
        return cls(f"{question} What is lost does not come back.", page.text, "apply", typed=plan.dangerous[0].address)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box", can_focus=False):
            yield Static(Text(self.question, "bold"), markup=False)
            yield Static(self.facts, id="facts", markup=False)
            if self.typed is None:
                yield Static(Text(f"enter or y: {self.yes}    esc or n: back"), classes="hint", markup=False)
            else:
                yield Static(Text.assemble("Type ", (self.typed, "bold"), f" to {self.yes}. esc: back"), markup=False)
                yield Input(compact=True, id="typed")
                yield Static(id="wrong", classes="hint", markup=False)

    def on_mount(self) -> None:
        if self.typed is not None:
            typed = self.query_one(Input)
            typed.cursor_blink = False
            typed.focus()

    def action_answer(self, yes: bool) -> None:
        if not yes or self.typed is None:
            self.dismiss(yes)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip() == self.typed:
            self.dismiss(True)
        else:
            self.query_one("#wrong", Static).update("That is not it. Nothing was done.")
