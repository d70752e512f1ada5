"""The plan as rows: its steps, their numbered sentences and reasons. While it is applied the same rows show how far it
is: what was laid out does not move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.segment import Segment

from genesys_tui.engine.model.plan import Action, Plan, Step
from genesys_tui.tui.progress import SIGNS, Progress, Status
from genesys_tui.tui.text import count, crop, fit, took, wrap
from genesys_tui.tui.widgets.listing import Listing

ACTION_SIGNS: dict[Action, tuple[str, str]] = {
    "create": ("+", "good"),
    "update": ("~", "warn"),
    "delete": ("-", "bad"),
    "replace": ("±", "bad"),
    "adopt": ("↻", "accent"),
    "use": ("·", "faint"),
    "forget": ("·", "faint"),
}
TONES: dict[Status, str] = {"waiting": "faint", "running": "accent", "done": "good", "failed": "bad", "skipped": "warn"}
TIME = 10
"""Cells kept free at the right for how long a line took."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A line as it was laid out. `line`: the place of the sentence in its step."""

    kind: Literal["head", "sentence", "more", "note", "blank"]
    step: int
    line: int = 0
    number: int = 0
    text: str = ""
    reason: str = ""
    tone: str = ""


class PlanRows(Listing):
    """Its items are the plan's steps."""

    DEFAULT_CSS = "PlanRows { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.plan: Plan | None = None
        self.progress: Progress | None = None
        self.dimmed = False
        self._laid: list[Laid] = []
        self._spans: list[tuple[int, int]] = []
        self._laid_for: tuple[object, int] = (None, 0)

    @property
    def current(self) -> Step | None:
        """The step under the cursor."""
        steps = self.plan.steps if self.plan else ()
        return steps[self.cursor] if 0 <= self.cursor < len(steps) else None

    def show(self, plan: Plan | None, progress: Progress | None, *, dimmed: bool = False) -> None:
        """Show this plan. `dimmed`: it is no longer what is asked for."""
        before = self.current
        self.plan, self.progress, self.dimmed = plan, progress, dimmed
        if plan is not self._laid_for[0]:
            at = (
                next((i for i, step in enumerate(plan.steps) if before and step.address == before.address), 0)
                if plan
                else 0
            )
            self.resized_content()
            self.cursor = at
            self.show_cursor()
        self.refresh()

    # laying out ---------------------------------------------------------------------------------------------------
    def resized_content(self) -> None:
        if self.size.width and (self.plan, self.size.width) != self._laid_for:
            self._laid_for = (self.plan, self.size.width)
            self._lay()
        super().resized_content()

    def _lay(self) -> None:
        self._laid, self._spans = [], []
        if self.plan is None:
            return
        number = 0
        room = self.size.width - 13 - TIME
        beside = all(
            cell_len(line.sentence) + cell_len(line.reason) <= room for step in self.plan.steps for line in step.lines
        )
        outcome = ""
        for index, step in enumerate(self.plan.steps):
            start = len(self._laid)
            if step.outcome != outcome:
                outcome = step.outcome
                self._laid.append(Laid("note", index, text=f"  ═ {outcome or 'Beside that'}", tone="accent"))
            self._laid.append(Laid("head", index))
            if step.reversal.kind != "reversible" and step.reversal.why:
                warning = wrap(step.reversal.why, max(20, self.size.width - 8))
                self._laid += [Laid("more", index, text=f"{'':8}{text}", tone="bad") for text in warning]
            for place, line in enumerate(step.lines):
                number += 1
                reason = line.reason if beside else ""
                first, *more = wrap(line.sentence, max(20, self.size.width - 8 - TIME))
                self._laid.append(Laid("sentence", index, place, number, first, reason))
                self._laid += [Laid("more", index, place, text=f"{'':8}{text}") for text in more]
                if line.reason and not beside:
                    why, *rest = wrap(line.reason, max(20, self.size.width - 11))
                    self._laid.append(Laid("more", index, place, text=f"{'':8}→ {why}", tone="faint"))
                    self._laid += [Laid("more", index, place, text=f"{'':10}{text}", tone="faint") for text in rest]
            self._spans.append((start, len(self._laid)))
            self._laid.append(Laid("blank", index))
        last = max(0, len(self.plan.steps) - 1)
        for conflict in self.plan.conflicts:
            words = f"  ! left alone  {conflict.address}: {conflict.message}"
            self._laid.append(Laid("note", last, text=words, tone="warn"))
        if self.plan.unchanged:
            words = f"  · {count(len(self.plan.unchanged), 'resource')} unchanged"
            self._laid.append(Laid("note", last, text=words, tone="faint"))

    def items(self) -> int:
        return len(self._spans)

    def height_in_lines(self) -> int:
        return len(self._laid)

    def span(self, item: int) -> tuple[int, int]:
        return self._spans[item]

    def item_at(self, line: int) -> int:
        return self._laid[line].step

    # drawing ------------------------------------------------------------------------------------------------------
    def paint(self, line: int, width: int) -> list[Segment]:
        laid = self._laid[line]
        if laid.kind == "blank" or self.plan is None:
            return []
        if laid.kind == "note":
            return [Segment(crop(laid.text, width), self.tone(laid.tone))]
        step = self.plan.steps[laid.step]
        match laid.kind:
            case "head":
                return self._head(step, laid.step == self.cursor, width)
            case "more":
                return [Segment(laid.text, self.tone("faint" if self.dimmed else laid.tone))]
            case _:
                return self._sentence(step, laid, width)

    def _head(self, step: Step, here: bool, width: int) -> list[Segment]:
        sign, tone = ACTION_SIGNS[step.action]
        wash = ("cursor",) if here else ()
        dim = ("faint",) if self.dimmed else ()
        note, note_tone = self._note(step)
        left = f"{sign} {step.action:<8}"
        address = crop(step.address, max(8, width - 14 - min(cell_len(note), width // 2)))
        room = width - 2 - len(left) - cell_len(address) - 3
        return [
            Segment("▸ " if here else "  ", self.tone("accent", *wash)),
            Segment(left, self.tone(tone, *dim, *wash)),
            Segment(address, self.tone("strong", *dim, *wash)),
            Segment("   ", self.tone(*wash)),
            Segment(fit(note, max(0, room)), self.tone(note_tone, *wash)),
        ]

    def _note(self, step: Step) -> tuple[str, str]:
        if self.progress is None:
            return ("", "") if step.reversal.kind == "reversible" else (f"! {step.reversal.kind}", "bad")
        state = self.progress.of(step.address)
        words = state.note
        if state.status == "waiting":
            need = self.progress.waits_for(step.needs)
            words = f"waits for {need}" if need else "waits"
        elif state.status == "done":
            words = took(state.seconds)
        elif state.error is not None:
            words = f"{state.error.what} · enter tells more"
        return f"{SIGNS[state.status]} {words}".rstrip(), TONES[state.status]

    def _sentence(self, step: Step, laid: Laid, width: int) -> list[Segment]:
        mark, mark_tone, time = " ", "", ""
        if self.progress is not None:
            mark, mark_tone, time = self._line_state(step, laid.line)
        dim = ("faint",) if self.dimmed else ()
        room = max(0, width - 8 - TIME)
        text = crop(laid.text, room)
        reason = f"   → {laid.reason}" if laid.reason else ""
        return [
            Segment(f"  {mark} ", self.tone(mark_tone)),
            Segment(f"{laid.number:>3} ", self.tone("faint")),
            Segment(text, self.tone(*dim)),
            Segment(fit(reason, max(0, room - cell_len(text))), self.tone("faint")),
            Segment(f"{time:>{TIME - 1}} ", self.tone("faint")),
        ]

    def _line_state(self, step: Step, line: int) -> tuple[str, str, str]:
        assert self.progress is not None
        state = self.progress.of(step.address)
        if line in state.done:
            return "✓", "good", took(state.done[line])
        if state.status == "failed" and line == max(state.line, 0):
            return "✗", "bad", ""
        if state.status == "running" and line == state.line:
            return "▸", "accent", ""
        return ("✓", "good", "") if state.status == "done" else (" ", "", "")
