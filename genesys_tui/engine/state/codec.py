"""Records as bytes, the same for every backend: JSON behind a short header, compressed where there is much of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

import zstandard

from genesys_tui.engine.model.document import Change
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.history import Attempt, ExecutionRecord, StepRecord
from genesys_tui.engine.model.resource import Actual, Fragment
from genesys_tui.engine.state.values import from_wire, text, to_wire

FORMAT: Final = 1
"""Grows with every change of the records: an older genesys would lose what it does not know. Fields that a record of an
older format lacks get their defaults."""

_MAGIC: Final = b"genesys"
_PLAIN: Final = b"j"
_COMPRESSED: Final = b"z"

Wire: TypeAlias = dict[str, Any]
"""A record as JSON, by the names of its fields. Only the functions here take one apart."""

Patch: TypeAlias = Mapping[bytes, bytes | None]
"""Encoded fragments by encoded address; None removes. Made before the transaction that merges it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Where:
    """Where bytes came from (a file, an object), and the command that moves it away: for errors."""

    name: str
    move_away: str


# records --------------------------------------------------------------------------------------------------------------
def encode_execution(record: ExecutionRecord) -> bytes:
    return _seal(text(_execution(record)), compress=True)


def decode_execution(data: bytes, where: Where) -> ExecutionRecord:
    """Raises `GenesysError` for what is damaged or newer."""
    return _parsed(_unseal(data, where), where, _read_execution)


def encode_step(step: StepRecord) -> bytes:
    return _seal(text(_step(step)))


def decode_step(data: bytes, where: Where) -> StepRecord:
    """As `decode_execution`."""
    return _parsed(_unseal(data, where), where, _read_step)


def encode_attempt(attempt: Attempt) -> bytes:
    return _seal(text(_attempt(attempt)))


def decode_attempt(data: bytes, where: Where) -> Attempt:
    """As `decode_execution`."""
    return _parsed(_unseal(data, where), where, _read_attempt)


# the snapshot of a stack ----------------------------------------------------------------------------------------------
def encode_patch(changes: Mapping[str, Fragment | None]) -> Patch:
    return {
        text(address): None if fragment is None else text(_fragment(fragment))
        for address, fragment in changes.items()
    }  # fmt: skip


def merge_patch(snapshot: bytes, patch: Patch, where: Where) -> bytes:
    """The snapshot with the patch laid over it. No bytes are the snapshot of a stack that remembers nothing.

    A snapshot is a line for each fragment (address, tab, fragment), so that a merge replaces lines and takes no
    fragment apart. Raises as `decode_execution`.
    """
    merged: dict[bytes, bytes | None] = {**_lines(snapshot, where), **patch}
    lines = [address + b"\t" + line for address, line in sorted(merged.items()) if line is not None]
    return _seal(b"\n".join(lines), compress=True) if lines else b""


def decode_snapshot(snapshot: bytes, where: Where) -> dict[str, Fragment]:
    """The fragments by address. Raises as `decode_execution`."""
    fragments = (_parsed(line, where, _read_fragment) for line in _lines(snapshot, where).values())
    return {fragment.address: fragment for fragment in fragments}


def _lines(snapshot: bytes, where: Where) -> dict[bytes, bytes]:
    pairs = [line.partition(b"\t") for line in _unseal(snapshot, where).split(b"\n")] if snapshot else []
    return {address: line for address, _, line in pairs}


# header, compression, errors ------------------------------------------------------------------------------------------
def _seal(content: bytes, *, compress: bool = False) -> bytes:
    """Magic, format, how the content is written, and the content. A compressed one carries a checksum."""
    head = _MAGIC + bytes([FORMAT])
    if not compress:
        return head + _PLAIN + content
    # A compressor of its own for each call: they are not made for several threads, and cost 12 microseconds.
    return head + _COMPRESSED + zstandard.ZstdCompressor(write_checksum=True).compress(content)


def _unseal(data: bytes, where: Where) -> bytes:
    head, content = data[: len(_MAGIC) + 2], data[len(_MAGIC) + 2 :]
    if len(head) < len(_MAGIC) + 2 or not head.startswith(_MAGIC):
        raise damaged(where, "it does not begin as a record of genesys does")
    if head[-2] > FORMAT:
        raise newer(where, f"it has format {head[-2]}, and this version reads up to {FORMAT}")
    if head[-1:] == _PLAIN:
        return content
    try:
        return zstandard.ZstdDecompressor().decompress(content)
    except zstandard.ZstdError as error:
        raise damaged(where, str(error)) from error


def _parsed(content: bytes, where: Where, read: Callable[[Wire], T]) -> T:
    try:
        return read(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(where, f"{type(error).__name__}: {error}") from error


def newer(where: Where, why: str) -> GenesysError:
    """The error for what a later version wrote."""
    return GenesysError(
        f"the state in {where.name} was written by a newer genesys",
        why=why,
        todo="Install the newer version. Nothing was changed.",
        command="pip install --upgrade genesys-tui",
    )


def damaged(where: Where, why: str) -> GenesysError:
    """The error for what can't be read."""
    return GenesysError(
        f"the state in {where.name} can't be read",
        why=why,
        todo="Put a copy of it back. Where there is none, move it away and take over what exists with --adopt: nothing "
        "in the cloud depends on this state.",
        command=where.move_away,
    )


# records as JSON ------------------------------------------------------------------------------------------------------
def _plain(record: Any) -> Wire:
    """All fields as they are: one that is added to a record later is stored without a word here, or refused by JSON."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _execution(record: ExecutionRecord) -> Wire:
    return {**_plain(record), "started": record.started.isoformat(), "steps": [_step(step) for step in record.steps]}


def _read_execution(wire: Wire) -> ExecutionRecord:
    started = datetime.fromisoformat(wire["started"])
    return ExecutionRecord(**{**wire, "started": started, "steps": tuple(map(_read_step, wire["steps"]))})


def _step(step: StepRecord) -> Wire:
    return {
        **_plain(step),
        "changes": [[change.path, to_wire(change.before), to_wire(change.after)] for change in step.changes],
        "had": step.had and _actual(step.had),
        "remembered": step.remembered and _fragment(step.remembered),
        "remember": step.remember and _fragment(step.remember),
    }


def _read_step(wire: Wire) -> StepRecord:
    records = {
        "changes": tuple(Change(tuple(path), from_wire(old), from_wire(new)) for path, old, new in wire["changes"]),
        "had": wire["had"] and _read_actual(wire["had"]),
        "remembered": wire["remembered"] and _read_fragment(wire["remembered"]),
        "remember": wire["remember"] and _read_fragment(wire["remember"]),
    }
    return StepRecord(**{**wire, **records})


def _attempt(attempt: Attempt) -> Wire:
    return {**_plain(attempt), "captured": to_wire(attempt.captured)}


def _read_attempt(wire: Wire) -> Attempt:
    return Attempt(**{**wire, "captured": from_wire(wire["captured"])})


def _fragment(fragment: Fragment) -> Wire:
    return {
        **_plain(fragment),
        "spec": to_wire(fragment.spec),
        "asked": sorted(fragment.asked),
        "outputs": to_wire(fragment.outputs),
        "created": to_wire(fragment.created),
    }


def _read_fragment(wire: Wire) -> Fragment:
    values = {key: from_wire(wire[key]) for key in ("spec", "outputs", "created")}
    asked, needs = frozenset(map(tuple, wire["asked"])), tuple(wire["needs"])
    return Fragment(**{**wire, **values, "asked": asked, "needs": needs})


def _actual(actual: Actual) -> Wire:
    return {
        **_plain(actual),
        "spec": to_wire(actual.spec),
        "tags": to_wire(actual.tags),
        "created": to_wire(actual.created),
        "provider_data": to_wire(actual.provider_data),
    }


def _read_actual(wire: Wire) -> Actual:
    values = {key: from_wire(wire[key]) for key in ("spec", "tags", "created", "provider_data")}
    return Actual(**{**wire, **values})
