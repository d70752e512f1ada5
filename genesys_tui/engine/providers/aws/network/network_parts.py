"""The parts of a network: its subnets, route tables, gateways and endpoints.

A part that we made carries the tag `genesys:part` with its key. What does not is somebody else's, and is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.resource import MARK_PREFIX

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
PRIVATE_ROUTES: Final = "private-routes"
"""The part keys of what is not a subnet; those of private routes end in their zone where each zone has its own."""

ANYWHERE: Final = "0.0.0.0/0"


@dataclass(frozen=True, slots=True)
class SubnetPart:
    """A subnet that is there. `routed`: its traffic goes to an internet gateway. `maps`: what starts in it is given a
    public address. `association`: the id of its own association with a route table (None: it follows the main one);
    `table`: that table's id. `nat`: the NAT gateway that its traffic goes to."""

    key: str
    id: str
    cidr: str | None
    zone: str
    ours: bool
    grown: bool
    routed: bool
    maps: bool
    association: str | None
    table: str | None = None
    nat: str | None = None

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
    """A route table. `key`: what it is to us; empty where it is not ours. `gateway`, `nat`: the internet gateway or NAT
    gateway that its default route leads to and works. `default`: it has a default route, wherever it leads.
    `associations`: association ids by subnet id."""

    id: str
    key: str
    main: bool
    default: bool
    gateway: str | None
    associations: Mapping[str, str]
    nat: str | None = None

    @property
    def ours(self) -> bool:
        return bool(self.key)


@dataclass(frozen=True, slots=True)
class GatewayPart:
    """An internet gateway that is attached to the network, or was made for it (`ours`)."""

    id: str
    ours: bool
    attached: bool


@dataclass(frozen=True, slots=True)
class NatPart:
    """A NAT gateway, and the ids of its addresses and network interfaces. `key`: what it is to us; empty where it is
    not ours. `works`: it is there, or soon will be; else it has failed or is on its way out."""

    id: str
    key: str
    subnet: str
    works: bool
    addresses: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressPart:
    """A public address that we took for a NAT gateway."""

    id: str
    key: str
    free: bool


@dataclass(frozen=True, slots=True)
class EndpointPart:
    """A VPC endpoint. `key`: the service as AWS names it (`s3`), or its own id where another one has that key. `type`:
    `gateway`, `interface`, or what else AWS has."""

    id: str
    key: str
    type: str
    ours: bool
    tables: frozenset[str] = frozenset()
    subnets: frozenset[str] = frozenset()
    interfaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts of one network. `groups`: the ids of the security groups that we made for its endpoints."""

    subnets: tuple[SubnetPart, ...] = ()
    tables: tuple[TablePart, ...] = ()
    gateways: tuple[GatewayPart, ...] = ()
    nats: tuple[NatPart, ...] = ()
    endpoints: tuple[EndpointPart, ...] = ()
    addresses: tuple[AddressPart, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def any_ours(self) -> bool:
        return any(any(part.ours for part in parts) for parts in (self.subnets, self.tables, self.gateways))

    @property
    def interfaces(self) -> frozenset[str]:
        """The network interfaces that stand and go with our own NAT gateways and endpoints."""
        nats = {id for part in self.nats if part.key for id in part.interfaces}
        return frozenset(nats | {id for part in self.endpoints if part.ours for id in part.interfaces})

    @property
    def gateway(self) -> GatewayPart | None:
        """The attached one (there is one at the most), else the one that waits to be attached."""
        return next(iter(sorted(self.gateways, key=lambda part: not part.attached)), None)

    @property
    def public_table(self) -> TablePart | None:
        """Ours, else one of others' that leads to the internet, so that a subnet can be made public by it."""
        usable = [
            table
            for table in self.tables
            if table.key == PUBLIC_ROUTES or (table.gateway and not table.main and not table.ours)
        ]
        return next(iter(sorted(usable, key=lambda table: not table.ours)), None)

    @property
    def internet(self) -> bool:
        """A gateway is attached and a route leads to it."""
        attached = {part.id for part in self.gateways if part.attached}
        return any(table.gateway in attached for table in self.tables)


NO_PARTS: Final = Parts()
