"""Records to test with, and a comparison that tells what `==` does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from genesys_tui.engine.model.document import UNSET, Change, Document, paths
from genesys_tui.engine.model.history import ExecutionRecord, StepRecord
from genesys_tui.engine.model.resource import Fragment

SPEC: Document = {"versioning": True, "encryption": "managed", "public_access": False, "tags": {"team": "web"}}


def bucket(name: str, **changes: Any) -> Fragment:
    """What we remember of a hardened bucket."""
    outputs = {"id": name, "arn": f"arn:aws:s3:::{name}", "domain": f"{name}.s3.eu-west-1.amazonaws.com"}
    remembered = Fragment(f"bucket.{name}", "bucket", name, name, "eu-west-1", SPEC, paths(SPEC), outputs)
    return replace(remembered, **changes)


def step(name: str, **changes: Any) -> StepRecord:
    fragment = bucket(name)
    created = tuple(Change((key,), UNSET, value) for key, value in fragment.spec.items())
    record = StepRecord(fragment.address, "bucket", "create", changes=created, remember=fragment)
    return replace(record, **changes)


def execution(id: str, *steps: StepRecord, **changes: Any) -> ExecutionRecord:
    started = datetime(2026, 11, 20, tzinfo=UTC)
    record = ExecutionRecord(id, f"Do {id}", "dev", "eu-west-1", started, "running", steps)
    return replace(record, **changes)


def shape(value: object) -> object:
    """The value with its types told apart (a `Reference` from a text, True from 1, unset from None, the zone of a
    time), and only a list and a tuple alike."""
    if is_dataclass(value):
        return type(value).__name__, [(field.name, shape(getattr(value, field.name))) for field in fields(value)]
    match value:
        case Mapping():
            return "mapping", [(key, shape(inner)) for key, inner in value.items()]
        case list() | tuple():
            return "sequence", [shape(inner) for inner in value]
        case datetime():
            return "time", value.isoformat()
        case _:
            return "UNSET" if value is UNSET else (type(value).__name__, value)
