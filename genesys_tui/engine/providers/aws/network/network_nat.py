"""The way out of private subnets: NAT gateways, the route tables that lead to them, and who uses which. Pure.

`single`: one for all. `per-zone`: one in each zone that has private subnets, so that a zone that fails takes nobody
else with it. What is new comes first and is used before what was there goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.providers.aws.network import network_calls as ec2
from genesys_tui.engine.providers.aws.network import network_nat_calls as nat
from genesys_tui.engine.providers.aws.network.network_parts import (
    NO_PARTS,
    PRIVATE_ROUTES,
    AddressPart,
    NatPart,
    Parts,
    SubnetPart,
    TablePart,
)
from genesys_tui.engine.providers.aws.network.network_shape import refuse


@dataclass(frozen=True, slots=True)
class Standing:
    """A subnet as it is once all else is done to it. `association`, `table`: its own, as in `SubnetPart`. `served`: its
    traffic goes to a NAT gateway by a table that is not ours."""

    key: str
    id: ec2.Id
    zone: str
    public: bool
    association: str | None = None
    table: str | None = None
    served: bool = False


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a wish for NAT comes to: the lines that make it, and those that take away what it needs no more; between
    the two others may let go of the tables. `tables`: ours that come, and (`leaving`) the ids of those that go.
    `hosts`: the ids of subnets that can't go before what is taken away has left them."""

    making: tuple[Line, ...] = ()
    taking: tuple[Line, ...] = ()
    tables: tuple[ec2.Id, ...] = ()
    leaving: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()


def way_out(
    site: ec2.Site, mode: str, subnets: Sequence[Standing], parts: Parts = NO_PARTS, removed: Sequence[SubnetPart] = ()
) -> WayOut:
    """`mode`: off, single or per-zone. `removed`: the subnets that go. Raises GenesysError for what can't be."""
    making: list[Line] = []
    routes: list[Line] = []
    coming: list[ec2.Id] = []
    kept: set[str] = set()
    stays = {one.association for one in subnets} | {part.association for part in removed}
    hosts = _hosts(mode, subnets)
    for key, host in hosts.items():
        there = _our_nat(parts, key, subnets)
        address = None if there else _free_address(parts, key)
        table = next((one for one in parts.tables if one.key == _table_key(key)), None)
        served = [one for one in subnets if not one.public and key in ("nat", f"nat-{one.zone}")]
        joining = [one for one in served if _joins(one, table, parts)]
        making += [] if there else [_made(site, key, host, address)]
        routes += _routed(site, key, there, table, joining)
        coming += [] if table else [nat.table_output(_table_key(key))]
        stays -= {one.association for one in joining}
        kept |= {there.id} if there else {address.id} if address else set()
    leaving = [one for one in parts.tables if _is_private(one) and one.key not in map(_table_key, hosts)]
    return WayOut(
        (*making, *routes),
        (*_routes_taken(leaving, stays), *_taken(parts, kept, "What is not there costs nothing")),
        tuple(coming),
        tuple(table.id for table in leaving),
        frozenset(one.subnet for one in parts.nats if one.key and one.id not in kept),
    )


def ours(parts: Parts) -> str:
    """What there is of ours, as a wish."""
    keys = {part.key for part in parts.nats if part.key and part.works}
    return "off" if not keys else "single" if keys == {"nat"} else "per-zone"


def check_off(parts: Parts) -> None:
    """What others made is not taken away. Raises GenesysError."""
    used = {part.nat for part in parts.subnets}
    theirs = [one.id for one in parts.nats if one.works and not one.key and one.id in used]
    if theirs:
        refuse(
            f"`nat` is off, but {', '.join(theirs)} serves it, which Genesys did not make",
            "delete it yourself first, or leave `nat` out",
        )


def gone(parts: Parts) -> Iterator[Line]:
    """All of it taken away, before the network itself goes. The tables go with the network's others."""
    return _taken(parts, set(), "They are parts of the network")


def _hosts(mode: str, subnets: Sequence[Standing]) -> dict[str, Standing]:
    """By the key of each NAT gateway, the public subnet that it stands in."""
    if mode == "off":
        return {}
    private = sorted({one.zone for one in subnets if not one.public})
    public = sorted((one for one in subnets if one.public), key=lambda one: (one.zone, one.key))
    if not private:
        refuse("`nat` serves private subnets, and none is private", "leave `nat` out, or add a private subnet")
    if not public:
        refuse("a NAT gateway stands in a public subnet, and none is public", "leave `nat` out, or add a public subnet")
    if mode == "single":
        return {"nat": public[0]}
    found: dict[str, Standing] = {}
    for zone in private:
        here = [one for one in public if one.zone == zone]
        if not here:
            refuse(
                f"`nat` per zone needs a public subnet in zone {zone}, which has private ones only",
                f"add a public subnet in zone {zone}, or take `nat: single`",
            )
        found[f"nat-{zone}"] = here[0]
    return found


def _table_key(key: str) -> str:
    return PRIVATE_ROUTES + key.removeprefix("nat")


def _is_private(table: TablePart) -> bool:
    return table.key.startswith(PRIVATE_ROUTES)


def _our_nat(parts: Parts, key: str, subnets: Sequence[Standing]) -> NatPart | None:
    found = next((one for one in parts.nats if one.key == key and one.works), None)
    if found and not any(one.id == found.subnet and one.public for one in subnets):
        refuse(
            f"the network's NAT gateway {found.id} stands in a subnet that is to go or to be private",
            "set `nat` to off first, then plan the subnets, then turn it on again",
        )
    return found


def _free_address(parts: Parts, key: str) -> AddressPart | None:
    return next((one for one in parts.addresses if one.key == key and one.free), None)


def _joins(subnet: Standing, table: TablePart | None, parts: Parts) -> bool:
    """Whether it is still to be given this table."""
    if table and subnet.table == table.id:
        return False
    own = next((one for one in parts.tables if one.id == subnet.table), None)
    if own and not own.ours and not subnet.served:
        refuse(
            f"subnet '{subnet.key}' has a route table of its own ({own.id}), which Genesys did not make",
            f"add a default route to it yourself, or disassociate {own.id} from it",
        )
    return own is None or own.ours


def _made(site: ec2.Site, key: str, host: Standing, address: AddressPart | None) -> Line:
    take = () if address else (nat.allocate_address(site, key),)
    id: ec2.Id = address.id if address else nat.address_output(key)
    return Line(
        f"Create a NAT gateway in subnet '{host.key}'",
        "Private subnets reach the internet through it, and nobody reaches them; it costs $0.045 an hour and per GB",
        (*take, nat.create_nat(site, key, host.id, id)),
    )


def _routed(
    site: ec2.Site, key: str, there: NatPart | None, table: TablePart | None, joining: Sequence[Standing]
) -> Iterator[Line]:
    """The table that leads to it, and the subnets that are to use it."""
    nat_id: ec2.Id = there.id if there else nat.nat_output(key)
    table_id: ec2.Id = table.id if table else nat.table_output(_table_key(key))
    calls = [] if table else [nat.create_private_table(site, _table_key(key))]
    if not (table and there and table.nat == there.id):
        calls += [nat.until_there(nat_id), nat.route_to_nat(table, table_id, nat_id)]
    for one in joining:
        by = ec2.reassociate(one.id, one.association, table_id) if one.association else None
        calls.append(by or ec2.associate(one.id, table_id))
    if calls:
        who = ", ".join(f"subnet '{one.key}'" for one in joining)
        yield Line(
            f"Route {who or 'its private subnets'} to the NAT gateway",
            "What is in them can fetch updates and call others",
            tuple(calls),
        )


def _routes_taken(tables: Sequence[TablePart], stays: set[str | None]) -> Iterator[Line]:
    """`stays`: the associations that no other line has taken away."""
    calls = [call for one in tables for call in ec2.delete_table(one, set(one.associations.values()) - stays)]
    if calls:
        yield Line("Delete the routes to the NAT gateways that go", "Nothing uses them any more", tuple(calls))


def _taken(parts: Parts, kept: set[str], reason: str) -> Iterator[Line]:
    """`kept`: the ids of the NAT gateways and addresses that stay; the addresses of a gateway stay with it."""
    nats = [one for one in parts.nats if one.key and one.id not in kept]
    held = {id for one in parts.nats if one.id in kept for id in one.addresses} | kept
    addresses = [one.id for one in parts.addresses if one.id not in held]
    calls = [*nat.delete_nats(nats), *map(nat.release_address, addresses)]
    if calls:
        what = "the NAT gateway" if len(nats) == 1 else f"{len(nats)} NAT gateways"
        sentence = f"Delete {what} and release {'its address' if len(nats) == 1 else 'their addresses'}"
        yield Line(sentence if nats else "Release the addresses taken for NAT gateways", reason, tuple(calls))
