"""The universal spec of a distribution: a site, delivered from places near its readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Refers, Spec, Text
from genesys_tui.engine.model.specs.dns import domain_mistake

CODES = ("400", "403", "404", "405", "414", "416", "500", "501", "502", "503", "504")


def _by_text(value: object) -> object:
    return {str(code): page for code, page in value.items()} if isinstance(value, dict) else value


class DistributionSpec(Spec):
    """A distribution of CloudFront before a private `bucket`, or before any `origin` that answers HTTPS."""

    never_absent: ClassVar[frozenset[str]] = frozenset({"price_class", "enabled"})

    bucket: Annotated[str, Refers("bucket", "id")] | None = None
    origin: Text | None = None
    """The domain of a server."""
    domains: list[str] | None = None
    certificate: Annotated[str, Refers("certificate", "arn")] | None = None
    root: Annotated[str, Field(max_length=255, pattern=r"^[^/]\S*$")] | None = None
    """The page at `/`."""
    spa: bool | None = None
    """What is not found is answered by the root page: one page that shows all."""
    errors: Annotated[dict[str, str | None], BeforeValidator(_by_text)] | None = None
    """Pages by code: `404: /404.html`."""
    price_class: Literal["all", "200", "100"] | None = None
    enabled: bool | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Ours are told apart by their comment (CreateDistribution, CloudFront API reference)."""
        return "" if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) else "1 to 64 letters, digits, dots, hyphens and _"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.bucket and self.origin:
            yield ("origin",), "write either `bucket` or `origin`"
        if self.domains and not self.certificate and self.has("certificate") == self.has("domains"):
            yield ("domains",), "they need a `certificate`"
        for domain in self.domains or ():
            if wrong := domain_mistake(domain):
                yield ("domains",), f"{domain!r} must be {wrong}"
        for code in self.errors or {}:
            if code not in CODES:
                yield ("errors", code), f"codes are {', '.join(CODES)}"
        if self.spa and self.errors:
            yield ("spa",), "it answers errors itself: leave out `errors`"
