"""The universal spec of a network: an address range cut into subnets, with or without a way to the internet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Interface, IPv4Network
from itertools import combinations
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Part, Spec


def _cidr(value: str) -> str:
    try:
        network = IPv4Interface(value).network
    except ValueError:
        raise ValueError("it takes an IPv4 range such as 10.0.0.0/16") from None
    if not 16 <= network.prefixlen <= 28:
        raise ValueError("AWS takes ranges from /16 to /28")
    if value.partition("/")[0] != str(network.network_address):
        raise ValueError(f"the range starts at its first address: {network}")
    return str(network)


Cidr = Annotated[str, AfterValidator(_cidr)]


def _zone(value: str) -> str:
    if not re.fullmatch(r"[a-z]", value):
        raise ValueError("it takes the letter of a zone, such as a")
    return value


class Subnet(Part):
    """A part of the network in one zone. `zone`: its letter (`a`), or unset to be chosen."""

    cidr: Cidr | None = None
    zone: Annotated[str, AfterValidator(_zone)] | None = None
    public: bool | None = None


def _by_name(value: object) -> object:
    """A list of named entries, as in a stack file, becomes a mapping by name. One that says nothing is private."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        named: dict[str, object] = {}
        for entry in value:
            if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
                raise ValueError("each subnet needs a `name`, a text")
            if entry["name"] in named:
                raise ValueError(f"two subnets are named {entry['name']!r}")
            named[entry["name"]] = {key: inner for key, inner in entry.items() if key != "name"}
        value = named
    if isinstance(value, Mapping):
        return {name: {"public": False} if entry == {} else entry for name, entry in value.items()}
    return value


GATEWAYS = ("s3", "dynamodb")
"""The services that a gateway endpoint, which costs nothing, leads to."""


def _nat(value: object) -> object:
    """`off` and `on` are switches to YAML."""
    return {False: "off", True: "single"}[value] if isinstance(value, bool) else value


def _endpoints(value: object) -> object:
    """A list of services becomes a mapping to the type of their endpoint."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    if not all(isinstance(one, str) for one in value):
        raise ValueError("each is the name of a service, such as s3 or secretsmanager")
    return {one: "gateway" if one in GATEWAYS else "interface" for one in value}


def _endpoint(value: str) -> str:
    if value not in ("gateway", "interface"):
        raise ValueError("it takes gateway or interface")
    return value


Service = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,127}$")]


class NetworkSpec(Spec):
    """A network. Unset `subnets`: one public and one private (unless `private` is off) in each of `zones` zones."""

    records: ClassVar[frozenset[str]] = frozenset({"subnets", "endpoints"})
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {"cidr", "zones", "private", "internet", "subnets", "nat", "endpoints"}
    )

    cidr: Cidr | None = None
    zones: Annotated[int, Field(ge=1, le=6)] | None = None
    private: bool | None = None
    internet: bool | None = None
    subnets: Annotated[dict[str, Subnet | None], BeforeValidator(_by_name)] | None = None
    nat: Annotated[Literal["off", "single", "per-zone"], BeforeValidator(_nat)] | None = None
    """NAT gateways, by which private subnets reach the internet: one, or one in each zone. $0.045 an hour each."""
    endpoints: (
        Annotated[dict[Service, Annotated[str, AfterValidator(_endpoint)] | None], BeforeValidator(_endpoints)] | None
    ) = None
    """AWS services that are reached without the internet: a list of their names, or the type of endpoint by name."""

    @classmethod
    def check_name(cls, name: str) -> str:
        """A network's name is its tag `Name`: nearly any text, as long as it can be seen and told apart."""
        if not 1 <= len(name) <= 128:
            return "1 to 128 characters"
        if not name.isprintable():
            return "printable characters only"
        return "no space at its start or end" if name != name.strip() else ""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if "Name" in self.tags:
            yield ("tags", "Name"), "the network's own name is written there"
        for name, part in (self.subnets or {}).items():
            if self.internet is False and part and part.public:
                yield ("subnets", name, "public"), "a public subnet needs the `internet`, which is off"
        yield from self._lost_ways()
        placed = {name: IPv4Network(part.cidr) for name, part in (self.subnets or {}).items() if part and part.cidr}
        for name, inner in placed.items():
            if not self.has("cidr"):
                yield ("subnets", name, "cidr"), "give the network its `cidr` too, which this must lie in"
            elif self.cidr and not inner.subnet_of(IPv4Network(self.cidr)):
                yield ("subnets", name, "cidr"), f"it must lie in the network's {self.cidr}"
        for (one, first), (other, second) in combinations(placed.items(), 2):
            if first.overlaps(second):
                yield ("subnets", other, "cidr"), f"it must not overlap subnet {one!r}, {first}"

    def _lost_ways(self) -> Iterator[tuple[Path, str]]:
        """What leads nowhere."""
        if self.nat in ("single", "per-zone"):
            if self.internet is False:
                yield ("nat",), "NAT leads to the `internet`, which is off"
            elif self.private is False:
                yield ("nat",), "NAT serves private subnets, and `private` is off"
        for name, type in (self.endpoints or {}).items():
            if type == "gateway" and name not in GATEWAYS:
                yield ("endpoints", name), f"only {' and '.join(GATEWAYS)} have gateways: write interface"
