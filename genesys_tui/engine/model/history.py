"""What happened: the record of an execution, for history, undo and recovery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from genesys_tui.engine.model.document import Change
from genesys_tui.engine.model.plan import Action
from genesys_tui.engine.model.resource import Actual, Fragment

StepStatus = Literal["pending", "running", "done", "failed", "skipped", "cancelled"]
ExecutionStatus = Literal["running", "done", "failed", "cancelled", "interrupted"]
"""`interrupted`: its process died, or its end could not be stored; the next plan recovers it."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a step was to do and how it ended. `why`: the failure, or what it was skipped for."""

    address: str
    kind: str
    action: Action
    status: StepStatus = "pending"
    id: str | None = None
    changes: tuple[Change, ...] = ()
    had: Actual | None = None
    remembered: Fragment | None = None
    remember: Fragment | None = None
    why: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ExecutionRecord:
    """One apply. `undoes`: the execution that it took back; `undone_by`: the one that took this back."""

    id: str
    title: str
    stack: str
    region: str
    started: datetime
    status: ExecutionStatus
    steps: tuple[StepRecord, ...]
    undoes: str | None = None
    undone_by: str | None = None
    calls: int = 0
    writes: int = 0
    seconds: float = 0.0

    def at(self, status: StepStatus) -> tuple[StepRecord, ...]:
        return tuple(step for step in self.steps if step.status == status)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A journal entry: one write that was about to be sent. `position`: its place among the step's calls, from 0.

    `outcome`: None while unknown, which is what it stays when the process dies before the answer was recorded.
    """

    execution: str
    address: str
    position: int
    call: str
    outcome: Literal["done", "failed"] | None = None
    captured: Mapping[str, str] = field(default_factory=dict)
