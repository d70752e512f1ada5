"""A running apply as lines of text: one for each step as it ends, and one live line for what goes on now."""

from __future__ import annotations

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.text import duration
from genesys_tui.engine.model.events import (
    Event,
    Finished,
    LineDone,
    LineStarted,
    Retrying,
    StepDone,
    StepFailed,
    StepSkipped,
    StepStarted,
    Waiting,
)
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.shown import shown


class Progress:
    """Follows the events of one plan. `take` gives the line to keep (empty: none); `now` is the live line."""

    def __init__(self, plan: Plan, paint: Paint) -> None:
        self._sentences = {step.address: [line.sentence for line in step.lines] for step in plan.steps}
        self._total = len(plan.steps)
        self._paint = paint
        self._running: dict[str, str] = {}
        self._ended = 0
        self._told: set[tuple[str, str]] = set()

    @property
    def now(self) -> str:
        """`▸ 1 of 4 done  network.main: waiting: the NAT gateway, 3.0 s`: what moved last, and how many more run."""
        if not self._running:
            return ""
        address, words = list(self._running.items())[-1]
        others = f"  (+{len(self._running) - 1} more)" if len(self._running) > 1 else ""
        return shown(f"▸ {self._ended} of {self._total} done  {address}: {words}{others}")

    def take(self, event: Event, *, live: bool) -> str:
        """`live`: somebody sees `now`, so that waits need no line of their own."""
        match event:
            case StepStarted(address):
                self._moves(address, "starting")
            case LineStarted(address, line):
                self._moves(address, self._sentences[address][line])
            case Waiting(address, why, seconds):
                self._moves(address, f"waiting: {why}, {duration(seconds)}")
                return "" if live else self._once(address, f"waiting: {why}")
            case Retrying(address, why, seconds):
                self._moves(address, f"again in {duration(seconds)}: {why}")
                return "" if live else self._once(address, f"sending again: {why}")
            case StepDone() | StepFailed() | StepSkipped():
                return self._end(event)
            case LineDone() | Finished():
                pass
        return ""

    def _moves(self, address: str, words: str) -> None:
        self._running.pop(address, None)
        self._running[address] = words

    def _once(self, address: str, words: str) -> str:
        if (address, words) in self._told:
            return ""
        self._told.add((address, words))
        return shown(f"  {address}  {words}")

    def _end(self, event: StepDone | StepFailed | StepSkipped) -> str:
        self._running.pop(event.address, None)
        self._ended += 1
        name = shown(event.address)
        match event:
            case StepDone():
                return f"{self._paint.good('✓')} {name}  {duration(event.seconds)}"
            case StepFailed():
                todo = f"\n  Do: {shown(event.error.todo)}" if event.error.todo else ""
                return f"{self._paint.bad('✗')} {name}  {shown(str(event.error))}{todo}"
            case _:
                return f"{self._paint.warning('·')} {name}  skipped: {shown(event.because)}"
