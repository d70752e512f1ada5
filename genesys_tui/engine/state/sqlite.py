"""State in one SQLite file: the embedded default."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from genesys_tui.engine.model.history import Attempt, ExecutionRecord, StepRecord
from genesys_tui.engine.model.resource import Fragment
from genesys_tui.engine.state.backend import Scope, Snapshot
from genesys_tui.engine.state.codec import (
    Patch,
    decode_attempt,
    decode_execution,
    decode_snapshot,
    decode_step,
    encode_attempt,
    encode_execution,
    encode_patch,
    encode_step,
    merge_patch,
)
from genesys_tui.engine.state.database import Database
from genesys_tui.engine.state.leases import Leases, Process

HISTORY_KEPT: Final = 500
"""Executions that a partition remembers; older ones are dropped, but never one that runs."""


class SqliteBackend:
    """A partition in the file at `path`, made with its folder where it is missing (0600 in 0700).

    For any thread, and any number of processes of one machine: transactions take the write lock at their begin, so a
    merge reads and writes with nobody in between. Errors of the file come as `GenesysError`, from every method.

    An execution acquires its leases before it begins its record: one that runs without a living lease counts as
    interrupted. `intend` and `settle` raise `LockedError` for an address whose lease was taken over meanwhile.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time, process: Process | None = None) -> None:
        """`clock`: Unix time in seconds. `process`: whose the leases are; None: this one."""
        self._db = Database(path)
        self._leases = Leases(process or Process.current())
        self._clock = clock

    def close(self) -> None:
        self._db.close()

    # fragments
    def load(self, scope: Scope) -> Snapshot:
        version, body = self._db.read(lambda db: _snapshot(db, scope))
        return Snapshot(version, decode_snapshot(body, self._db.where))

    def merge(self, scope: Scope, changes: Mapping[str, Fragment | None]) -> int:
        patch = encode_patch(changes)
        return self._db.write(lambda db: self._merge(db, scope, patch))

    def stacks(self) -> list[Scope]:
        query = "SELECT region, stack FROM snapshots WHERE length(body) > 0 ORDER BY region, stack"
        return [Scope(*row) for row in self._db.read(lambda db: db.execute(query).fetchall())]

    def size(self, scope: Scope) -> int:
        return len(self._db.read(lambda db: _snapshot(db, scope))[1])

    # history
    def begin(self, record: ExecutionRecord) -> None:
        body = encode_execution(record)

        def work(db: sqlite3.Connection) -> None:
            _put_execution(db, record, body)
            db.execute(_PRUNE, (HISTORY_KEPT,))

        self._db.write(work)

    def settle(self, execution: str, step: StepRecord, scope: Scope, changes: Mapping[str, Fragment | None]) -> None:
        patch, body = encode_patch(changes), encode_step(step)

        def work(db: sqlite3.Connection) -> None:
            self._leases.check(db, execution, changes)
            db.execute("REPLACE INTO settled VALUES (?, ?, ?)", (execution, step.address, body))
            self._merge(db, scope, patch)

        self._db.write(work)

    def finish(self, record: ExecutionRecord) -> None:
        """An undo that did not end well has not undone: only one that is `done` sets `undone_by`."""
        body = encode_execution(record)

        def work(db: sqlite3.Connection) -> None:
            _put_execution(db, record, body)
            if record.undoes and record.status == "done":
                db.execute("UPDATE executions SET undone_by = ? WHERE id = ?", (record.id, record.undoes))
            db.execute("DELETE FROM settled WHERE execution = ?", (record.id,))
            db.execute("DELETE FROM journal WHERE execution = ?", (record.id,))
            self._leases.free(db, record.id)

        self._db.write(work)
        self._leases.freed(record.id)

    def execution(self, id: str) -> ExecutionRecord | None:
        rows = self._db.read(lambda db: _executions(db, "WHERE id = ?", (id,)))
        return self._record(rows[0]) if rows else None

    def history(self, limit: int = 100) -> list[ExecutionRecord]:
        rows = self._db.read(lambda db: _executions(db, "ORDER BY number DESC LIMIT ?", (limit,)))
        return [self._record(row) for row in rows]

    # journal
    def intend(self, attempts: Iterable[Attempt]) -> None:
        entries = [(attempt, encode_attempt(attempt)) for attempt in attempts]

        def work(db: sqlite3.Connection) -> None:
            for attempt, body in entries:
                self._leases.check(db, attempt.execution, [attempt.address])
                _put_attempt(db, attempt, body)

        self._db.write(work)

    def record(self, attempts: Iterable[Attempt]) -> None:
        entries = [(attempt, encode_attempt(attempt)) for attempt in attempts]

        def work(db: sqlite3.Connection) -> None:
            for attempt, body in entries:
                _put_attempt(db, attempt, body)

        self._db.write(work)

    def attempts(self, execution: str) -> list[Attempt]:
        query = "SELECT body FROM journal WHERE execution = ? ORDER BY number"
        rows = self._db.read(lambda db: db.execute(query, (execution,)).fetchall())
        return [decode_attempt(body, self._db.where) for (body,) in rows]

    # leases
    def acquire(self, scope: Scope, addresses: Iterable[str], execution: str) -> None:
        wanted = frozenset(addresses)
        fences = self._db.write(lambda db: self._leases.acquire(db, scope, wanted, execution, self._clock()))
        self._leases.acquired(execution, fences)

    def heartbeat(self, execution: str) -> bool:
        return self._db.write(lambda db: self._leases.prolong(db, execution, self._clock()))

    def release(self, execution: str) -> None:
        self._db.write(lambda db: self._leases.free(db, execution))
        self._leases.freed(execution)

    def interrupted(self, scope: Scope) -> list[ExecutionRecord]:
        def work(db: sqlite3.Connection) -> list[_Row]:
            alive = {lease.holder.execution for lease in self._leases.living(db, scope, self._clock())}
            running = "WHERE status = 'running' AND region = ? AND stack = ? ORDER BY number"
            return [row for row in _executions(db, running, (scope.region, scope.stack)) if row.id not in alive]

        return [self._record(row) for row in self._db.read(work)]

    # rows and records
    def _merge(self, db: sqlite3.Connection, scope: Scope, patch: Patch) -> int:
        """The new version, or the same where there is nothing to merge."""
        version, body = _snapshot(db, scope)
        if not patch:
            return version
        row = (scope.region, scope.stack, version + 1, merge_patch(body, patch, self._db.where))
        db.execute("REPLACE INTO snapshots VALUES (?, ?, ?, ?)", row)
        return version + 1

    def _record(self, row: _Row) -> ExecutionRecord:
        """What is settled lies over the record as it was begun."""
        record = decode_execution(row.body, self._db.where)
        steps = {step.address: step for step in record.steps}
        settled = [decode_step(body, self._db.where) for body in row.settled]
        steps.update({step.address: step for step in settled})
        return replace(record, steps=tuple(steps.values()), undone_by=row.undone_by)


@dataclass(frozen=True, slots=True)
class _Row:
    """An execution as stored. `settled`: the steps that ended since it was begun."""

    id: str
    undone_by: str | None
    body: bytes
    settled: tuple[bytes, ...]


_PRUNE: Final = """DELETE FROM executions WHERE status != 'running' AND number <=
    (SELECT number FROM executions ORDER BY number DESC LIMIT 1 OFFSET ?)"""

_PUT_EXECUTION: Final = """INSERT INTO executions (id, region, stack, status, undone_by, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
    status = excluded.status, undone_by = coalesce(excluded.undone_by, undone_by), body = excluded.body"""

_PUT_ATTEMPT: Final = """INSERT INTO journal (execution, address, position, body) VALUES (?, ?, ?, ?)
    ON CONFLICT (execution, address, position) DO UPDATE SET body = excluded.body"""


def _snapshot(db: sqlite3.Connection, scope: Scope) -> tuple[int, bytes]:
    query = "SELECT version, body FROM snapshots WHERE region = ? AND stack = ?"
    row: tuple[int, bytes] | None = db.execute(query, (scope.region, scope.stack)).fetchone()
    return row or (0, b"")


def _put_execution(db: sqlite3.Connection, record: ExecutionRecord, body: bytes) -> None:
    row = (record.id, record.region, record.stack, record.status, record.undone_by, body)
    db.execute(_PUT_EXECUTION, row)


def _put_attempt(db: sqlite3.Connection, attempt: Attempt, body: bytes) -> None:
    db.execute(_PUT_ATTEMPT, (attempt.execution, attempt.address, attempt.position, body))


def _executions(db: sqlite3.Connection, which: str, params: tuple[str | int, ...]) -> list[_Row]:
    rows = db.execute(f"SELECT id, undone_by, body FROM executions {which}", params).fetchall()
    settled = "SELECT body FROM settled WHERE execution = ?"
    return [
        _Row(id, undone_by, body, tuple(step for (step,) in db.execute(settled, (id,)).fetchall()))
        for id, undone_by, body in rows
    ]
