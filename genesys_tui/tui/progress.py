"""How far an apply is: its events folded into a state for each step. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from genesys_tui.engine.model.errors import GenesysError
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
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.tui.text import took

Status = Literal["waiting", "running", "done", "failed", "skipped"]
SIGNS: dict[Status, str] = {"waiting": "·", "running": "▸", "done": "✓", "failed": "✗", "skipped": "⊘"}


@dataclass(slots=True)
class StepProgress:
    """`done`: seconds by line. `note`: what it is at, in words."""

    status: Status = "waiting"
    line: int = -1
    done: dict[int, float] = field(default_factory=dict)
    note: str = ""
    seconds: float = 0.0
    error: GenesysError | None = None


@dataclass(slots=True)
class Progress:
    """`started`: of `time.monotonic()`. `record`: once it has ended."""

    started: float
    steps: dict[str, StepProgress] = field(default_factory=dict)
    record: ExecutionRecord | None = None
    cancelling: bool = False

    def of(self, address: str) -> StepProgress:
        return self.steps.setdefault(address, StepProgress())

    def waits_for(self, needs: tuple[str, ...]) -> str:
        """The first of these addresses that is not done yet."""
        return next((need for need in needs if need in self.steps and self.steps[need].status != "done"), "")

    def take(self, event: Event) -> None:
        """One event further."""
        if isinstance(event, Finished):
            self.record = event.record
            return
        step = self.of(event.address)
        match event:
            case StepStarted():
                step.status, step.note = "running", ""
            case LineStarted(line=line):
                step.status, step.line, step.note = "running", line, ""
            case LineDone(line=line, seconds=seconds):
                step.done[line], step.note = seconds, ""
            case Waiting(why=why, seconds=seconds):
                step.note = f"waiting for {why.removeprefix('waiting for ')} {round(seconds)} s"
            case Retrying(why=why, seconds=seconds):
                step.note = f"again in {took(seconds)}: {why}"
            case StepDone(seconds=seconds):
                step.status, step.seconds, step.note = "done", seconds, ""
            case StepFailed(error=error):
                step.status, step.error, step.note = "failed", error, str(error)
            case StepSkipped(because=because):
                step.status, step.note = "skipped", f"not done: {because}"
