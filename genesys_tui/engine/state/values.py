"""Values as JSON and back, exactly.

JSON knows fewer values than a document. What it lacks is written as an object of one key: `{"$ref": "${network.a.id}"}`
for a `Reference`, and so on (`_READERS`); a mapping that happens to look so is wrapped in `$map`. Tuples come back as
lists.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from genesys_tui.engine.model.document import UNSET, Unset
from genesys_tui.engine.model.resource import Reference

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def text(wire: Json) -> bytes:
    """Compact JSON in ASCII: no raw tab or newline is in it, and half a surrogate pair in a name breaks nothing."""
    return json.dumps(wire, separators=(",", ":")).encode("ascii")


def to_wire(value: object) -> Json:
    """Raises TypeError for what no document may hold."""
    match value:
        case Mapping():
            plain = {_key(key): to_wire(inner) for key, inner in value.items()}
            return {"$map": plain} if _tag(plain) else plain
        case Sequence() if not isinstance(value, str | bytes):
            return [to_wire(inner) for inner in value]
        case _:
            return _scalar(value)


def from_wire(wire: Json) -> Any:
    """The value that was written. Raises KeyError, ValueError or TypeError for what `to_wire` never writes."""
    match wire:
        case dict():
            tag = _tag(wire)
            return _READERS[tag](wire[tag]) if tag else _mapping(wire)
        case list():
            return [from_wire(inner) for inner in wire]
        case _:
            return wire


def _scalar(value: object) -> Json:
    match value:
        case Reference():
            return {"$ref": str(value)}
        case None | bool() | int() | float() | str():
            return value
        case Unset():
            return {"$unset": True}
        case datetime():
            return {"$time": value.isoformat()}
        case bytes():
            return {"$bytes": b64encode(value).decode("ascii")}
        case _:
            raise TypeError(f"state can't hold a {type(value).__name__}: {value!r}")


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"state can't hold a mapping with the key {key!r}: keys are texts")


def _tag(wire: Mapping[str, Json]) -> str | None:
    key = next(iter(wire)) if len(wire) == 1 else ""
    return key if key.startswith("$") else None


def _mapping(wire: Mapping[str, Json]) -> dict[str, Any]:
    return {key: from_wire(inner) for key, inner in wire.items()}


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "$map": _mapping,
    "$ref": Reference,
    "$unset": lambda _: UNSET,
    "$time": datetime.fromisoformat,
    "$bytes": b64decode,
}
