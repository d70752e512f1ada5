"""The universal spec of a DNS zone: the names under a domain."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from genesys_tui.engine.model.specs.base import Refers, Spec
from genesys_tui.engine.model.specs.dns import domain_mistake


class DnsZoneSpec(Spec):
    """A zone. `network`: names in it are known inside that network only."""

    comment: Annotated[str, Field(max_length=256)] | None = None
    network: Annotated[str, Refers("network", "id")] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateHostedZone, Route 53 API reference."""
        return domain_mistake(name) or ("no wildcard" if "*" in name else "")
