"""What a stack file would make and what is likely there already under another name. It is offered; and where adopting
was asked for it is planned to be taken over, each as a step in doubt."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from genesys_tui.engine.inventory.matching import Match, Want, matches
from genesys_tui.engine.inventory.observe import Subject
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.plan import Finding, Plan
from genesys_tui.engine.model.resource import Actual, Fragment, Wish
from genesys_tui.engine.planner.decide import Decision, fields_to_read
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws import tagging
from genesys_tui.engine.providers.aws.session import Session

Matches = Mapping[str, Match]
"""By address."""

_COMPARED: Final = frozenset({"create", "adopt", "taken"})
"""What of a stack file may be something that nobody manages yet."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What is there of some kinds. `unread`: kinds that could not be listed, and why."""

    actuals: tuple[Actual, ...]
    unread: Mapping[str, CallError]


def making(decided: Sequence[Decision], wish: Wish) -> list[Decision]:
    """What entries of the file itself would make anew: not what others bring along, nor what was there once."""
    written = {one.address for one in wish.resources}
    return [item for item in decided if item.verdict == "create" and item.fragment is None and item.address in written]


def listed(session: Session, kinds: Collection[str], place: Placement) -> Listing:
    """All there is of these kinds now, with its tags."""
    names = sorted(kinds)
    pages: list[Actual] = []
    readings: list[Reading[Any]] = [*(registry.kind(name).discover(place) for name in names), tagging.discover()]
    answers = session.run(readings, on_found=pages.extend)
    tags = {one.arn: one.tags for one in pages if one.kind not in kinds}
    found = {(one.kind, one.id): one for one in pages if one.kind in kinds}
    return Listing(
        tuple(replace(one, tags={**tags.get(one.arn, {}), **one.tags}) for one in found.values()),
        {name: answer for name, answer in zip(names, answers, strict=False) if isinstance(answer, CallError)},
    )


def likely(decided: Sequence[Decision], made: Sequence[Decision], there: Sequence[Actual]) -> dict[str, Match]:
    """For what is made: each thing that is there is meant by at most one. `there`: what nobody of ours manages."""
    if not made or not there:
        return {}
    compared = [item for item in decided if item.verdict in _COMPARED]
    wanted = [Want(item.address, item.kind.name, item.name, item.wanted.spec) for item in compared]
    addresses = {item.address for item in made}
    found = matches(wanted, there)
    return {address: match for address, match in found.items() if address in addresses and not match.exact}


def takeable(found: Matches, wish: Wish) -> dict[str, Match]:
    """Those of a file's own entries that may be taken over under another name. What brings others along names them
    after itself: that keeps the name of its entry."""
    alone = {
        one.address
        for one in wish.resources
        if len(registry.kind(one.kind).companions(replace(one, adopt=True), None)) == 1
    }
    return {address: match for address, match in found.items() if address in alone}


def to_take(found: Matches, wish: Wish) -> dict[str, Match]:
    """Those of them for which adopting was asked."""
    asked = {one.address for one in wish.resources if one.adopt}
    return {address: match for address, match in takeable(found, wish).items() if address in asked}


def subjects(wish: Wish, found: Matches, region: str) -> list[Subject]:
    """To look at what would be taken over, each by its id: names may be borne by several."""
    return [
        Subject(
            desired.address,
            kind := registry.kind(desired.kind),
            match.actual.name,
            fields_to_read(kind, desired, None),
            Fragment(desired.address, desired.kind, match.actual.name, match.actual.id, region, {}),
        )
        for desired in wish.resources
        if (match := found.get(desired.address)) is not None
    ]


def as_taken(wish: Wish, found: Matches) -> Wish:
    """The same wish, in which these are called as what they are."""
    return replace(
        wish,
        resources=tuple(
            replace(one, name=found[one.address].actual.name) if one.address in found else one for one in wish.resources
        ),
    )


def fitting(decided: Sequence[Decision], found: Matches) -> dict[str, Match]:
    """Those that can be what is wanted: what would have to be made anew for it is another thing."""
    fit = {
        item.address
        for item in decided
        if item.verdict == "adopt" and not any(change.path[0] in item.kind.create_only for change in item.changes)
    }
    return {address: match for address, match in found.items() if address in fit}


def findings(wish: Wish, found: Matches, taken: Collection[str]) -> Iterator[Finding]:
    """What is likely meant, whether it is taken over, and how it could be."""
    offered = takeable(found, wish).keys() - to_take(found, wish).keys()
    for address, match in found.items():
        name = match.actual.name
        message = f"{match.actual.kind} '{name}' looks like it ({in_words(match)}); this would make another one"
        by_name = f"to take it over, name the entry '{name}' and ask for what it is"
        by_flag = "--adopt takes it over under the name it has, once its address is typed"
        if address in taken:
            message = f"{match.actual.kind} '{name}' is taken over as it, for it looks like it ({in_words(match)})"
            yield Finding(
                "warning", address, message, "if it is another thing, plan without adopting: one is made anew"
            )
        else:
            yield Finding("warning", address, message, by_flag if address in offered else by_name)


def unlisted(listing: Listing) -> Iterator[Finding]:
    """Where it can't be known what is there under another name."""
    for kind, error in listing.unread.items():
        yield Finding("warning", kind, f"what is there under other names is not known: {error}", error.todo)


def in_words(match: Match) -> str:
    """`0.87: its name is acme-prod-uploads`"""
    return f"{match.score:.2f}: {'; '.join(match.why)}"


def with_doubts(plan: Plan, taken: Matches) -> Plan:
    """The steps that take over what has another name say why they want a typed confirmation."""
    steps = (
        replace(step, doubt="; ".join(filter(None, (_doubt(taken[step.address]), step.doubt))))
        if step.action == "adopt" and step.address in taken
        else step
        for step in plan.steps
    )
    return replace(plan, steps=tuple(steps))


def _doubt(match: Match) -> str:
    return f"{match.actual.kind} '{match.actual.name}' has another name and only looks like it ({in_words(match)})"
