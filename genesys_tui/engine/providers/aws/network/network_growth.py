"""What a new number of `zones`, or a new `private`, means for a network that is there. Pure.

More is made of subnets that are named as in a new network. Less takes away only what was added so: a subnet that was
asked for by name, or made with the network, is remembered by its name and goes by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count

from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.network import NetworkSpec, Subnet
from genesys_tui.engine.providers.aws.network.network_shape import NetworkFacts, first_zones, refuse
from genesys_tui.engine.providers.aws.network.network_told import counted

Wishes = dict[str, Subnet | None]
"""Subnets by key; None is to go."""


def growth(have: Actual, changed: NetworkSpec, facts: NetworkFacts) -> Wishes:
    """The subnets that come and go with `zones` and `private`, beyond those that `changed` names."""
    there = _after(have, changed, facts)
    grown = {part.key for part in facts.parts.subnets if part.grown}
    wishes: Wishes = {}
    if changed.zones:
        wishes |= _for_zones(changed.zones, there, grown, facts)
    if changed.private is not None:
        wishes |= _for_private(changed.private, there, grown)
    return wishes


def _after(have: Actual, changed: NetworkSpec, facts: NetworkFacts) -> dict[str, Subnet]:
    """The subnets that count (in a network of ours, only our own), as they are once those named are changed."""
    there = {part.key: Subnet(zone=part.zone, public=bool(part.public)) for part in counted(have, facts.parts)}
    for key, subnet in (changed.subnets or {}).items():
        if subnet is None:
            there.pop(key, None)
        else:
            said = subnet.model_dump(exclude_unset=True, exclude_none=True)
            there[key] = there.get(key, Subnet()).model_copy(update=said)
    return there


def _for_zones(number: int, there: Mapping[str, Subnet], grown: set[str], facts: NetworkFacts) -> Wishes:
    used = sorted({subnet.zone for subnet in there.values() if subnet.zone})
    if number >= len(used):
        available = first_zones(max(number, len(facts.zones)), facts)
        more = [letter for letter in available if letter not in used][: number - len(used)]
        sides = sorted({bool(subnet.public) for subnet in there.values()} or {True, False}, reverse=True)
        return {_free_key(side, letter, there): Subnet(zone=letter, public=side) for side in sides for letter in more}
    wishes: Wishes = {}
    for letter in reversed(used):
        keys = [key for key, subnet in there.items() if subnet.zone == letter]
        if number < len(used) and grown.issuperset(keys):
            wishes |= dict.fromkeys(keys)
            used.remove(letter)
    if number < len(used):
        _by_name(f"`zones` is {number}, but there are subnets in {len(used)}: {', '.join(sorted(there))}")
    return wishes


def _for_private(wanted: bool, there: Mapping[str, Subnet], grown: set[str]) -> Wishes:
    private = [key for key, subnet in there.items() if not subnet.public]
    if wanted and not private:
        letters = sorted({subnet.zone for subnet in there.values() if subnet.zone})
        return {_free_key(False, letter, there): Subnet(zone=letter, public=False) for letter in letters}
    if private and not wanted:
        if not grown.issuperset(private):
            _by_name(f"`private` is off, but these subnets are private: {', '.join(private)}")
        return dict.fromkeys(private)
    return {}


def _free_key(public: bool, letter: str, there: Mapping[str, Subnet]) -> str:
    """`public-c`, or `public-c-2` where that name is taken."""
    key = f"{'public' if public else 'private'}-{letter}"
    return next(name for name in chain((key,), (f"{key}-{n}" for n in count(2))) if name not in there)


def _by_name(why: str) -> None:
    refuse(why, "say which subnets go, by name (`name: null`), or keep the number as it is")
