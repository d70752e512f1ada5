"""What the conformance suite needs to know of a kind: one file for each, `sample_<kind>.py`, with `SAMPLE` in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Beside:
    """A resource that must be there for the sample: it's made first, of the same stack. The sample refers to it as a
    stack file would (`${role.runner.arn}`, or its bare name)."""

    kind: str
    name: str
    spec: Document = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """A typical resource of the kind, as a stack file would ask for it.

    `updates`: by top field, a new value and the most write calls that bringing it about may take. `replaces`: by
    create-only field, a new value. `prepare`: run with the endpoint's URL before anything else, for what is no kind
    (the contents of a folder). `artifacts`: what a build put among the artifacts of this machine. `blind`: what the
    emulator gets wrong, by field of the spec or by law of the suite (`discover`, `lost`, `undelete`, `adopt`, `arn`),
    with the reason; fed-answer tests of the kind hold it instead. `hostile`: names that must be refused, besides the
    usual.
    """

    name: str
    spec: Document
    updates: Mapping[str, tuple[Any, int]] = field(default_factory=dict)
    replaces: Document = field(default_factory=dict)
    beside: tuple[Beside, ...] = ()
    prepare: Callable[[str], None] | None = None
    artifacts: tuple[bytes, ...] = ()
    blind: Mapping[str, str] = field(default_factory=dict)
    hostile: tuple[str, ...] = ()
