"""The universal spec of a security group: who may talk to what is in it, and whom it may talk to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, ByName, Part, Refers, Spec

ALL_OUT = "all-out"
"""The rule that AWS puts into every new group: all that is in it may talk to everybody."""

SELF = "self"
"""The members of the group itself."""

ANYWHERE = "anywhere"
"""Every IPv4 address."""

PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "all")
NUMBERED = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
"""EC2 tells of these by their names, however they were asked for."""
ALL_PORTS = "0-65535"


def _range(text: str) -> str:
    """A range as AWS writes it, a single address as a range of one; empty for what is none. Raises ValueError for one
    that is wrong."""
    if text == ANYWHERE:
        return "0.0.0.0/0"
    if not re.fullmatch(r"[\d.]+(/\d+)?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/\d+", text):
        return ""
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise ValueError(
            f"{error}: it takes a range such as 10.0.0.0/16, a security group, {ANYWHERE} or {SELF}"
        ) from None


def _peer(value: object, refer: ValidatorFunctionWrapHandler, info: ValidationInfo) -> str:
    found = _range(value) if isinstance(value, str) and info.context == WISH else ""
    text: str = found or refer(value)
    return text


Peer = Annotated[str, Refers("security-group", "id", (SELF,)), WrapValidator(_peer)]
"""An address range, `anywhere`, a security group (by its name here, or its id), a prefix list (`pl-...`), or `self`."""


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _ports(value: str, info: ValidationInfo) -> str:
    if info.context != WISH:
        return value
    found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", value)
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not low <= high <= 65_535:
        raise ValueError("it takes a port (0 to 65535) such as 443, a range such as 8000-8100, or all")
    return str(low) if low == high else f"{low}-{high}"


def _protocol(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and value not in PROTOCOLS and not re.fullmatch(r"\d{1,3}", value):
        raise ValueError(f"it takes {', '.join(PROTOCOLS)}, or the number of a protocol")
    return value


def _direction(value: str) -> str:
    if value not in ("in", "out"):
        raise ValueError("it takes in or out")
    return value


class Rule(Part):
    """One thing that is allowed. `from` is for what comes in, `to` for what goes out: one of them tells the direction.
    Without a protocol it is tcp where ports are given, else all."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_alias=True, validate_by_name=True)

    direction: Annotated[str, AfterValidator(_direction)] | None = None
    protocol: Annotated[str, BeforeValidator(_as_text), AfterValidator(_protocol)] | None = None
    ports: Annotated[str, BeforeValidator(_as_text), AfterValidator(_ports)] | None = None
    from_: Annotated[Peer | None, Field(alias="from")] = None
    to: Peer | None = None

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any, info: ValidationInfo) -> Any:
        """A wish says all of a rule, so that it is equal to what is read."""
        if info.context != WISH or not isinstance(value, Mapping):
            return value
        ends = [end for end in ("from", "to") if value.get(end) is not None]
        if len(ends) != 1:
            raise ValueError("a rule says `from` whom (in) or `to` whom (out), one of the two")
        direction = "in" if ends == ["from"] else "out"
        if value.get("direction", direction) != direction:
            raise ValueError("`from` is for the direction in, `to` for the direction out")
        ports = None if value.get("ports") == "all" else value.get("ports")
        protocol = value.get("protocol") or ("tcp" if value.get("ports") else "all")
        protocol = NUMBERED.get(str(protocol), protocol)
        if protocol in ("tcp", "udp"):
            ports = ALL_PORTS if ports is None else ports
        elif ports is not None:
            raise ValueError(f"ports go with tcp and udp, not with {protocol}")
        said = {"ports": ports, "direction": direction, "protocol": protocol, ends[0]: value[ends[0]]}
        return {key: one for key, one in {**value, **said}.items() if one is not None}


class SecurityGroupSpec(Spec):
    """A security group. What no rule allows is refused."""

    records: ClassVar[frozenset[str]] = frozenset({"rules"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"network", "description", "rules"})

    network: Annotated[str, Refers("network", "id")] | None = None
    """The network it is in; unset: the account's default one."""
    description: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    rules: Annotated[dict[str, Rule | None], ByName] | None = None
    """By name. AWS puts `all-out` into each new group: `all-out: null` takes it away."""

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateSecurityGroup, EC2 API reference."""
        if name.startswith("sg-") or name == "default":
            return "AWS keeps the names `default` and `sg-...` for itself"
        if re.fullmatch(r"[A-Za-z0-9._:/()#,@\[\]+=&;{}!$*-](?:[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{0,254})", name):
            return "no space at its end" if name.endswith(" ") else ""
        return "1 to 255 letters, digits, spaces, and any of ._-:/()#,@[]+=&;{}!$*"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.description and not re.fullmatch(r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]+", self.description):
            yield ("description",), "letters, digits, spaces, and any of ._-:/()#,@[]+=&;{}!$*"
        if "Name" in self.tags:
            yield ("tags", "Name"), "the group's own name is written there"
        for name in self.rules or ():
            if not (1 <= len(name) <= 255 and name.isprintable()):
                yield ("rules", name), "a rule's name is 1 to 255 printable characters"
        there: list[tuple[str, Rule]] = []
        for name, rule in (self.rules or {}).items():
            if rule and (same := next((other for other, one in there if one == rule), None)):
                yield ("rules", name), f"it is the same as '{same}', and AWS takes no rule twice"
            elif rule:
                there.append((name, rule))
