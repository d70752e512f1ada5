"""The universal spec of a network: an address range cut into subnets, with or without a way to the internet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from genesys_tui.engine.model.specs.base import Part, Spec


def _cidr(value: str) -> str:
    network = IPv4Network(value)
    if not 16 <= network.prefixlen <= 28:
        raise ValueError(f"{value!r}: AWS takes /16 to /28")
    return str(network)


Cidr = Annotated[str, AfterValidator(_cidr)]


class Subnet(Part):
    """A part of the network in one zone. `zone`: its letter (`a`), or unset to be chosen."""

    cidr: Cidr | None = None
    zone: Annotated[str, Field(pattern=r"^[a-z]$")] | None = None
    public: bool | None = None


def _by_name(value: object) -> object:
    """A list of named entries, as in a stack file, becomes a mapping by name."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        named: dict[str, object] = {}
        for entry in value:
            if not isinstance(entry, Mapping) or "name" not in entry:
                raise ValueError("each subnet needs a `name`")
            if entry["name"] in named:
                raise ValueError(f"two subnets are named {entry['name']!r}")
            named[entry["name"]] = {key: inner for key, inner in entry.items() if key != "name"}
        return named
    return value


class NetworkSpec(Spec):
    """A network. Unset `subnets`: one public and one private (unless `private` is off) in each of `zones` zones."""

    records: ClassVar[frozenset[str]] = frozenset({"subnets"})

    cidr: Cidr | None = None
    zones: Annotated[int, Field(ge=1, le=6)] | None = None
    private: bool | None = None
    internet: bool | None = None
    subnets: Annotated[dict[str, Subnet | None], BeforeValidator(_by_name)] | None = None
