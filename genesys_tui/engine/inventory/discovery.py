"""The whole account in one sweep: every kind by its bulk calls, all else through the tagging API, side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from genesys_tui.engine.inventory.stacks import Known, read_stacks
from genesys_tui.engine.inventory.usage import Usage, free_addresses, read_balancers, read_groups
from genesys_tui.engine.model.adoption import Adoption
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.owner import CloudStack, Owner
from genesys_tui.engine.model.resource import Actual, Fragment
from genesys_tui.engine.model.suggestion import Suggestion
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws import tagging
from genesys_tui.engine.providers.aws.session import Session


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing in the account as the inventory shows it. `kind` is a registered kind, or AWS's own type such as
    `lambda:function` for what has none yet. `stack`: the stack of ours that remembers it; None: not managed by us.
    `account`: whose it is. `owner`: who manages it, as far as signs tell; `adoption`: how safely it may be taken over
    (both only once all was listed)."""

    actual: Actual
    address: str | None = None
    stack: str | None = None
    account: str = ""
    owner: Owner | None = None
    adoption: Adoption | None = None
    adopted: bool = False
    """Whether it is ours because it was taken over."""
    suggestions: tuple[Suggestion, ...] = ()
    """What would be better, as far as the listings tell."""

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
    stacks: tuple[tuple[CloudStack, str], ...] | None = None
    """CloudFormation's, each with the time of its last change; None where they could not be listed."""
    usage: Usage = field(default_factory=Usage)
    """Who uses what, beyond the resources themselves."""


Ours = Mapping[tuple[str, str], tuple[str, Fragment]]
"""What we manage: stack and fragment by kind and id."""

OnPage = Callable[[tuple[Resource, ...]], None]


def discover(
    session: Session,
    ours: Ours,
    on_page: OnPage | None = None,
    *,
    global_kinds: bool = True,
    known: Known = lambda _id, _changed: None,
) -> Inventory:
    """`on_page` is called with each page as it arrives; a resource may come again, with more told of it. What can't be
    listed is a line in `errors`. `global_kinds`: with those that are told alike in every region. `known`: stacks
    of CloudFormation as they were read before."""
    began, before = monotonic(), session.counts.calls
    place = Placement(session.region, account=session.identity().account)
    sweep = _Sweep(ours, place, on_page)
    kinds = [kind for kind in map(registry.kind, registry.names()) if global_kinds or not kind.everywhere]
    beside: dict[str, Reading[Any]] = {
        "all else": tagging.discover(),
        "addresses": free_addresses(place),
        "network interfaces": read_groups(),
        "target groups": read_balancers(),
        "stacks": read_stacks(known),
    }
    names = [*(kind.name for kind in kinds), *beside]
    readings: list[Reading[Any]] = [*(kind.discover(place) for kind in kinds), *beside.values()]
    answers = session.run(readings, on_found=sweep.keep)
    sweep.finish({name for name, answer in zip(names, answers, strict=True) if not isinstance(answer, CallError)})
    groups, balancers, stacks = (None if isinstance(one, CallError) else one for one in answers[-3:])
    return Inventory(
        resources=tuple(sweep.resources.values()),
        errors=_errors(names, answers),
        calls=session.counts.calls - before,
        seconds=monotonic() - began,
        read_at=datetime.now(UTC),
        stacks=None if stacks is None else tuple(stacks),
        usage=Usage(groups, balancers),
    )


class _Sweep:
    """What was found until now. What the tagging API tells of a thing that a kind lists too completes its tags; what no
    kind lists is shown as the API tells it, at the end."""

    def __init__(self, ours: Ours, place: Placement, on_page: OnPage | None) -> None:
        self.resources: dict[tuple[str, str], Resource] = {}
        self._by_arn: dict[str, tuple[str, str]] = {}
        self._told: list[Actual] = []
        self._kinds = frozenset(registry.names())
        self._ours = ours
        self._place = place
        self._on_page = on_page

    def keep(self, page: tuple[Actual, ...]) -> None:
        self._told += [actual for actual in page if actual.kind not in self._kinds]
        self._show([self._resource(actual) for actual in page if actual.kind in self._kinds])

    def finish(self, listed: Collection[str]) -> None:
        """What only the tagging API told; not what one of the kinds `listed` would have told, were it there still."""
        told = sorted(self._told, key=lambda actual: bool(actual.provider_data))  # what tells more, last
        known = [(actual, self._by_arn.get(actual.arn)) for actual in told]
        for actual, key in known:
            if key is not None:
                there = self.resources[key]
                tags = {**actual.tags, **there.actual.tags}
                self.resources[key] = replace(there, actual=replace(there.actual, tags=tags))
        self._show(
            [
                self._resource(actual)
                for actual, key in known
                if key is None and tagging.LISTED.get(actual.kind) not in listed
            ]
        )

    def _show(self, resources: list[Resource]) -> None:
        for item in resources:
            key = (item.actual.kind, item.actual.id)
            self.resources[key] = item
            if item.actual.arn:
                self._by_arn[item.actual.arn] = key
        if self._on_page is not None and resources:
            self._on_page(tuple(resources))

    def _resource(self, actual: Actual) -> Resource:
        # Where a listing does not say the region, it is the one that was asked.
        whole = actual if actual.region else replace(actual, region=self._place.region)
        stack, fragment = self._ours.get((actual.kind, actual.id), (None, None))
        if fragment is None or not fragment.owned:
            return Resource(whole, account=self._place.account)
        return Resource(whole, fragment.address, stack, self._place.account, adopted=fragment.adopted)


def from_cache(actuals: Sequence[Actual], ours: Ours, place: Placement, read_at: datetime) -> Inventory:
    """What an earlier sweep saw, with what is ours today."""
    sweep = _Sweep(ours, place, None)
    sweep.keep(tuple(actuals))
    sweep.finish(registry.names())
    return Inventory(tuple(sweep.resources.values()), (), 0, 0.0, read_at)


def _errors(names: Sequence[str], answers: Sequence[CallError | None]) -> tuple[str, ...]:
    """One line for each reason, with all kinds that failed so."""
    failed: dict[str, list[str]] = {}
    for name, error in zip(names, answers, strict=True):
        if isinstance(error, CallError):
            denied = error.failure == "denied"
            reason = "access denied" if denied else str(error)
            failed.setdefault(reason, []).append(f"{name} ({error.call})" if denied else name)
    return tuple(f"{', '.join(several)}: {reason}" for reason, several in failed.items())
