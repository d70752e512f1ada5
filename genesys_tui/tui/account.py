"""The account on the screen: who we are, what exists, and how fresh that is. It has no look of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from genesys_tui.engine.model.errors import GenesysError, NoCredentialsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from genesys_tui.engine.model.identity import Identity
    from genesys_tui.engine.model.resource import Actual
    from genesys_tui.engine.model.suggestion import Suggestion
    from genesys_tui.engine.panorama import Panorama
    from genesys_tui.engine.workspace import Inventory, Resource, Workspace
    from genesys_tui.tui.background import Background
    from genesys_tui.tui.engine import Engine

Phase = Literal["opening", "listing", "ready", "failed"]
HAYSTACK = 2_000
"""Characters of one tag that plain text is looked for in."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A resource in the table, with what filtering and sorting ask for again and again."""

    resource: Resource
    key: Hashable
    score: float
    """How safely it may be taken over; -1 where it can't be."""
    adopt: str
    """`high`, `medium` or `low`; `foreign` where another tool manages it; `ours` where it was taken over; empty where
    it can't be."""
    kind: str
    name: str
    owner: str
    region: str
    account: str
    managed: bool
    created: datetime | None
    tags: Mapping[str, str]
    haystack: str
    order: tuple[str, str, str]


def row_of(resource: Resource) -> Row:
    """What the table needs of a resource."""
    actual = resource.actual
    tags = " ".join(f"{key}={value[:HAYSTACK]}" for key, value in actual.tags.items())
    owner = _owner(resource)
    return Row(
        resource,
        (resource.account, actual.kind, actual.region, actual.id),
        resource.adoption.score if resource.adoption and not actual.of_aws else -1.0,
        _adopt(resource),
        actual.kind,
        actual.name or actual.id,
        owner,
        actual.region,
        resource.account,
        resource.managed,
        actual.created,
        actual.tags,
        f"{actual.name} {actual.kind} {actual.id} {owner} {tags}".casefold(),
        (actual.kind, actual.name.casefold(), actual.id),
    )


def _owner(resource: Resource) -> str:
    """`shop` (a stack of ours), `cdk · CDKToolkit`, `aws`; empty where nobody is known."""
    owner = resource.owner
    if resource.stack:
        return resource.stack
    if resource.actual.of_aws or (owner and owner.tool == "aws"):
        return "aws"
    if owner is None:
        return ""
    return f"{owner.tool} · {owner.id}" if owner.id else owner.tool


def _adopt(resource: Resource) -> str:
    if resource.adopted:
        return "ours"
    if resource.adoption is None or resource.actual.of_aws:
        return ""
    return "foreign" if resource.owner else resource.adoption.confidence


class Account:
    """Opens the workspace and reads the account, beside the screen. `changed` is called on the screen's thread after
    every change, `listed` when the whole account was read."""

    def __init__(
        self, engine: Engine, background: Background, changed: Callable[[], None], listed: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._background = background
        self._changed = changed
        self._told_listed = listed
        self._lock = threading.Lock()
        self._pages: list[Row] = []
        self._generation = 0
        self.panorama: Panorama | None = None
        self.identity: Identity | None = None
        self.rows: dict[Hashable, Row] = {}
        self.inventory: Inventory | None = None
        """The last complete listing."""
        self.errors: tuple[str, ...] = ()
        self.error: GenesysError | None = None
        self.phase: Phase = "opening"
        self.revision = 0
        """Counts the changes of `rows`."""
        self.demo = False
        self.read_at = 0.0
        """`time.monotonic()` of the last complete listing; 0 for none."""
        self.recalled: datetime | None = None
        """When what is shown was read by an earlier start; None once this one has read it."""

    @property
    def workspace(self) -> Workspace | None:
        """Where plans are made: the first of the places that are looked at."""
        return self.panorama.home if self.panorama else None

    @property
    def beside(self) -> int:
        """How many accounts and regions are looked at beside the one that is worked in."""
        return self.panorama.beside if self.panorama else 0

    @property
    def unconfigured(self) -> bool:
        """There are no credentials, or it is not said which region: nothing can be looked at."""
        return self.phase == "failed" and isinstance(self.error, NoCredentialsError | UsageError) and not self.rows

    @property
    def stale(self) -> bool:
        """What is shown is older than the last attempt to read it."""
        return self.phase == "failed" and bool(self.rows)

    def connect(self, *, demo: bool, ready: Callable[[], None]) -> None:
        """Open the workspace (or start the demo account); `ready` is called once there is one."""
        self.phase, self.error, self.demo, self.identity = "opening", None, demo, None
        self.rows = {}
        self.revision += 1
        self._generation += 1

        def opened(panorama: Panorama) -> None:
            self.panorama = panorama
            self._background.run(panorama.cached_inventory, self._recalled, lambda _: None)
            self._background.run(panorama.home.identity, self._identified, self._failed)
            self.refresh()
            ready()

        self._changed()
        self._background.run(self._engine.open_demo if demo else self._engine.open, opened, self._failed)

    def refresh(self) -> None:
        """Read the account. While it is being read already, nothing more happens."""
        if self.panorama is None or self.phase == "listing":
            return
        self.phase, self.error = "listing", None
        self._generation += 1
        mine, panorama = self._generation, self.panorama

        def work() -> tuple[Inventory, list[Row]]:
            inventory = panorama.inventory(lambda page: self._on_page(mine, page))
            return inventory, [row_of(resource) for resource in inventory.resources]

        self._background.run(work, lambda result: self._listed(mine, *result), self._failed)
        self._changed()

    def details(self, row: Row) -> Actual | None:
        """Blocks: for a thread."""
        return self.panorama.details(row.resource) if self.panorama else None

    def suggestions(self, row: Row, actual: Actual | None) -> tuple[Suggestion, ...]:
        """With what the details tell, where they were read. For a thread: the first may load much."""
        from genesys_tui.engine.workspace import suggestions_of

        return row.resource.suggestions if actual is None else suggestions_of(row.resource, actual)

    def _on_page(self, generation: int, page: Iterable[Resource]) -> None:
        """From another thread: pages that arrive faster than they are drawn are drawn together."""
        rows = [row_of(resource) for resource in page]
        with self._lock:
            first = not self._pages
            self._pages += rows
        if first:
            self._background.deliver(lambda: self._take_pages(generation))

    def _take_pages(self, generation: int) -> None:
        with self._lock:
            rows, self._pages = self._pages, []
        if generation == self._generation:
            self.rows.update((row.key, row) for row in rows)
            self.revision += 1
            self._changed()

    def _listed(self, generation: int, inventory: Inventory, rows: list[Row]) -> None:
        if generation != self._generation:
            return
        self.rows = {row.key: row for row in rows}
        self.revision += 1
        self.inventory = inventory
        self.errors, self.phase, self.read_at = inventory.errors, "ready", time.monotonic()
        self.recalled = None
        self._changed()
        self._told_listed()

    def _recalled(self, inventory: Inventory | None) -> None:
        """What an earlier start saw is shown until this one has seen for itself."""
        if inventory is None or self.rows or self.phase != "listing":
            return
        self.rows = {row.key: row for row in map(row_of, inventory.resources)}
        self.recalled = inventory.read_at
        self.revision += 1
        self._changed()

    def _identified(self, identity: Identity) -> None:
        self.identity = identity
        self._changed()

    def _failed(self, error: GenesysError) -> None:
        self.error, self.phase = error, "failed"
        self._changed()
