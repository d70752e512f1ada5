"""What an instance costs. On-demand Linux prices of us-east-1, November 2026. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from genesys_tui.engine.model.plan import Price
from genesys_tui.engine.model.specs.instance import SIZES

HOURS: Final = 730

LARGE: Final[Mapping[str, float]] = {
    "t2": 0.0928,
    "t3": 0.0832,
    "t3a": 0.0752,
    "t4g": 0.0672,
    "m5": 0.096,
    "m5a": 0.086,
    "m6a": 0.0864,
    "m6g": 0.077,
    "m6i": 0.096,
    "m7a": 0.11592,
    "m7g": 0.0816,
    "m7i": 0.1008,
    "m7i-flex": 0.09576,
    "m8g": 0.08976,
    "c5": 0.085,
    "c6a": 0.0765,
    "c6g": 0.068,
    "c6i": 0.085,
    "c7a": 0.10264,
    "c7g": 0.0725,
    "c7i": 0.08925,
    "c8g": 0.07976,
    "r5": 0.126,
    "r6a": 0.1134,
    "r6g": 0.1008,
    "r6i": 0.126,
    "r7g": 0.1071,
    "r7i": 0.1323,
    "r8g": 0.11782,
}
"""US dollars an hour for `large`, by family: the other sizes of a family are multiples of it."""

_SHARES: Final[Mapping[str, float]] = {"nano": 1 / 16, "micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1}


def instance_prices(size: str, disk: int, *, public_ip: bool, running: bool = True) -> tuple[Price, ...] | None:
    """Its hours, its own disk and its public address; None where the size's price is not known. One that stands still
    costs its disk only."""
    hourly = _hourly(SIZES.get(size, size))
    if hourly is None:
        return None
    hours = Price(f"{SIZES.get(size, size)} on demand", "hour", hourly, HOURS, HOURS, HOURS)
    stored = Price("gp3 disk", "GB-month", 0.08, disk, disk, disk)
    if not running:
        return (stored,)
    address = Price("public IPv4 address", "hour", 0.005, HOURS, HOURS, HOURS)
    return (hours, stored, address) if public_ip else (hours, stored)


def _hourly(type_: str) -> float | None:
    family, _, size = type_.partition(".")
    large, share = LARGE.get(family), _SHARES.get(size)
    if share is None and size.endswith("xlarge"):
        number = size.removesuffix("xlarge") or "1"
        share = 2.0 * int(number) if number.isdecimal() else None
    return round(large * share, 5) if large and share else None
