"""The layers that we published into an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LAYERS = "genesys-"
"""How the names of the layers that we publish start, in every account."""

YOUNG = timedelta(hours=1)
"""So long a layer may be on its way to the function that it was published for."""


@dataclass(frozen=True, slots=True)
class PublishedLayer:
    """A version of a layer. `arn`: with the version. `size`: bytes of its zip; None where that can't be read. `users`:
    the ARNs of the functions that use it; of published versions of them with their number."""

    arn: str
    name: str
    version: int
    created: datetime | None
    size: int | None
    users: tuple[str, ...] = ()
