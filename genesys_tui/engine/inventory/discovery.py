"""The whole account in one sweep: every kind by its bulk calls, all else through the tagging API, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.resource import Actual, Fragment
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws import tagging
from genesys_tui.engine.providers.aws.session import Session


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


Ours = Mapping[tuple[str, str], tuple[str, Fragment]]
"""What we manage: stack and fragment by kind and id."""

OnPage = Callable[[tuple[Resource, ...]], None]


def discover(session: Session, ours: Ours, on_page: OnPage | None = None) -> Inventory:
    """`on_page` is called with each page as it arrives. What can't be listed is a line in `errors`."""
    began, before = monotonic(), session.counts.calls
    resources: list[Resource] = []

    def keep(page: tuple[Actual, ...]) -> None:
        shown = tuple(_resource(actual, ours, session.region) for actual in page)
        resources.extend(shown)
        if on_page is not None and shown:
            on_page(shown)

    names = [*registry.names(), "all else"]
    readings = [registry.kind(name).discover() for name in registry.names()] + [tagging.discover()]
    answers = session.run(readings, on_found=keep)
    return Inventory(
        resources=tuple(resources),
        errors=_errors(names, answers),
        calls=session.counts.calls - before,
        seconds=monotonic() - began,
        read_at=datetime.now(UTC),
    )


def _resource(actual: Actual, ours: Ours, region: str) -> Resource:
    """Where a listing does not say the region, it is the one that was asked."""
    actual = actual if actual.region else replace(actual, region=region)
    stack, fragment = ours.get((actual.kind, actual.id), (None, None))
    if fragment is None or not fragment.owned:
        return Resource(actual)
    return Resource(actual, fragment.address, stack)


def _errors(names: Sequence[str], answers: Sequence[CallError | None]) -> tuple[str, ...]:
    return tuple(f"{name}: {error}" for name, error in zip(names, answers, strict=True) if isinstance(error, CallError))
