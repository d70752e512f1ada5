"""The lines of a plan that make, change and remove a network: EC2 calls with their words.

A create that is not idempotent writes `genesys:step` and `genesys:part` in the same call, and is found again by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from genesys_tui.engine.model.call import Value
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.network import NetworkSpec, Subnet
from genesys_tui.engine.providers.aws.network import network_calls as ec2
from genesys_tui.engine.providers.aws.network import network_endpoints, network_nat
from genesys_tui.engine.providers.aws.network.network_change import Reshape, reshape
from genesys_tui.engine.providers.aws.network.network_endpoints import endpoint_changes, endpoint_lines
from genesys_tui.engine.providers.aws.network.network_nat import Standing, WayOut, check_off, ours, way_out
from genesys_tui.engine.providers.aws.network.network_parts import (
    NO_PARTS,
    PUBLIC_ROUTES,
    Parts,
    SubnetPart,
    TablePart,
)
from genesys_tui.engine.providers.aws.network.network_shape import NetworkFacts, refuse
from genesys_tui.engine.providers.aws.network.network_told import counted


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the internet that public subnets take: a route table's id, and the lines that make what is missing."""

    table: ec2.Id
    lines: tuple[Line, ...]


def create_lines(name: str, want: NetworkSpec, place: Placement, facts: NetworkFacts) -> Iterator[Line]:
    site = ec2.Site(name, ec2.NEW, place)
    subnets = {key: subnet for key, subnet in (want.subnets or {}).items() if subnet}
    yield Line(
        f"Create network '{name}' ({want.cidr})",
        "A private range of addresses of your own, apart from all other networks",
        (ec2.create_vpc(site, str(want.cidr), want.tags),),
    )
    if want.internet or subnets:
        yield _dns(site)
    way = _way(site, NO_PARTS)
    if want.internet:
        yield from way.lines
    for key, subnet in subnets.items():
        yield _new_subnet(site, key, subnet, facts, way.table)
    standing = [_standing_new(key, subnet) for key, subnet in subnets.items()]
    out = way_out(site, want.nat or "off", standing)
    yield from out.making
    tables = (*((ec2.NEW_TABLE,) if want.internet else ()), *out.tables)
    yield from endpoint_lines(site, want.endpoints or {}, standing, tables, str(want.cidr))


def update_lines(have: Actual, changed: NetworkSpec, place: Placement, facts: NetworkFacts) -> Iterator[Line]:
    site = ec2.Site(have.name, have.id, place)
    if changed.has("tags"):
        yield from tag_lines(have, changed.tags)
    if changed.model_fields_set <= {"tags"}:
        return
    change = reshape(have, changed, facts)
    way = _way(site, facts.parts)
    # DNS names come before every part. A network of ours without a part was cut off before or right after them.
    if not facts.parts.any_ours and ec2.is_ours(have) and (change.added or change.way_out == "there"):
        yield _dns(site)
    if change.way_out == "there":
        yield from way.lines
    out, standing = _nat_after(site, have, changed, facts.parts, change)
    early = any(part.id in out.hosts for part in change.removed)
    yield from out.taking if early else ()
    yield from _subnet_lines(site, facts, change, way.table)
    yield from out.making
    cidr: str = have.provider_data["cidr"]
    yield from endpoint_changes(site, changed.endpoints or {}, standing, out, facts.parts, cidr)
    yield from () if early else out.taking
    if change.way_out == "away":
        yield from _no_way_out(site, facts.parts, change)


def _subnet_lines(site: ec2.Site, facts: NetworkFacts, change: Reshape, table: ec2.Id) -> Iterator[Line]:
    for part in change.removed:
        yield _no_subnet(part, "It moves" if part.key in change.added else "No longer wanted")
    for key, subnet in change.added.items():
        yield _new_subnet(site, key, subnet, facts, table, grown=key in change.grown)
    for part in change.opened:
        yield _opened(part, table, facts.parts.public_table)
    for part in change.closed:
        yield _closed(part, facts)


def _nat_after(
    site: ec2.Site, have: Actual, changed: NetworkSpec, parts: Parts, change: Reshape
) -> tuple[WayOut, Sequence[Standing]]:
    """NAT for the subnets as they are after the change, and those subnets. In a network of ours only our own count."""
    kept = [_standing(part, change) for part in parts.subnets if part not in change.removed]
    new = [_standing_new(key, subnet) for key, subnet in change.added.items()]
    counts = {part.key for part in counted(have, parts)}
    mode = (changed.nat or "off") if changed.has("nat") else ours(parts)
    if changed.has("nat") and mode == "off":
        check_off(parts)
    out = way_out(site, mode, [*(one for one in kept if one.key in counts), *new], parts, change.removed)
    public = [table.id for table in parts.tables if table.key == PUBLIC_ROUTES]
    if change.way_out == "there" and parts.public_table is None:
        out = replace(out, tables=(ec2.NEW_TABLE, *out.tables))
    if change.way_out == "away":
        out = replace(out, leaving=(*public, *out.leaving))
    return out, [*kept, *new]


def delete_lines(have: Actual, facts: NetworkFacts) -> Iterator[Line]:
    """Only our own parts: with others' in it, `refuses_removal` has spoken before."""
    yield from network_endpoints.gone(have.id, facts.parts)
    yield from network_nat.gone(facts.parts)
    tables = [table for table in facts.parts.tables if table.ours]
    if tables:
        calls = tuple(call for table in tables for call in ec2.delete_table(table))
        yield Line("Delete the routes to the internet", "Nothing is to be reached through it any more", calls)
    gateways = [part for part in facts.parts.gateways if part.ours]
    if gateways:
        calls = tuple(call for part in gateways for call in ec2.delete_gateway(part, have.id))
        yield Line("Detach and delete the internet gateway", "It belongs to this network alone", calls)
    subnets = [part for part in facts.parts.subnets if part.ours]
    if subnets:
        # What stood in them went before, in this very plan.
        free = (ec2.lambda_gone({"vpc-id": have.id}),) if facts.interfaces else ()
        calls = (*free, *(ec2.delete_subnet(part.id) for part in subnets))
        yield Line(f"Delete its {len(subnets)} subnets", "They are parts of the network", calls)
    yield Line(f"Delete network '{have.name}' ({have.id})", "No longer wanted", (ec2.delete_vpc(have.id),))


def tag_lines(have: Actual, tags: Mapping[str, Value]) -> Iterator[Line]:
    """Sets these tags, or removes those that are None; no others."""
    there = {key: value for key, value in tags.items() if value is not None}
    gone = [key for key, value in tags.items() if value is None]
    if there:
        yield Line(f"Tag network '{have.name}': {', '.join(there)}", "Asked for", (ec2.create_tags(have.id, there),))
    if gone:
        yield Line(
            f"Take tags off network '{have.name}': {', '.join(gone)}",
            "No longer wanted",
            (ec2.delete_tags(have.id, gone),),
        )


def _standing_new(key: str, subnet: Subnet) -> Standing:
    return Standing(key, ec2.new_subnet(key), str(subnet.zone), bool(subnet.public))


def _standing(part: SubnetPart, change: Reshape) -> Standing:
    """As it is once it was opened or closed: that takes it off the table that it had."""
    if part in change.opened or (part in change.closed and part.routed):
        return Standing(part.key, part.id, part.zone, part in change.opened)
    public = part.public is not False and part not in change.closed
    return Standing(part.key, part.id, part.zone, public, part.association, part.table, part.nat is not None)


def _dns(site: ec2.Site) -> Line:
    return Line(f"Turn on DNS names in network '{site.name}'", "What runs in it goes by a name", (ec2.dns_names(site),))


def _way(site: ec2.Site, parts: Parts) -> Way:
    """What of the way to the internet is missing, made."""
    gateway, table = parts.gateway, parts.public_table
    lines: list[Line] = []
    attach = () if gateway and gateway.attached else (ec2.attach_gateway(site, gateway),)
    create = () if gateway else (ec2.create_gateway(site),)
    if attach:
        sentence = "Attach the internet gateway" if gateway else "Create an internet gateway and attach it"
        lines.append(Line(sentence, "The way to and from the internet", (*create, *attach)))
    new = () if table else (ec2.create_table(site),)
    route = () if table and gateway and table.gateway == gateway.id else (ec2.default_route(table, gateway),)
    if route:
        sentence = "Route its traffic to the internet gateway" if table else "Create a route table that leads there"
        lines.append(Line(sentence, "Only subnets that use it are public", (*new, *route)))
    return Way(table.id if table else ec2.NEW_TABLE, tuple(lines))


def _new_subnet(
    site: ec2.Site, key: str, subnet: Subnet, facts: NetworkFacts, table: ec2.Id, *, grown: bool = False
) -> Line:
    zone = facts.zones[str(subnet.zone)]
    side, reason = ("public", "For what must be reached from the internet, such as load balancers")
    if not subnet.public:
        side, reason = ("private", "For what must not be reached from the internet, such as databases")
    new = ec2.new_subnet(key)
    public = (ec2.associate(new, table), ec2.map_public_ip(new, on=True)) if subnet.public else ()
    return Line(
        f"Create {side} subnet '{key}' ({subnet.cidr}) in zone {zone}",
        reason,
        (ec2.create_subnet(site, key, str(subnet.cidr), zone, grown=grown), *public),
    )


def _no_subnet(part: SubnetPart, reason: str) -> Line:
    association = (ec2.disassociate(part.association),) if part.association else ()
    return Line(f"Delete subnet '{part.key}' ({part.cidr})", reason, (*association, ec2.delete_subnet(part.id)))


def _opened(part: SubnetPart, table: ec2.Id, known: TablePart | None) -> Line:
    """`known`: the table, where it is there already and may have the subnet."""
    routed = part.routed or (known is not None and part.id in known.associations)
    to_table = ec2.reassociate(part.id, part.association, table) if part.association else ec2.associate(part.id, table)
    route = () if routed else (to_table,)
    maps = () if part.maps else (ec2.map_public_ip(part.id, on=True),)
    return Line(f"Make subnet '{part.key}' public", "What is in it can be reached from the internet", (*route, *maps))


def _closed(part: SubnetPart, facts: NetworkFacts) -> Line:
    main = next((table for table in facts.parts.tables if table.main), None)
    if part.routed and main and main.gateway:
        refuse(
            f"subnet '{part.key}' can't be private: the network's main route table leads to the internet",
            f"take the route to {main.gateway} out of route table {main.id} first",
        )
    route = (ec2.disassociate(part.association),) if part.routed and part.association else ()
    maps = (ec2.map_public_ip(part.id, on=False),) if part.maps else ()
    return Line(f"Make subnet '{part.key}' private", "It is not to be reached from the internet", (*route, *maps))


def _no_way_out(site: ec2.Site, parts: Parts, change: Reshape) -> Iterator[Line]:
    done = {part.association for part in (*change.removed, *change.closed)}
    tables = [call for table in parts.tables if table.key == PUBLIC_ROUTES for call in ec2.delete_table(table, done)]
    routes = [ec2.delete_default_route(table.id) for table in parts.tables if table.gateway and not table.ours]
    gateways = [call for part in parts.gateways if part.ours for call in ec2.delete_gateway(part, str(site.vpc))]
    if calls := (*tables, *routes, *gateways):
        yield Line(f"Take network '{site.name}' off the internet", "It is to have no way out", calls)
