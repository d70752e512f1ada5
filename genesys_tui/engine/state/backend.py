"""The protocol of a state backend. Every backend passes the conformance suite in `tests/engine/state/`.

One partition is one account (of one endpoint); within it everything is keyed by region and stack. All methods may be
called from any thread. What a method returned has been stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from genesys_tui.engine.model.history import Attempt, ExecutionRecord, StepRecord
from genesys_tui.engine.model.resource import Fragment

HEARTBEAT_SECONDS: Final = 5.0
"""How often an execution prolongs its leases."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a partition that a stack is."""

    region: str
    stack: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All fragments of a stack by address. `version` counts the merges, from 0 for a stack never written."""

    version: int
    fragments: Mapping[str, Fragment]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lease: shown to the one who is refused."""

    execution: str
    who: str
    """`user@host, process 123`"""
    since: float
    """Unix time in seconds."""


class Backend(Protocol):
    """Fragments, history, journal, leases."""

    # fragments
    def load(self, scope: Scope) -> Snapshot: ...

    def merge(self, scope: Scope, changes: Mapping[str, Fragment | None]) -> int:
        """Lay these fragments over the stack's newest snapshot (None removes), whatever others merged meanwhile.
        Returns the new version."""

    def stacks(self) -> list[Scope]:
        """Every stack that remembers something."""

    def size(self, scope: Scope) -> int:
        """Bytes that the stack's snapshot takes as stored."""

    # history
    def begin(self, record: ExecutionRecord) -> None:
        """Store the record of an execution that is about to start, with all its steps `pending`."""

    def settle(self, execution: str, step: StepRecord, scope: Scope, changes: Mapping[str, Fragment | None]) -> None:
        """Store how a step ended, and merge what it changed, in one transaction."""

    def finish(self, record: ExecutionRecord) -> None:
        """Store the final record, free its leases, and drop its journal. Sets `undone_by` of the one it undoes."""

    def execution(self, id: str) -> ExecutionRecord | None: ...

    def history(self, limit: int = 100) -> list[ExecutionRecord]:
        """Newest first, over all regions and stacks."""

    # journal
    def intend(self, attempts: Iterable[Attempt]) -> None:
        """Record writes that are about to be sent."""

    def record(self, attempts: Iterable[Attempt]) -> None:
        """Record their outcomes."""

    def attempts(self, execution: str) -> list[Attempt]:
        """The journal of an execution, in the order of intents."""

    # leases
    def acquire(self, scope: Scope, addresses: Iterable[str], execution: str) -> None:
        """Lease all addresses or none. Raises `LockedError` that names the holder. A lease whose time is over, or whose
        process on this host is dead, is free."""

    def heartbeat(self, execution: str) -> bool:
        """Prolong the leases of an execution. False where it lost one: it must stop writing."""

    def release(self, execution: str) -> None:
        """Free all that it leased: for one that ends without a final record."""

    def interrupted(self, scope: Scope) -> list[ExecutionRecord]:
        """Executions that are `running` on record but have no living lease: their process died."""

    def close(self) -> None: ...
