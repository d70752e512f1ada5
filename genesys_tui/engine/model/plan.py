"""A plan: the very calls that will be sent, with their words. All else (permissions, cost, time) derives from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.document import Change
from genesys_tui.engine.model.resource import Actual, Fragment

Action = Literal["create", "update", "replace", "delete", "adopt", "forget", "use"]
Severity = Literal["note", "warning", "blocked"]

CHANGING: frozenset[Action] = frozenset({"create", "update", "replace", "delete", "adopt"})
"""The actions that are counted as changes; to use and to forget a thing leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the plan, why it is there, and the calls that do it, in order. Calls that only look (waits, reads
    of what earlier lines made) may be among them. A line without calls only changes what we remember."""

    sentence: str
    reason: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Reversal:
    """Whether it can be taken back, and why not."""

    kind: Literal["reversible", "loses data", "irreversible"] = "reversible"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One action on one address.

    `id`: the provider's id where it is known. `changes`: the fields that differ, as read at plan time. `had`: what was
    there before, whole, for a delete. `remembered` and `remember`: our fragment before and after (None: none); the
    executor adds the captured outputs to `remember`. `outcome`: the sentence of the outcome that it is a part of.
    """

    action: Action
    address: str
    kind: str
    id: str | None
    lines: tuple[Line, ...]
    needs: tuple[str, ...] = ()
    reversal: Reversal = Reversal()
    changes: tuple[Change, ...] = ()
    had: Actual | None = None
    remembered: Fragment | None = None
    remember: Fragment | None = None
    outcome: str = ""
    doubt: str = ""
    """Why it may not be ours to take, so that its address must be typed; empty where nothing speaks against it."""

    @property
    def calls(self) -> Iterator[Call]:
        return (call for line in self.lines for call in line.calls)


@dataclass(frozen=True, slots=True)
class Price:
    """A price by usage: `unit_usd` for each `unit` (`GB-month`), and what low, typical and high usage mean."""

    what: str
    unit: str
    unit_usd: float
    low: float
    typical: float
    high: float

    @property
    def fixed(self) -> bool:
        """The same every month, whatever the usage."""
        return self.low == self.typical == self.high


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars a month of what the plan adds. `unknown`: addresses whose price we do not know."""

    low: float = 0.0
    typical: float = 0.0
    high: float = 0.0
    currency: str = "USD"
    assumptions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    headline: str = "no change"
    """One line for people: `~$0.023/GB per month`."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the caller must be allowed to do, in the order of first need, and the least IAM policy that allows it."""

    actions: tuple[str, ...] = ()
    policy: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know before applying. `blocked` stands in the way; `fix` is what to do or type."""

    severity: Severity
    address: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that an undo leaves alone, because others changed it since."""

    address: str
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, in the order of dependencies.

    `version`: the state version it was made on. `unchanged`: addresses that are as wanted. `undoes`: the execution that
    it takes back, with the `conflicts` it leaves alone.
    """

    title: str
    stack: str
    region: str
    account: str
    steps: tuple[Step, ...] = ()
    permissions: Permissions = Permissions()
    cost: Cost = Cost()
    duration_seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    unchanged: tuple[str, ...] = ()
    version: int = 0
    undoes: str | None = None
    conflicts: tuple[Conflict, ...] = ()
    outside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The outputs of what it refers to and what is neither planned nor remembered, by address."""
    read_at: datetime | None = None
    """When what it rests on was read, where that was not now."""

    @property
    def changes(self) -> int:
        """Steps that change something; to use and to forget are none."""
        return sum(step.action in CHANGING for step in self.steps)

    @property
    def blocked(self) -> bool:
        return any(finding.severity == "blocked" for finding in self.findings)

    @property
    def dangerous(self) -> tuple[Step, ...]:
        """Steps that can lose data: they want a typed confirmation."""
        return tuple(step for step in self.steps if step.reversal.kind == "loses data")

    @property
    def doubtful(self) -> tuple[Step, ...]:
        """Steps that take over what may be another's: they want a typed confirmation too."""
        return tuple(step for step in self.steps if step.doubt)
