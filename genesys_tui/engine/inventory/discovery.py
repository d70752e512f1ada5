"""The whole account in one sweep: every kind by its bulk calls, all else through the tagging API, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Placement
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
    """`on_page` is called with each page as it arrives; a resource may come again, with more told of it. What can't be
    listed is a line in `errors`."""
    began, before = monotonic(), session.counts.calls
    sweep = _Sweep(ours, session.region, on_page)
    names = [*registry.names(), "all else"]
    place = Placement(session.region, account=session.identity().account)
    readings = [registry.kind(name).discover(place) for name in registry.names()] + [tagging.discover()]
    answers = session.run(readings, on_found=sweep.keep)
    return Inventory(
        resources=tuple(sweep.resources.values()),
        errors=_errors(names, answers),
        calls=session.counts.calls - before,
        seconds=monotonic() - began,
        read_at=datetime.now(UTC),
    )


class _Sweep:
    """What was found until now. A thing that two listings tell of is one resource."""

    def __init__(self, ours: Ours, region: str, on_page: OnPage | None) -> None:
        self.resources: dict[tuple[str, str], Resource] = {}
        self._ours = ours
        self._region = region
        self._on_page = on_page

    def keep(self, page: tuple[Actual, ...]) -> None:
        shown = tuple(self._resource(actual) for actual in page)
        self.resources.update({(item.actual.kind, item.actual.id): item for item in shown})
        if self._on_page is not None and shown:
            self._on_page(shown)

    def _resource(self, actual: Actual) -> Resource:
        key = (actual.kind, actual.id)
        known = self.resources.get(key)
        whole = _together(known.actual, actual) if known else actual
        # Where a listing does not say the region, it is the one that was asked.
        whole = whole if whole.region else replace(whole, region=self._region)
        stack, fragment = self._ours.get(key, (None, None))
        if fragment is None or not fragment.owned:
            return Resource(whole)
        return Resource(whole, fragment.address, stack)


def _together(one: Actual, other: Actual) -> Actual:
    """What two listings tell of a thing: the kind's own tells more, the tagging API more of its tags."""
    first, second = (one, other) if one.spec or one.created else (other, one)
    return replace(
        first,
        region=first.region or second.region,
        tags={**second.tags, **first.tags},
        arn=first.arn or second.arn,
        created=first.created or second.created,
    )


def _errors(names: Sequence[str], answers: Sequence[CallError | None]) -> tuple[str, ...]:
    return tuple(f"{name}: {error}" for name, error in zip(names, answers, strict=True) if isinstance(error, CallError))
