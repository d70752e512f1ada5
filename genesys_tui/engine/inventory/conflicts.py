"""What gets in the way of what: networks of the same addresses, and things that look like copies. Pure."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network
from typing import Final

from genesys_tui.engine.model.document import without_absent
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.suggestion import Suggestion

_COPY: Final = re.compile(r"\b(copy|of|old|new|bak|backup|orig|original|final)\b")
"""What people call a copy by."""
_MANY: Final = frozenset({"content", "dns-record", "log-group"})
"""Kinds whose things are alike by their nature."""
TELLING: Final = 2
"""Settings that must be told, and the same, before two things are called alike."""


def overlaps(actuals: Sequence[Actual]) -> Iterator[tuple[Actual, Suggestion]]:
    """Networks whose ranges share addresses: they can't be peered, nor reached side by side over a VPN."""
    found = [(range_, one) for one in actuals if (range_ := _range(one)) is not None]
    found.sort(key=lambda each: (int(each[0].network_address), each[0].prefixlen, each[1].id))
    open_: list[tuple[IPv4Network, Actual]] = []
    for range_, one in found:
        open_ = [each for each in open_ if each[0].broadcast_address >= range_.network_address]
        for other_range, other in open_:
            yield one, _overlap(range_, other, other_range)
            yield other, _overlap(other_range, one, range_)
        open_.append((range_, one))


def duplicates(actuals: Sequence[Actual]) -> Iterator[tuple[Actual, Suggestion]]:
    """Things of one kind with the same settings, whose names differ in how they are written or in a word for a copy."""
    alike: dict[tuple[str, str, str, str], list[Actual]] = defaultdict(list)
    for one in actuals:
        if one.of_aws or one.kind in _MANY or not (settings := _settings(one)):
            continue
        alike[one.kind, one.region, _stem(one.name), settings].append(one)
    for group in alike.values():
        first, *rest = sorted(group, key=lambda one: (bool(_COPY.search(_plain(one.name))), len(one.name), one.id))
        for one in rest if len({each.name for each in group}) == len(group) else ():
            words = f"it looks like a copy of {first.kind} '{first.name}': nearly the same name, the same settings"
            yield one, Suggestion("duplicate", words)


def _range(actual: Actual) -> IPv4Network | None:
    cidr = actual.spec.get("cidr") if actual.kind == "network" else None
    try:
        return IPv4Network(cidr) if isinstance(cidr, str) else None
    except ValueError:
        return None


def _overlap(mine: IPv4Network, other: Actual, theirs: IPv4Network) -> Suggestion:
    name = f"'{other.name}'" if not other.of_aws else f"'{other.name}' ({other.of_aws})"
    return Suggestion(
        "overlap", f"its addresses {mine} overlap those of network {name}, {theirs}: they can't be peered"
    )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def _stem(name: str) -> str:
    """The name without what makes it a copy, nor the way it is written."""
    return re.sub(r"\s+", "", _COPY.sub(" ", _plain(name))) or name


def _settings(actual: Actual) -> str:
    """Its settings as one text; empty where too few were told."""
    told = {field: value for field, value in actual.spec.items() if field not in ("tags", "aws", "description")}
    there = without_absent(told)
    return json.dumps(there, sort_keys=True, default=str) if len(there) >= TELLING else ""
