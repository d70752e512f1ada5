"""The way out of private subnets: NAT gateways, the route tables that lead to them, and who uses which. Pure.

`single`: one for all. `per-zone`: one in each zone that has private subnets, so that a zone that fails takes nobody
else with it. What is new comes first and is used before what was there goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.providers.aws.network import network_calls as ec2
from genesys_tui.engine.providers.aws.network import network_nat_calls as nat
from genesys_tui.engine.providers.aws.network.network_parts import (
    NO_PARTS,
    PRIVATE_ROUTES,
    AddressPart,
    NatPart,
    Parts,
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
    """What a wish for NAT comes to: the lines that make it, and those that take away what it needs no more; between the
    two others may let go of the tables. `tables`: ours that come, and (`leaving`) the ids of those that go."""

    making: tuple[Line, ...] = ()
    taking: tuple[Line, ...] = ()
    tables: tuple[ec2.Id, ...] = ()
    leaving: tuple[str, ...] = ()


def way_out(site: ec2.Site, mode: str, subnets: Sequence[Standing], parts: Parts = NO_PARTS) -> WayOut:
    """`mode`: off, single or per-zone. Raises GenesysError for what can't be."""
    hosts = _hosts(mode, subnets)
    making: list[Line] = []
    coming: list[ec2.Id] = []
    moved: set[str] = set()
    kept: set[str] = set()
    for key, host in hosts.items():
        there = _our_nat(parts, key, subnets)
        table = next((one for one in parts.tables if one.key == _table_key(key)), None)
        served = [one for one in subnets if not one.public and (key == "nat" or key == f"nat-{one.zone}")]
        making += _made(site, key, host, there, _free_address(parts, key))
        making += _routed(site, key, there, table, served, parts)
        coming += [] if table else [nat.table_output(_table_key(key))]
        moved |= {one.association for one in served if one.association and one.table != (table.id if table else "")}
        kept |= {there.id} if there else set()
    tables = [one for one in parts.tables if _is_private(one) and one.key not in map(_table_key, hosts)]
    taking = _taken(site, parts, tables, moved, kept, hosts)
    return WayOut(tuple(making), tuple(taking), tuple(coming), tuple(table.id for table in tables))


def ours(parts: Parts) -> str:
    """What there is of ours, as a wish."""
    keys = {part.key for part in parts.nats if part.key and part.works}
    return "off" if not keys else "single" if keys == {"nat"} else "per-zone"


def gone(parts: Parts) -> Iterator[Line]:
    """All of it taken away, before the network itself goes. The tables go with the network's others."""
    yield from _taken(None, parts, (), set(), set(), {})


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


def _made(
    site: ec2.Site, key: str, host: Standing, there: NatPart | None, address: AddressPart | None
) -> Iterator[Line]:
    if there:
        return
    take = () if address else (nat.allocate_address(site, key),)
    id: ec2.Id = address.id if address else nat.address_output(key)
    yield Line(
        f"Create a NAT gateway in subnet '{host.key}'",
        "Private subnets reach the internet through it, and nobody reaches them; it costs $0.045 an hour and per GB",
        (*take, nat.create_nat(site, key, host.id, id)),
    )


def _routed(
    site: ec2.Site, key: str, there: NatPart | None, table: TablePart | None, served: Sequence[Standing], parts: Parts
) -> Iterator[Line]:
    """The table that leads to it, and its subnets."""
    nat_id: ec2.Id = there.id if there else nat.nat_output(key)
    table_id: ec2.Id = table.id if table else nat.table_output(_table_key(key))
    calls: list[Call] = [] if table else [nat.create_private_table(site, _table_key(key))]
    if not (table and there and table.nat == there.id):
        calls.append(nat.route_to_nat(table, table_id, nat_id))
    joining = [one for one in served if one.table is None or one.table != (table.id if table else "")]
    for one in joining:
        calls += _joined(one, table_id, parts)
    if calls:
        who = ", ".join(f"'{one.key}'" for one in joining)
        yield Line(
            f"Route {f'subnets {who}' if who else 'its private subnets'} to the NAT gateway",
            "What is in them can fetch updates and call others",
            tuple(calls),
        )


def _joined(subnet: Standing, table: ec2.Id, parts: Parts) -> tuple[Call, ...]:
    own = next((one for one in parts.tables if one.id == subnet.table), None)
    if own and not own.ours:
        if subnet.served:
            return ()
        refuse(
            f"subnet '{subnet.key}' has a route table of its own ({own.id}), which Genesys did not make",
            f"add a default route to it yourself, or disassociate {own.id} from it",
        )
    if subnet.association:
        return (ec2.reassociate_id(subnet.id, subnet.association, table),)
    return (ec2.associate(subnet.id, table),)


def _taken(
    site: ec2.Site | None,
    parts: Parts,
    tables: Sequence[TablePart],
    moved: set[str],
    kept: set[str],
    hosts: Mapping[str, Standing],
) -> Iterator[Line]:
    calls = [call for table in tables for call in ec2.delete_table(table, moved)]
    if calls:
        yield Line("Delete the routes to NAT gateways that go", "Nothing uses them any more", tuple(calls))
    nats = [one for one in parts.nats if one.key and one.id not in kept]
    held = {id for one in parts.nats if one.id in kept for id in one.addresses}
    reused = {free.id for key in hosts if (free := _free_address(parts, key)) and not _kept_key(parts, key, kept)}
    addresses = [one.id for one in parts.addresses if one.id not in held | reused]
    calls = [*(nat.delete_nat(one) for one in nats), *(nat.release_address(id) for id in addresses)]
    if calls:
        what = "NAT gateway" if len(nats) == 1 else f"{len(nats)} NAT gateways"
        sentence = f"Delete the {what} and release {'its' if len(nats) == 1 else 'their'} addresses"
        yield Line(
            sentence if nats else "Release the addresses that were taken for NAT gateways",
            "What is not there costs nothing" if site else "They are parts of the network",
            tuple(calls),
        )


def _kept_key(parts: Parts, key: str, kept: set[str]) -> bool:
    return any(one.key == key and one.id in kept for one in parts.nats)
