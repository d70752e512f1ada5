"""Which subnets a network is cut into, and where they lie. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from itertools import combinations, count
from typing import NoReturn

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.network import NetworkSpec, Subnet
from genesys_tui.engine.providers.aws.network.addressing import cut, free_network, smallest_for
from genesys_tui.engine.providers.aws.network.network_parts import NO_PARTS, Parts
from genesys_tui.engine.providers.aws.quotas import Quota

DEFAULT_ZONES = 2


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What was read at plan time. `zones`: names by letter. `taken`: the ranges of all networks of the region.
    `parts`: those of the network that is there. `interfaces`: what is in its subnets, in words, by subnet id. `others`:
    what else is in it, in words, before a delete. `default`: the account's default network, where it may be used.
    `quota`: how many networks the region has room for, where that is known."""

    zones: Mapping[str, str] = field(default_factory=dict)
    taken: tuple[IPv4Network, ...] = ()
    parts: Parts = NO_PARTS
    interfaces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    default: Actual | None = None
    quota: Quota | None = None


def filled(want: NetworkSpec, facts: NetworkFacts, siblings: Iterable[NetworkSpec]) -> NetworkSpec:
    """`want` with its range, its subnets and its way out all decided. `zones` and `private` stay as asked: the subnets
    say the same, and more."""
    internet = bool(want.internet) if want.has("internet") else True
    asked = _asked_subnets(want, facts)
    wanted = default_subnets(want, facts, internet) if asked is None else asked
    if not internet and any(subnet.public for subnet in wanted.values()):
        refuse("public subnets need the internet", "set `internet` to true, or `public` of the subnets to false")
    whole = _whole(want, facts, siblings)
    letters = first_zones(want.zones or min(DEFAULT_ZONES, len(facts.zones)), facts)
    subnets = complete(whole, wanted, letters, facts, taken={})
    _check_agreement(want, subnets)
    return NetworkSpec.of(
        {
            **want.document,
            "cidr": str(whole),
            "internet": internet,
            "subnets": {key: subnet.model_dump() for key, subnet in subnets.items()},
        }
    )


def default_subnets(want: NetworkSpec, facts: NetworkFacts, internet: bool) -> dict[str, Subnet]:
    """A public and a private one in each zone."""
    letters = first_zones(want.zones or min(DEFAULT_ZONES, len(facts.zones)), facts)
    sides = [side for side, there in (("public", internet), ("private", want.private is not False)) if there]
    if not sides:
        refuse("neither private nor public subnets are left", "leave `private` or `internet` on, or name the subnets")
    return {f"{side}-{letter}": Subnet(zone=letter, public=side == "public") for side in sides for letter in letters}


def first_zones(number: int, facts: NetworkFacts) -> list[str]:
    """The letters of the first zones of the region."""
    letters = sorted(facts.zones)
    if not letters:
        refuse("the region has no availability zone that this account may use", "choose another region")
    if number > len(letters):
        refuse(
            f"{number} zones are asked for, and there are {len(letters)} here ({', '.join(letters)})",
            f"ask for at most {len(letters)}",
        )
    return letters[:number]


def complete(
    whole: IPv4Network,
    wanted: Mapping[str, Subnet],
    letters: Sequence[str],
    facts: NetworkFacts,
    *,
    taken: Mapping[str, IPv4Network],
) -> dict[str, Subnet]:
    """Every subnet with a zone and a range that overlaps neither another one's nor one of `taken` (subnets that are
    there, by key). The public ones without a zone go round the zones, and so do the private ones."""
    given = {key: IPv4Network(subnet.cidr) for key, subnet in wanted.items() if subnet.cidr}
    _check_ranges(whole, given, taken)
    missing = [key for key in wanted if key not in given]
    parts = cut(whole, len(missing), [*given.values(), *taken.values()])
    if parts is None:
        refuse(
            f"{len(wanted)} subnets do not fit into {whole}",
            f"take a range of /{max(16, smallest_for(len(wanted) + len(taken)))} or larger, or fewer subnets",
        )
    ranges = given | dict(zip(missing, parts, strict=True))
    turns = {True: count(), False: count()}
    done: dict[str, Subnet] = {}
    for key, subnet in wanted.items():
        zone = subnet.zone or letters[next(turns[bool(subnet.public)]) % len(letters)]
        if zone not in facts.zones:
            refuse(f"subnet '{key}' wants zone {zone!r}", f"the zones here are {', '.join(sorted(facts.zones))}")
        done[key] = Subnet(cidr=str(ranges[key]), zone=zone, public=bool(subnet.public))
    return done


def _asked_subnets(want: NetworkSpec, facts: NetworkFacts) -> dict[str, Subnet] | None:
    """The subnets that were named; None where none were. When a network moves to another range, those that only carry
    the range they had in the old one are given a new one."""
    if want.subnets is None:
        return None
    was = {part.key: part.cidr for part in facts.parts.subnets}
    asked: dict[str, Subnet] = {}
    for key, subnet in want.subnets.items():
        if subnet is None:
            continue
        moved = subnet.cidr and subnet.cidr == was.get(key) and not _inside(subnet.cidr, want.cidr)
        asked[key] = subnet.model_copy(update={"cidr": None}) if moved else subnet
    return asked


def _inside(cidr: str, whole: str | None) -> bool:
    return whole is None or IPv4Network(cidr).subnet_of(IPv4Network(whole))


def _whole(want: NetworkSpec, facts: NetworkFacts, siblings: Iterable[NetworkSpec]) -> IPv4Network:
    if want.cidr:
        return IPv4Network(want.cidr)
    found = free_network([*facts.taken, *(IPv4Network(sibling.cidr) for sibling in siblings if sibling.cidr)])
    if found is None:
        refuse("every private range is taken by another network of the region", "choose one yourself with `cidr`")
    return found


def _check_ranges(whole: IPv4Network, given: Mapping[str, IPv4Network], taken: Mapping[str, IPv4Network]) -> None:
    for key, network in given.items():
        if not network.subnet_of(whole):
            refuse(f"subnet '{key}' ({network}) lies outside the network ({whole})", f"give it a part of {whole}")
        if other := next((name for name, there in taken.items() if network.overlaps(there)), None):
            refuse(
                f"subnet '{key}' ({network}) overlaps subnet '{other}', which is there", "give it a range of its own"
            )
    for (one, left), (other, right) in combinations(given.items(), 2):
        if left.overlaps(right):
            refuse(f"subnets '{one}' ({left}) and '{other}' ({right}) overlap", "give each a range of its own")


def _check_agreement(want: NetworkSpec, subnets: Mapping[str, Subnet]) -> None:
    """What was asked of `zones` and `private` must hold of the subnets that were named."""
    zones = {subnet.zone for subnet in subnets.values()}
    if want.zones and subnets and len(zones) != want.zones:
        refuse(f"`zones` is {want.zones}, but the subnets lie in {len(zones)}", "leave `zones` out, or name others")
    private = [key for key, subnet in subnets.items() if not subnet.public]
    if want.private is False and private:
        refuse(f"`private` is off, but subnet '{private[0]}' is private", "leave `private` out, or make it public")
    if want.private and not private:
        refuse("`private` is on, but no subnet is private", "leave `private` out, or name a private subnet")


def refuse(why: str, todo: str) -> NoReturn:
    raise GenesysError("The network can't be as it is asked for", why=why, todo=todo)
