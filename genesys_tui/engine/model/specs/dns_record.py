"""The universal spec of a DNS record: what a name stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Part, Refers, Spec, Text
from genesys_tui.engine.model.specs.dns import domain_mistake

RECORDS = ("A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT")


def taken_apart(name: str) -> tuple[str, str]:
    """`www.example.com AAAA` is the domain and the type; the type is A where none is said."""
    domain, _, record = name.partition(" ")
    return domain, record or "A"


class Alias(Part):
    """Another resource of AWS that the name stands for: its DNS name, and the zone that AWS keeps it in."""

    target: Text | None = None
    zone: Text | None = None


class DnsRecordSpec(Spec):
    """A record. Its name is the domain name, with the type after it where that is not A: `www.example.com CNAME`."""

    takes_tags: ClassVar[bool] = False
    never_absent: ClassVar[frozenset[str]] = frozenset({"zone"})

    zone: Annotated[str, Refers("dns-zone", "id")] | None = None
    values: list[Text] | None = None
    ttl: Annotated[int, Field(ge=0, le=2_147_483_647)] | None = None
    """Seconds that others may remember it."""
    alias: Alias | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: ChangeResourceRecordSets, Route 53 API reference."""
        domain, record = taken_apart(name)
        if record not in RECORDS:
            return f"a domain, and after it one of {', '.join(RECORDS)}"
        return domain_mistake(domain)

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.values and self.alias:
            yield ("alias",), "write either `values` or an `alias`"
