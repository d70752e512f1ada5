"""The one door of the engine: an account, a region and a stack; what is there, a plan, apply, undo, history.

Front ends call nothing else. Every method blocks and may be called from any thread: a screen calls them from threads of
its own. Only `apply` changes a cloud; all else runs on a read-only session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from genesys_tui.engine.model.events import Event
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.identity import Identity
from genesys_tui.engine.model.kind import Fields
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Actual, Wish


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to work. None: as boto3 finds it (environment, config files). `home`: where state is kept."""

    profile: str | None = None
    region: str | None = None
    stack: str | None = None
    endpoint: str | None = None
    read_only: bool = False
    home: Path | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing in the account as the inventory shows it. `kind` is a registered kind, or AWS's own type such as
    `lambda:function` for what has none yet. `stack`: the stack of ours that remembers it; None: not managed by us."""

    actual: Actual
    address: str | None = None
    stack: str | None = None

    @property
    def managed(self) -> bool:
        return self.address is not None


@dataclass(frozen=True, slots=True)
class Inventory:
    """What exists. `errors`: one line for each part that could not be read; the rest is complete."""

    resources: tuple[Resource, ...]
    errors: tuple[str, ...]
    calls: int
    seconds: float
    read_at: datetime


class Execution:
    """A running apply. It goes on in threads of its own, whoever watches."""

    id: str

    def events(self) -> Iterator[Event]:
        """Blocks for each next event; ends after `Finished`. May be left at any time."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Send no further call. What is in flight is waited for and recorded."""
        raise NotImplementedError

    def wait(self) -> ExecutionRecord:
        raise NotImplementedError


class Workspace:
    """`Workspace(settings)` opens nothing yet: the first method that needs the account asks it who we are."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def identity(self) -> Identity:
        """One STS call, remembered. Raises `NoCredentialsError`."""
        raise NotImplementedError

    def inventory(self, on_page: Callable[[tuple[Resource, ...]], None] | None = None) -> Inventory:
        """List the account. `on_page` is called with each page as it arrives, from another thread."""
        raise NotImplementedError

    def details(self, resource: Resource, fields: Fields | None = None) -> Actual | None:
        """Read all (or these) fields of one resource; None where it is gone."""
        raise NotImplementedError

    def plan(self, wish: Wish, *, refresh: bool = True) -> Plan:
        """Preview. `refresh=False` takes what was read before, where it was."""
        raise NotImplementedError

    def plan_destroy(self, stack: str | None = None, addresses: tuple[str, ...] = ()) -> Plan:
        """Preview the deletion of all (or these addresses) that a stack owns."""
        raise NotImplementedError

    def plan_undo(self, execution: str | None = None) -> Plan:
        """Preview the undo of an execution; None: of the last one that is not undone and is no undo."""
        raise NotImplementedError

    def apply(self, plan: Plan) -> Execution:
        """Start it. Raises `BlockedError`, `LockedError` or `MovedError` before anything is sent."""
        raise NotImplementedError

    def history(self, limit: int = 100) -> list[ExecutionRecord]:
        raise NotImplementedError

    def cancel(self) -> None:
        """Let every read that is under way end at once (they raise `CallError` of failure `cancelled`)."""
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
