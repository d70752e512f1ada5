"""What EC2 answers about a network, taken apart: its subnets, route tables and internet gateways. Pure.

A part that we made carries the tag `genesys:part` with its key. What does not is somebody else's, and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual

STACK_TAG: Final = f"{MARK_PREFIX}stack"
STEP_TAG: Final = f"{MARK_PREFIX}step"
PART_TAG: Final = f"{MARK_PREFIX}part"
NETWORK_TAG: Final = f"{MARK_PREFIX}network"
"""On an internet gateway: the id of the VPC it is made for. It is made first and attached afterwards, and between the
two nothing else tells where it belongs."""

GROWN_TAG: Final = f"{MARK_PREFIX}grown"
"""On a subnet that a higher `zones` or `private` added to a network that was there already: a lower one may remove it
again. Subnets that were asked for, or made with the network, are remembered by name and go by name."""

GATEWAY: Final = "internet-gateway"
PUBLIC_ROUTES: Final = "public-routes"
"""The part keys of what is not a subnet."""

ANYWHERE: Final = "0.0.0.0/0"

Raw = Mapping[str, Any]
"""A record as EC2 answers it; its shape is the EC2 API reference."""


@dataclass(frozen=True, slots=True)
class SubnetPart:
    """A subnet that is there. `routed`: its traffic goes to an internet gateway. `maps`: what starts in it is given a
    public address. `association`: the id of its own association with a route table (None: it follows the main one)."""

    key: str
    id: str
    cidr: str | None
    zone: str
    ours: bool
    grown: bool
    routed: bool
    maps: bool
    association: str | None

    @property
    def public(self) -> bool | None:
        """One of ours is public when it is routed and maps, private when neither, and None when it is cut in half.
        Of others' subnets only the route counts."""
        return self.routed if not self.ours or self.routed == self.maps else None

    @property
    def spec(self) -> Document:
        return {"cidr": self.cidr, "zone": self.zone, "public": self.public}


@dataclass(frozen=True, slots=True)
class TablePart:
    """A route table. `gateway`: the internet gateway that its default route leads to and works. `default`: it has a
    default route, wherever it leads. `associations`: association ids by subnet id."""

    id: str
    ours: bool
    main: bool
    default: bool
    gateway: str | None
    associations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GatewayPart:
    """An internet gateway that is attached to the network, or was made for it (`ours`)."""

    id: str
    ours: bool
    attached: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts of one network."""

    subnets: tuple[SubnetPart, ...] = ()
    tables: tuple[TablePart, ...] = ()
    gateways: tuple[GatewayPart, ...] = ()

    @property
    def any_ours(self) -> bool:
        return any(any(part.ours for part in parts) for parts in (self.subnets, self.tables, self.gateways))

    @property
    def gateway(self) -> GatewayPart | None:
        """The attached one (there is one at the most), else the one that waits to be attached."""
        return next(iter(sorted(self.gateways, key=lambda part: not part.attached)), None)

    @property
    def public_table(self) -> TablePart | None:
        """Ours, else one of others' that leads to the internet, so that a subnet can be made public by it."""
        usable = [table for table in self.tables if table.ours or (table.gateway and not table.main)]
        return next(iter(sorted(usable, key=lambda table: not table.ours)), None)

    @property
    def internet(self) -> bool:
        """A gateway is attached and a route leads to it."""
        attached = {part.id for part in self.gateways if part.attached}
        return any(table.gateway in attached for table in self.tables)


NO_PARTS: Final = Parts()


def tags_of(raw: Raw) -> dict[str, str]:
    """All tags of a record."""
    return {tag["Key"]: tag["Value"] for tag in raw.get("Tags", ())}


def users_tags(tags: Mapping[str, str]) -> Document:
    """The tags that are neither ours nor AWS's; `Name` is the network's own name."""
    return {key: value for key, value in tags.items() if key != "Name" and not key.startswith((MARK_PREFIX, "aws:"))}


def bare(vpc: Raw) -> Actual:
    """A network as the listing tells it."""
    tags = tags_of(vpc)
    return Actual(
        "network",
        vpc["VpcId"],
        tags.get("Name") or vpc["VpcId"],
        "",
        spec={"cidr": vpc["CidrBlock"], "tags": users_tags(tags)},
        tags=tags,
        provider_data={
            "cidr": vpc["CidrBlock"],
            "default": bool(vpc.get("IsDefault")),
            "owner": vpc.get("OwnerId", ""),
        },
    )


def parts_of(
    have: Actual, subnets: Iterable[Raw] = (), tables: Iterable[Raw] = (), gateways: Iterable[Raw] = ()
) -> Parts:
    """The parts of a network; gateways of other networks may be among those given."""
    table_parts = tuple(_table(raw) for raw in tables)
    candidates = (_gateway(raw, have.id) for raw in gateways)
    prefix = f"{have.tags.get('Name', '')}-"
    return Parts(
        _subnets(subnets, prefix, table_parts),
        table_parts,
        tuple(part for part in candidates if part.attached or part.ours),
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
    }


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
    )


def _table(raw: Raw) -> TablePart:
    default = next((route for route in raw.get("Routes", ()) if route.get("DestinationCidrBlock") == ANYWHERE), None)
    target = (default or {}).get("GatewayId") or ""
    works = target.startswith("igw-") and (default or {}).get("State") == "active"
    associations = [one for one in raw.get("Associations", ()) if _holds(one)]
    return TablePart(
        raw["RouteTableId"],
        PART_TAG in tags_of(raw),
        any(association.get("Main") for association in associations),
        default is not None,
        target if works else None,
        {one["SubnetId"]: one["RouteTableAssociationId"] for one in associations if one.get("SubnetId")},
    )


def _holds(association: Raw) -> bool:
    return association.get("AssociationState", {}).get("State") not in ("disassociating", "disassociated", "failed")


def _gateway(raw: Raw, vpc: str) -> GatewayPart:
    attached = any(attachment["VpcId"] == vpc for attachment in raw.get("Attachments", ()))
    free = not raw.get("Attachments")
    ours = tags_of(raw).get(NETWORK_TAG) == vpc and (attached or free)
    return GatewayPart(raw["InternetGatewayId"], ours, attached)
