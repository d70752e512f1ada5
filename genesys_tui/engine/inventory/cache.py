"""What was read before, kept on this machine: the account as the last sweep saw it, and what plans read.

It only makes things quick: it may be deleted at any time, and whatever is wrong with it is as if it were not there. It
holds names, tags and the managed fields of specs; neither raw answers nor secrets.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genesys_tui.engine.inventory.observe import Subject
from genesys_tui.engine.model.owner import CloudStack, StackMember
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.state.values import from_wire, to_wire

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sweep (region TEXT PRIMARY KEY, read_at TEXT NOT NULL, actuals BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS stacks (region TEXT PRIMARY KEY, stacks BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS looks (region TEXT, stack TEXT, read_at TEXT NOT NULL, actuals BLOB NOT NULL,
                                  PRIMARY KEY (region, stack)) STRICT;
"""
FORMAT = 3
EVERYWHERE = ""
"""In the place of a region: what is told alike in each of them."""

Looks = dict[tuple[object, ...], "Actual | None"]
"""What plans saw, by the key of each look."""


class Cache:
    """The cache of one account (of one endpoint). No method raises for what is wrong with the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    # the account --------------------------------------------------------------------------------------------------
    def keep_sweep(self, region: str, actuals: Iterable[Actual], read_at: datetime) -> None:
        """Keep a whole sweep of a region, without the details."""
        rows = [_bare(actual) for actual in actuals]
        self._write("INSERT OR REPLACE INTO sweep VALUES (?, ?, ?)", (region, read_at.isoformat(), _packed(rows)))

    def sweep(self, region: str) -> tuple[list[Actual], datetime] | None:
        """The last sweep of a region and its time, with what is told alike everywhere; None where there is none."""
        here = self._swept(region)
        if here is None:
            return None
        actuals, read_at = self._swept(EVERYWHERE) or ([], here[1])
        return [*here[0], *actuals], min(here[1], read_at)

    def _swept(self, region: str) -> tuple[list[Actual], datetime] | None:
        row = self._read("SELECT actuals, read_at FROM sweep WHERE region = ?", (region,))
        if row is None:
            return None
        try:
            return [_actual(one) for one in _unpacked(row[0])], datetime.fromisoformat(row[1])
        except (ValueError, KeyError, TypeError):
            return None

    def keep_stacks(self, region: str, stacks: Iterable[tuple[CloudStack, str]]) -> None:
        """Keep CloudFormation's stacks, each with the time of its last change."""
        rows = [[asdict(stack), changed] for stack, changed in stacks]
        self._write("INSERT OR REPLACE INTO stacks VALUES (?, ?)", (region, _packed(rows)))

    def stacks(self, region: str) -> list[tuple[CloudStack, str]] | None:
        """As they were kept; None where none were."""
        row = self._read("SELECT stacks FROM stacks WHERE region = ?", (region,))
        if row is None:
            return None
        try:
            return [(_stack(stack), changed) for stack, changed in _unpacked(row[0])]
        except (ValueError, KeyError, TypeError):
            return None

    # plans --------------------------------------------------------------------------------------------------------
    def keep_looks(self, region: str, stack: str, subjects: Sequence[Subject], seen: Looks) -> None:
        """Keep what a plan of a stack saw: the fields that it looked at, nothing else."""
        now = datetime.now(UTC).isoformat()
        try:
            rows = [[_key(subject), _looked(seen[subject.key])] for subject in subjects if subject.key in seen]
        except TypeError:
            return  # a value that no document may hold: it is read anew each time
        self._write("INSERT OR REPLACE INTO looks VALUES (?, ?, ?, ?)", (region, stack, now, _packed(rows)))

    def looks(self, region: str, stack: str, subjects: Sequence[Subject]) -> tuple[Looks, datetime] | None:
        """What the last plan of a stack saw of these subjects, and when; None where nothing is kept."""
        row = self._read("SELECT actuals, read_at FROM looks WHERE region = ? AND stack = ?", (region, stack))
        if row is None:
            return None
        try:
            kept = dict(_unpacked(row[0]))
            asked = {subject.key: kept[key] for subject in subjects if (key := _key(subject)) in kept}
            return {key: _seen(wire) for key, wire in asked.items()}, datetime.fromisoformat(row[1])
        except (ValueError, KeyError, TypeError):
            return None

    # the file -----------------------------------------------------------------------------------------------------
    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection | None]:
        """A connection for one statement; None where there can't be one."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._path.exists():
                os.close(os.open(self._path, os.O_CREAT, 0o600))
            connection = sqlite3.connect(self._path, timeout=1.0)
        except (OSError, sqlite3.Error):
            yield None
            return
        with closing(connection):
            yield connection

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        with self._opened() as connection:
            if connection is None:
                return
            try:
                with connection:
                    connection.executescript(_SCHEMA)
                    connection.execute(statement, values)
            except sqlite3.Error:
                self._drop()

    def _read(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        if not self._path.exists():
            return None
        with self._opened() as connection:
            try:
                row: tuple[Any, ...] | None = connection.execute(statement, values).fetchone() if connection else None
            except sqlite3.Error:
                return None
        return row

    def _drop(self) -> None:
        """A broken file is made anew next time; a locked one stays."""
        try:
            with closing(sqlite3.connect(self._path)) as connection:
                connection.execute("PRAGMA quick_check")
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)


def _packed(rows: Sequence[object]) -> bytes:
    import zstandard

    text = json.dumps([FORMAT, rows], separators=(",", ":")).encode("ascii")
    packed: bytes = zstandard.ZstdCompressor(level=3).compress(text)
    return packed


def _unpacked(packed: bytes) -> list[Any]:
    """Raises ValueError for what is none of ours."""
    import zstandard

    try:
        version, rows = json.loads(zstandard.ZstdDecompressor().decompress(packed))
    except zstandard.ZstdError as error:
        raise ValueError("not packed by us") from error
    if version != FORMAT or not isinstance(rows, list):
        raise ValueError(f"format {version}")
    return rows


def _bare(actual: Actual) -> list[Any]:
    created = actual.created.isoformat() if actual.created else None
    place = [actual.kind, actual.id, actual.name, actual.region, actual.arn, created]
    return [*place, dict(actual.tags), actual.of_aws, actual.transition]


def _actual(row: list[Any]) -> Actual:
    kind, id, name, region, arn, created, tags, of_aws, transition = row
    at = datetime.fromisoformat(created) if created else None
    return Actual(kind, id, name, region, {}, tags, arn, at, of_aws=of_aws, transition=transition)


def _looked(actual: Actual | None) -> list[Any] | None:
    """With the fields of the spec that were looked at, and the raw facts that its outputs are told from."""
    return None if actual is None else [*_bare(actual), to_wire(actual.spec), to_wire(actual.provider_data)]


def _seen(wire: list[Any] | None) -> Actual | None:
    if wire is None:
        return None
    *row, spec, raw = wire
    kind, id, name, region, arn, created, tags, of_aws, transition = row
    at = datetime.fromisoformat(created) if created else None
    return Actual(kind, id, name, region, from_wire(spec), tags, arn, at, from_wire(raw), of_aws, transition)


def _stack(raw: dict[str, Any]) -> CloudStack:
    return CloudStack(**{**raw, "members": tuple(StackMember(**member) for member in raw["members"])})


def _key(subject: Subject) -> str:
    """The key of a look as a text."""
    address, id, fields, whole, aws = subject.key
    return json.dumps([address, id, sorted(fields), whole, sorted(aws)], separators=(",", ":"))
