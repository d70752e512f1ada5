"""Layers in an account, as they are listed to be pruned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LAYERS = "genesys-"
"""How the names of the layers that we publish start, in every account."""

YOUNG = timedelta(hours=1)
"""So long a layer may be on its way to the function that it was published for."""


@dataclass(frozen=True, slots=True)
class UnusedLayer:
    """A version of a layer that no function uses, published versions of functions among them. `arn`: with the version.
    `size`: bytes of its zip; None where that can't be read."""

    arn: str
    name: str
    version: int
    created: datetime | None
    size: int | None
