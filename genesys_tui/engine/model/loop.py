"""What the loop tells: each save of a file, and what came of it. `save` is its number, from 0, which is the start; `ms`
are milliseconds since it was told that files changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.invocation import Answer
from genesys_tui.engine.model.plan import Plan

About = Literal["source", "dependencies", "configuration"]

Width = Literal["nothing", "code", "wider"]
"""What a plan changes: nothing, the code of the function alone, or more."""

Stage = Literal["read", "build", "invoke", "plan", "deploy"]


@dataclass(frozen=True, slots=True)
class Saved:
    """Files changed. `names`: below the source, or as they are; `about`: what they are of."""

    save: int
    at: datetime
    names: tuple[str, ...]
    about: frozenset[About]
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class BuildDone:
    """`same`: nothing that is sent is another one than before."""

    save: int
    ms: float
    built: Built
    same: bool = False


@dataclass(frozen=True, slots=True)
class Invoked:
    save: int
    ms: float
    answer: Answer
    event: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    save: int
    ms: float
    plan: Plan
    width: Width


@dataclass(frozen=True, slots=True)
class Deployed:
    """An apply ended, well or not. `back`: it brought back the code of before."""

    save: int
    ms: float
    record: ExecutionRecord
    back: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A stage of a save failed; the loop goes on."""

    save: int
    ms: float
    stage: Stage
    error: GenesysError


LoopEvent: TypeAlias = Saved | BuildDone | Invoked | Planned | Deployed | Failed
