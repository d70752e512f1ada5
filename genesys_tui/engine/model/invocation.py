"""What a function is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import uuid4

Json: TypeAlias = "bool | int | float | str | list[Json] | Mapping[str, Json] | None"
"""A document of JSON, with its nulls and the order of its lists."""

Ending = Literal["answered", "failed", "not started", "timed out", "out of memory", "exited"]
"""How an invocation ended. `failed`: the code raised an error. `not started`: the code could not even be loaded.
`exited`: its process ended before it answered."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a function. `name`: of the event, for people."""

    event: Json
    name: str = ""
    request: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log of a function, as it was written: it is untrusted text. `request`: the invocation that it
    belongs to; empty for what was written while the code was loaded, or between two invocations."""

    time: datetime
    text: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """One place of a trace. `file`: relative to the source where it is the user's own, else empty: `what` then says
    how many places of libraries are folded here. `line`: 1-based."""

    file: str
    line: int
    what: str
    text: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line} in {self.what}" if self.file else self.what
        return f"{place}: {self.text}" if self.text else place


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of an answer. `type` and `message`: as Lambda would tell them. `trace`: the innermost place last."""

    type: str
    message: str
    trace: tuple[Frame, ...] = ()

    @property
    def place(self) -> Frame | None:
        """The innermost place in the user's own source."""
        return next((frame for frame in reversed(self.trace) if frame.file), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an invocation. `payload`: the document that the function gave; on a failure the document that
    callers of the function would see. `ms`: from the event to the answer. `init_ms`: what loading the code took, where
    this invocation began with it. `notes`: what is different from AWS in this run, in words."""

    request: str
    ending: Ending
    payload: Json
    ms: float
    max_memory_mb: int = 0
    init_ms: float | None = None
    error: Failure | None = None
    logs: tuple[LogLine, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return self.ending == "answered"

    @property
    def timed_out(self) -> bool:
        return self.ending == "timed out"
