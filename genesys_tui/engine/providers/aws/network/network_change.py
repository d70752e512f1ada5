"""What a change of a network comes to: which subnets go, come, open and close. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.network import NetworkSpec, Subnet
from genesys_tui.engine.providers.aws.network.network_growth import growth
from genesys_tui.engine.providers.aws.network.network_parts import SubnetPart
from genesys_tui.engine.providers.aws.network.network_shape import (
    DEFAULT_ZONES,
    NetworkFacts,
    complete,
    first_zones,
    refuse,
)

WayOut = Literal["there", "away", "as it is"]


@dataclass(frozen=True, slots=True)
class Reshape:
    """`added` are complete, and `grown` are those of them that nobody named. A subnet that moves is removed and added.
    `way_out`: the internet gateway and its routes are to be there, to be taken away, or left."""

    removed: tuple[SubnetPart, ...]
    added: Mapping[str, Subnet]
    grown: frozenset[str]
    opened: tuple[SubnetPart, ...]
    closed: tuple[SubnetPart, ...]
    way_out: WayOut


def reshape(have: Actual, changed: NetworkSpec, facts: NetworkFacts) -> Reshape:
    """Raises GenesysError where what is asked for contradicts itself, or what is there."""
    parts = {part.key: part for part in facts.parts.subnets}
    grown = growth(have, changed, facts)
    wishes = {**(changed.subnets or {}), **grown}
    removed = tuple(part for key, part in parts.items() if key in wishes and _goes(wishes[key], part))
    kept = {key: part for key, part in parts.items() if part not in removed}
    wanted = {
        key: _moved(subnet, parts.get(key))
        for key, subnet in wishes.items()
        if subnet is not None and key not in kept and not _emptied(subnet)
    }
    named = {
        key: subnet for key, subnet in wishes.items() if subnet and key in kept and "public" in subnet.model_fields_set
    }
    opened = tuple(kept[key] for key, subnet in named.items() if subnet.public and not kept[key].public)
    closed = tuple(kept[key] for key, subnet in named.items() if not subnet.public and kept[key].public is not False)
    _check_empty(removed, facts)
    added = _placed(have, wanted, tuple(kept.values()), facts)
    public = [key for key, part in kept.items() if (part.public or part in opened) and part not in closed]
    public += [key for key, subnet in added.items() if subnet.public]
    coming = bool(opened) or any(subnet.public for subnet in added.values())
    return Reshape(removed, added, frozenset(grown), opened, closed, _way_out(changed, public, coming=coming))


def _emptied(subnet: Subnet) -> bool:
    """Every field is set, and absent: a subnet that is not to be there (any more)."""
    return subnet.model_dump(exclude_unset=True) == dict.fromkeys(Subnet.model_fields)


def _goes(subnet: Subnet | None, part: SubnetPart) -> bool:
    """Removed, or moved to another range or zone, which a subnet can't do in place."""
    if subnet is None or _emptied(subnet):
        return True
    return bool((subnet.cidr and subnet.cidr != part.cidr) or (subnet.zone and subnet.zone != part.zone))


def _moved(subnet: Subnet, part: SubnetPart | None) -> Subnet:
    """What was asked for, and else what the subnet had before it moves."""
    if part is None:
        return subnet
    public = subnet.public if "public" in subnet.model_fields_set else part.public
    return Subnet(cidr=subnet.cidr or part.cidr, zone=subnet.zone or part.zone, public=public)


def _placed(
    have: Actual, wanted: Mapping[str, Subnet], kept: tuple[SubnetPart, ...], facts: NetworkFacts
) -> dict[str, Subnet]:
    zones = sorted({part.zone for part in kept} & set(facts.zones))
    letters = zones or first_zones(min(DEFAULT_ZONES, len(facts.zones)), facts)
    taken = {part.key: IPv4Network(part.cidr) for part in kept if part.cidr}
    return complete(IPv4Network(have.provider_data["cidr"]), wanted, letters, facts, taken=taken)


def _way_out(changed: NetworkSpec, public: list[str], *, coming: bool) -> WayOut:
    if changed.has("internet") and not changed.internet:
        if changed.internet is False and public:
            refuse(
                f"`internet` is off, but these subnets are public: {', '.join(public)}",
                "make them private first, or leave `internet` on",
            )
        return "as it is" if public else "away"
    return "there" if coming or changed.internet else "as it is"


def _check_empty(removed: tuple[SubnetPart, ...], facts: NetworkFacts) -> None:
    for part in removed:
        endpoints = [
            f"the endpoint for {one.key}" for one in facts.parts.endpoints if one.ours and part.id in one.subnets
        ]
        if inside := (*facts.interfaces.get(part.id, ()), *endpoints):
            refuse(f"subnet '{part.key}' must go for that, but it holds {', '.join(inside)}", "move them out first")
