"""What an execution tells those who watch. Watching is free: to stop watching stops nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.history import ExecutionRecord


@dataclass(frozen=True, slots=True)
class StepStarted:
    address: str


@dataclass(frozen=True, slots=True)
class LineStarted:
    """`line`: its place among the step's lines, from 0."""

    address: str
    line: int


@dataclass(frozen=True, slots=True)
class LineDone:
    address: str
    line: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait goes on: `why` in words, `seconds` since it began."""

    address: str
    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Retrying:
    """A call is sent again, `why` in words, after `seconds`."""

    address: str
    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StepDone:
    address: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StepFailed:
    address: str
    error: GenesysError


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """`because`: the address whose failure stopped it, or the cancelling."""

    address: str
    because: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event. `record` is what the history now holds."""

    record: ExecutionRecord


Event: TypeAlias = (
    StepStarted | LineStarted | LineDone | Waiting | Retrying | StepDone | StepFailed | StepSkipped | Finished
)
