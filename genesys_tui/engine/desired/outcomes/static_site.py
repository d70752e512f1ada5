"""A static site: files in a private bucket, delivered from the edge, under a name of its own where the zone is here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from genesys_tui.engine.desired.outcomes.recipe import Parts, Recipe
from genesys_tui.engine.desired.outcomes.zones import Domain, zone_of
from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import Spec

ALIAS = {"target": "domain", "zone": "zone"}
"""What an alias takes, and the output of a distribution that it is."""


class StaticSiteSpec(Spec):
    """What may be asked of a site. `source`: the folder of its files."""

    domain: Domain | None = None
    source: str | None = None
    index: str | None = None
    error: str | None = None
    spa: bool | None = None
    """One page: what is not found is answered by the index page."""
    enable_https: bool | None = None
    """Under the site's own domain, with a certificate of its own. Off: only the address that CloudFront gives."""
    enable_cdn: bool | None = None

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.enable_cdn is False:
            yield ("enable_cdn",), "leave it on: without it the bucket would have to be open to everybody"


class StaticSite(Recipe[StaticSiteSpec]):
    """`static-site --domain example.com --source ./public`."""

    name = "static-site"
    title = "Static site"
    spec = StaticSiteSpec
    named_by: ClassVar[str] = "domain"

    def sentence(self, name: str, want: StaticSiteSpec) -> str:
        return f"Static site '{name}': private files, delivered over HTTPS from locations near its readers"

    def resources(self, parts: Parts, name: str, want: StaticSiteSpec, place: Placement) -> Reading[None]:
        bucket = f"{name.replace('.', '-')[:45].rstrip('-')}-{place.account}".strip("-")
        index = want.index or "index.html"
        parts.add("bucket", bucket, {"tags": {"Site": name}})
        site: dict[str, Any] = {"bucket": bucket, "root": index, **_errors(want)}
        zone = None
        if want.enable_https is not False:
            zone = yield from zone_of(name)
        if zone is not None:
            parts.add("certificate", name, {"zone": zone.name, "cdn": True})
            site |= {"domains": [name], "certificate": name}
        parts.add("distribution", name, site)
        if zone is not None:
            alias = {one: Reference(f"${{distribution.{name}.{output}}}") for one, output in ALIAS.items()}
            parts.add("dns-record", name, {"zone": zone.name, "alias": alias})
        content = {"bucket": bucket, "distribution": name, "source": want.source or "starter:site"}
        parts.add("content", f"{bucket}/", content)


def _errors(want: StaticSiteSpec) -> dict[str, Any]:
    if want.spa:
        return {"spa": True}
    return {"errors": {"404": want.error}} if want.error else {}
