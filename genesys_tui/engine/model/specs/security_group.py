"""The universal spec of a security group: who may reach what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import WISH, ByName, Part, Refers, Spec, Text

_PORTS = re.compile(r"[0-9]{1,5}(-[0-9]{1,5})?|all")


def _ports(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _range(value: str, info: ValidationInfo) -> str:
    numbers = [int(one) for one in re.findall(r"[0-9]+", value)]
    if info.context == WISH and not (_PORTS.fullmatch(value) and all(one <= 65_535 for one in numbers)):
        raise ValueError("it takes a port, a range such as 8000-8100, or all")
    return value


Ports = Annotated[str, BeforeValidator(_ports), AfterValidator(_range)]


def _peer(value: object, info: ValidationInfo) -> object:
    """`anywhere` is any address; a bare name is another group."""
    if info.context != WISH or not isinstance(value, str) or isinstance(value, Reference):
        return value
    if value == "anywhere":
        return "0.0.0.0/0"
    if value == "self" or value.startswith(("sg-", "pl-")):
        return value
    try:
        return str(ip_network(value, strict=False))
    except ValueError:
        return Reference(f"${{security-group.{value}.id}}")


Peer = Annotated[Text, BeforeValidator(_peer)]


class Rule(Part):
    """Who (`peer`) may come in, or be reached: a range of addresses, `anywhere`, `self`, or another group."""

    direction: Literal["in", "out"] | None = None
    protocol: Literal["tcp", "udp", "icmp", "all"] | None = None
    ports: Ports | None = None
    peer: Peer | None = None


def _whole(value: object, info: ValidationInfo) -> object:
    """`from` and `to` say the peer and the direction; what is not said is as usual."""
    if info.context != WISH or not isinstance(value, Mapping):
        return value
    return {name: _entry(entry) if isinstance(entry, Mapping) else entry for name, entry in value.items()}


def _entry(entry: Mapping[str, object]) -> dict[str, object]:
    plain: dict[str, object] = {"direction": "in", "protocol": "tcp", "peer": "anywhere", **entry}
    for word, direction in (("from", "in"), ("to", "out")):
        if word in plain:
            plain |= {"peer": plain.pop(word), "direction": direction}
    if plain["protocol"] in ("all", "icmp"):
        plain.setdefault("ports", "all")
    return plain


class SecurityGroupSpec(Spec):
    """A group with its rules by name. AWS lets out whatever stands in a new one."""

    records: ClassVar[frozenset[str]] = frozenset({"rules"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"description"})

    network: Annotated[str, Refers("network", "id")] | None = None
    description: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    rules: Annotated[dict[str, Rule | None], BeforeValidator(_whole), ByName] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateSecurityGroup, EC2 API reference."""
        if re.fullmatch(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}", name) and not name.startswith("sg-"):
            return "" if name == name.strip() else "no space at its start or end"
        return "1 to 255 letters, digits, spaces and any of ._-:/()#,@[]+=&;{}!$*, and no sg- at the start"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        for name, rule in (self.rules or {}).items():
            if rule and not rule.ports:
                yield ("rules", name), "it needs its `ports`: 443, 8000-8100 or all"
            if len(name) > 128:
                yield ("rules", name), "a rule's name has at most 128 characters"
