"""What EC2 answers about a network, taken apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from genesys_tui.engine.model.document import Leaf
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.ec2 import users_tags
from genesys_tui.engine.providers.aws.network.network_parts import (
    ANYWHERE,
    GROWN_TAG,
    NETWORK_TAG,
    PART_TAG,
    STEP_TAG,
    AddressPart,
    EndpointPart,
    GatewayPart,
    NatPart,
    Parts,
    SubnetPart,
    TablePart,
)

Raw = Mapping[str, Any]
"""A record as EC2 answers it; its shape is the EC2 API reference."""


def tags_of(raw: Raw) -> dict[str, str]:
    """All tags of a record."""
    return {tag["Key"]: tag["Value"] for tag in raw.get("Tags", ())}


def bare(vpc: Raw) -> Actual:
    """A network as the listing tells it."""
    tags = tags_of(vpc)
    return Actual(
        "network",
        vpc["VpcId"],
        tags.get("Name") or vpc["VpcId"],
        "",
        spec={"cidr": vpc["CidrBlock"], "tags": users_tags(vpc)},
        tags=tags,
        of_aws="the default network of the region" if vpc.get("IsDefault") else "",
        provider_data={
            "cidr": vpc["CidrBlock"],
            "default": bool(vpc.get("IsDefault")),
            "owner": vpc.get("OwnerId", ""),
        },
    )


def parts_of(have: Actual, raw: Mapping[str, Iterable[Raw]]) -> Parts:
    """The parts of a network, from EC2's listings by the word for their records. Gateways of other networks may be
    among those given; security groups and addresses are ours only where they bear the mark of a part."""
    tables = tuple(_table(one) for one in raw.get("RouteTables", ()))
    candidates = (_gateway(one, have.id) for one in raw.get("InternetGateways", ()))
    prefix = f"{have.tags.get('Name', '')}-"
    return Parts(
        _subnets(raw.get("Subnets", ()), prefix, tables),
        tables,
        tuple(part for part in candidates if part.attached or part.ours),
        tuple(_nat(one) for one in raw.get("NatGateways", ()) if one.get("State") != "deleted"),
        _endpoints(raw.get("VpcEndpoints", ())),
        tuple(_address(one) for one in raw.get("Addresses", ())),
        tuple(one["GroupId"] for one in raw.get("SecurityGroups", ()) if PART_TAG in tags_of(one)),
    )


def counted(have: Actual, parts: Parts) -> tuple[SubnetPart, ...]:
    """The subnets that `zones` and `private` speak of: in a network that we made, only those that we made."""
    return tuple(part for part in parts.subnets if part.ours or STEP_TAG not in have.tags)


def spec_of(have: Actual, parts: Parts) -> dict[str, Leaf]:
    """All fields of the spec; of a bare network and its parts."""
    subnets = counted(have, parts)
    return {
        **have.spec,
        "zones": len({part.zone for part in subnets}) or None,
        "private": any(part.public is False for part in subnets),
        "internet": parts.internet,
        "subnets": {part.key: part.spec for part in parts.subnets},
        "nat": nat_of(subnets, parts),
        "endpoints": {part.key: part.type for part in parts.endpoints if part.type in ("gateway", "interface")},
    }


def nat_of(subnets: Sequence[SubnetPart], parts: Parts) -> str | None:
    """`off`, `single` or `per-zone`, as the private ones of these subnets have it; None where it is cut in half."""
    private = [part for part in subnets if part.public is False]
    working = {nat.id: nat for nat in parts.nats if nat.works}
    used = {part.nat for part in private if part.nat in working}
    mine = [nat for nat in working.values() if nat.key] or [working[id] for id in used if id]
    if not mine:
        return "off"
    zones = {part.id: part.zone for part in parts.subnets}
    single = all(nat.key == "nat" for nat in mine) if mine[0].key else len(mine) == 1
    if any(part.nat not in working for part in private):
        return None
    if single:
        return "single" if len(used) <= 1 else None
    own_zone = all(zones.get(working[str(part.nat)].subnet) == part.zone for part in private)
    return "per-zone" if own_zone and not any(nat.key == "nat" for nat in mine) else None


def _subnets(raws: Iterable[Raw], prefix: str, tables: Sequence[TablePart]) -> tuple[SubnetPart, ...]:
    """By key. Where two would have the same one, ours has it, and the others go by their id."""
    found: dict[str, SubnetPart] = {}
    for raw in sorted(raws, key=lambda raw: (PART_TAG not in tags_of(raw), raw["SubnetId"])):
        tags = tags_of(raw)
        named = tags.get(PART_TAG) or tags.get("Name", "").removeprefix(prefix)
        key = named if named and named not in found else raw["SubnetId"]
        found[key] = _subnet(key, raw, tables)
    return tuple(part for _, part in sorted(found.items()))


def _subnet(key: str, raw: Raw, tables: Sequence[TablePart]) -> SubnetPart:
    id = raw["SubnetId"]
    own = next((table for table in tables if id in table.associations), None)
    effective = own or next((table for table in tables if table.main), None)
    return SubnetPart(
        key,
        id,
        raw.get("CidrBlock"),
        raw["AvailabilityZone"][-1],
        PART_TAG in tags_of(raw),
        GROWN_TAG in tags_of(raw),
        effective is not None and effective.gateway is not None,
        bool(raw.get("MapPublicIpOnLaunch")),
        own.associations[id] if own else None,
        own.id if own else None,
        effective.nat if effective else None,
    )


def _table(raw: Raw) -> TablePart:
    default = next((route for route in raw.get("Routes", ()) if route.get("DestinationCidrBlock") == ANYWHERE), None)
    route: Raw = default or {}
    target, active = route.get("GatewayId") or "", route.get("State") == "active"
    associations = [one for one in raw.get("Associations", ()) if _holds(one)]
    return TablePart(
        raw["RouteTableId"],
        tags_of(raw).get(PART_TAG, ""),
        any(association.get("Main") for association in associations),
        default is not None,
        target if active and target.startswith("igw-") else None,
        {one["SubnetId"]: one["RouteTableAssociationId"] for one in associations if one.get("SubnetId")},
        route.get("NatGatewayId") if active else None,
    )


def _holds(association: Raw) -> bool:
    return association.get("AssociationState", {}).get("State") not in ("disassociating", "disassociated", "failed")


def _gateway(raw: Raw, vpc: str) -> GatewayPart:
    attached = any(attachment["VpcId"] == vpc for attachment in raw.get("Attachments", ()))
    free = not raw.get("Attachments")
    ours = tags_of(raw).get(NETWORK_TAG) == vpc and (attached or free)
    return GatewayPart(raw["InternetGatewayId"], ours, attached)


def _nat(raw: Raw) -> NatPart:
    """A regional one stands in no subnet."""
    addresses = raw.get("NatGatewayAddresses", ())
    return NatPart(
        raw["NatGatewayId"],
        tags_of(raw).get(PART_TAG, ""),
        raw.get("SubnetId", ""),
        raw.get("State") in ("pending", "available"),
        tuple(one["AllocationId"] for one in addresses if one.get("AllocationId")),
        tuple(one["NetworkInterfaceId"] for one in addresses if one.get("NetworkInterfaceId")),
    )


def _address(raw: Raw) -> AddressPart:
    return AddressPart(raw["AllocationId"], tags_of(raw).get(PART_TAG, ""), not raw.get("AssociationId"))


_SERVICE: Final = re.compile(r"(?:cn\.)?com\.amazonaws\.[a-z]{2}(?:-[a-z]+)+-\d\.(.+)")


def _endpoints(raws: Iterable[Raw]) -> tuple[EndpointPart, ...]:
    """By service: ours first, then the gateway, which costs nothing; a further one of the same goes by its id."""
    found: dict[str, EndpointPart] = {}
    there = [raw for raw in raws if raw.get("State", "").lower() not in ("deleting", "deleted", "rejected", "failed")]
    for raw in sorted(there, key=lambda raw: (PART_TAG not in tags_of(raw), raw.get("VpcEndpointType") != "Gateway")):
        named = _SERVICE.fullmatch(raw["ServiceName"])
        service = named[1] if named else raw["ServiceName"]
        key = service if service not in found else raw["VpcEndpointId"]
        found[key] = EndpointPart(
            raw["VpcEndpointId"],
            key,
            raw.get("VpcEndpointType", "").lower(),
            PART_TAG in tags_of(raw),
            frozenset(raw.get("RouteTableIds", ())),
            frozenset(raw.get("SubnetIds", ())),
            tuple(raw.get("NetworkInterfaceIds", ())),
        )
    return tuple(part for _, part in sorted(found.items()))
