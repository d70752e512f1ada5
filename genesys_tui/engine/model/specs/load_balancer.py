"""The universal spec of a load balancer: the doors it listens at, and the groups of targets behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, JsonValue

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import ByName, Part, Refers, Spec, Text

Port = Annotated[int, Field(ge=1, le=65_535)]
Protocol = Literal["HTTP", "HTTPS", "TCP", "TLS"]

OF_TYPE: Mapping[str, tuple[str, ...]] = {"application": ("HTTP", "HTTPS"), "network": ("TCP", "TLS")}
"""The protocols that each type speaks."""


def _or_nothing(value: object) -> object:
    """Not to do it is to say nothing."""
    return None if value is False else value


class Listener(Part):
    """A door: it passes what comes in on to `target`, the name of a group of targets, or sends it to https. Unset
    `protocol`: the one of the type, encrypted where there is a certificate."""

    port: Port | None = None
    protocol: Protocol | None = None
    certificate: Annotated[str, Refers("certificate", "arn")] | None = None
    target: str | None = None
    redirect_to_https: Annotated[bool | None, BeforeValidator(_or_nothing)] = None


class Target(Part):
    """A group of targets. `type`: `ip` (containers), or `instance`, whose `instances` are given here. `health_path`:
    what is asked of each to see that it is well."""

    port: Port | None = None
    protocol: Protocol | None = None
    type: Literal["ip", "instance"] | None = None
    health_path: Annotated[str, Field(pattern=r"^/[^\s]{0,1023}$")] | None = None
    instances: list[Annotated[str, Refers("instance", "id")]] | None = None


def _texts(value: object) -> object:
    """Attributes are texts."""
    if not isinstance(value, Mapping):
        return value
    return {
        key: one if one is None else str(one).lower() if isinstance(one, bool) else str(one)
        for key, one in value.items()
    }


class LoadBalancerSpec(Spec):
    """A load balancer: `application` (HTTP) or `network` (TCP). Unset `subnets`: two of its network, in the first and
    the last zone; public ones where its scheme is `internet`. `aws` takes attributes (`access_logs.s3.enabled`)."""

    takes_aws: ClassVar[bool] = True
    records: ClassVar[frozenset[str]] = frozenset({"listeners", "targets"})
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {"type", "scheme", "network", "subnets", "listeners", "targets", "deletion_protection", "idle_timeout"}
    )

    type: Literal["application", "network"] | None = None
    scheme: Literal["internet", "internal"] | None = None
    network: Annotated[str, Refers("network", "id")] | None = None
    subnets: Annotated[list[Text], Field(min_length=1)] | None = None
    security_groups: Annotated[list[Annotated[str, Refers("security-group", "id")]], Field(min_length=1)] | None = None
    listeners: Annotated[dict[str, Listener | None], ByName] | None = None
    targets: Annotated[dict[str, Target | None], ByName] | None = None
    deletion_protection: bool | None = None
    idle_timeout: Annotated[int, Field(ge=1, le=4000)] | None = None
    """Seconds that an idle connection is kept; of the type application."""
    aws: Annotated[dict[str, JsonValue], BeforeValidator(_texts)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateLoadBalancer, ELBv2 API reference."""
        if name.startswith("internal-"):
            return "a name must not start with internal-"
        if re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?", name):
            return ""
        return "1 to 32 letters, digits and hyphens, no hyphen at its start or end"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        type = self.type or "application"
        if type == "network" and self.idle_timeout is not None:
            yield ("idle_timeout",), "only the type application has it"
        for name, listener in (self.listeners or {}).items():
            if listener:
                for field, fix in self._wrong(listener, type):
                    yield ("listeners", name, field), fix
        used = {listener.target for listener in (self.listeners or {}).values() if listener}
        for name, target in (self.targets or {}).items():
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
                yield ("targets", name), "1 to 64 letters, digits, hyphens and underscores"
            if target and self.listeners is not None and name not in used:
                yield ("targets", name), "no listener passes anything on to it: name it as the `target` of one"
            if target and target.protocol and target.protocol not in OF_TYPE[type]:
                yield ("targets", name, "protocol"), f"of the type {type} it is {' or '.join(OF_TYPE[type])}"
            if target and target.instances and target.type != "instance":
                yield ("targets", name, "instances"), "they go with `type: instance`"

    def _wrong(self, listener: Listener, type: str) -> Iterator[tuple[str, str]]:
        if listener.protocol and listener.protocol not in OF_TYPE[type]:
            yield "protocol", f"of the type {type} it is {' or '.join(OF_TYPE[type])}"
        if listener.protocol in ("HTTPS", "TLS") and not listener.certificate:
            yield "protocol", f"{listener.protocol} takes a `certificate`"
        if listener.protocol in ("HTTP", "TCP") and listener.certificate:
            yield "certificate", "it goes with HTTPS and TLS"
        if bool(listener.target) == bool(listener.redirect_to_https):
            yield "target", "it takes either a `target` or `redirect_to_https: true`"
        if listener.redirect_to_https and type == "network":
            yield "redirect_to_https", "only the type application can do it"
        if listener.target and self.targets is not None and listener.target not in self.targets:
            yield "target", f"it is one of {', '.join(self.targets) or 'the `targets`, which are none'}"
