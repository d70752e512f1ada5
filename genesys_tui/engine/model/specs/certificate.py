"""The universal spec of a certificate: proof that a name is ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Refers, Spec
from genesys_tui.engine.model.specs.dns import domain_mistake


class CertificateSpec(Spec):
    """A certificate for the domain that is its name. `zone`: where the records that prove the domain are written;
    without one somebody must write them. `cdn`: for CloudFront, which wants it in us-east-1."""

    write_only: ClassVar[frozenset[str]] = frozenset({"zone"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"cdn"})

    names: list[str] | None = None
    """Further domains."""
    zone: Annotated[str, Refers("dns-zone", "id")] | None = None
    cdn: bool | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: RequestCertificate, ACM API reference."""
        return domain_mistake(name)

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        for name in self.names or ():
            if wrong := domain_mistake(name):
                yield ("names",), f"{name!r} must be {wrong}"
