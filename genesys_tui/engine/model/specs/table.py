"""The universal spec of a table: items by key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import ByName, Part, Refers, Spec

_NAME = re.compile(r"[A-Za-z0-9_.-]{3,255}")


class Attribute(Part):
    """An attribute that keys are made of: S (text), N (number) or B (bytes)."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Literal["S", "N", "B"] = "S"


def _attribute(value: object) -> object:
    """`id` is a text; `created:N` a number."""
    if isinstance(value, str):
        name, _, type_ = value.partition(":")
        return {"name": name, "type": type_ or "S"}
    if isinstance(value, Mapping):
        return {"type": "S", **value}
    return value


KeyAttribute = Annotated[Attribute, BeforeValidator(_attribute)]
Units = Annotated[int, Field(ge=1, le=40_000)]


class Index(Part):
    """Another way to the items. `projection`: what of each item it holds; `include`: these attributes besides the
    keys."""

    key: KeyAttribute | None = None
    sort: KeyAttribute | None = None
    projection: Literal["all", "keys", "include"] | None = None
    include: list[str] | None = None


def _projected(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {
        name: {"projection": "include" if entry.get("include") else "all", **entry}
        if isinstance(entry, dict)
        else entry
        for name, entry in value.items()
    }


class TableSpec(Spec):
    """A table. Without `read_units` and `write_units` it is paid for by request. `encryption`: `managed` (a key that
    AWS owns) or a KMS key."""

    records: ClassVar[frozenset[str]] = frozenset({"indexes"})
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {"key", "point_in_time_recovery", "deletion_protection", "encryption"}
    )

    key: KeyAttribute | None = None
    sort: KeyAttribute | None = None
    read_units: Units | None = None
    write_units: Units | None = None
    indexes: Annotated[dict[str, Index | None], BeforeValidator(_projected), ByName] | None = None
    ttl: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """The attribute with the time, in Unix seconds, at which an item goes."""
    point_in_time_recovery: bool | None = None
    encryption: Annotated[str, Refers("key", "arn", ("managed",))] | None = None
    deletion_protection: bool | None = None
    stream: Literal["keys", "new", "old", "both"] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateTable, DynamoDB API reference."""
        return "" if _NAME.fullmatch(name) else "3 to 255 letters, digits, underscores, hyphens and dots"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if (self.read_units is None) != (self.write_units is None) and self.has("read_units") == self.has(
            "write_units"
        ):
            yield ("read_units",), "give `read_units` and `write_units`, or neither"
        for name, index in (self.indexes or {}).items():
            if not _NAME.fullmatch(name):
                yield ("indexes", name), "an index is named as a table is"
            if index and index.key is None:
                yield ("indexes", name), "it needs a `key`"
            if index and (index.projection == "include") != bool(index.include):
                yield ("indexes", name), "`projection: include` and `include` go together"
