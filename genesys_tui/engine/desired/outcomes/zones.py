"""The zone of this account that a domain stands in."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers import registry

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def _checked(name: str) -> str:
    if not _DOMAIN.fullmatch(name):
        raise ValueError("it takes a domain in lowercase, such as example.com")
    return name


Domain = Annotated[str, AfterValidator(_checked)]


def zone_of(domain: str) -> Reading[Actual | None]:
    """The nearest hosted zone; None where the account holds none."""
    kind = registry.kind("dns-zone")
    names = domain.split(".")
    for start in range(len(names) - 1):
        found = yield from kind.locate(".".join(names[start:]))
        if found is not None:
            return found
    return None
