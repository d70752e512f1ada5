"""The SQLite file of a partition: its creation, its one connection, and group commit."""

from __future__ import annotations

import os
import shlex
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.state.codec import Where, damaged, newer

SCHEMA_VERSION: Final = 1
"""Kept in `PRAGMA user_version`."""

BUSY_SECONDS: Final = 20.0
"""How long a transaction waits for another process. Ours take milliseconds: longer, and that process hangs."""

SCHEMA: Final = """
CREATE TABLE snapshots (region TEXT, stack TEXT, version INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (region, stack)) WITHOUT ROWID;
CREATE TABLE executions (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, region TEXT NOT NULL,
    stack TEXT NOT NULL, status TEXT NOT NULL, undone_by TEXT, body BLOB NOT NULL);
CREATE INDEX executions_by_status ON executions (status);
CREATE TABLE settled (execution TEXT, address TEXT, body BLOB NOT NULL, PRIMARY KEY (execution, address));
CREATE TABLE journal (number INTEGER PRIMARY KEY, execution TEXT NOT NULL, address TEXT NOT NULL,
    position INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (execution, address, position));
CREATE TABLE leases (fence INTEGER PRIMARY KEY AUTOINCREMENT, region TEXT NOT NULL, stack TEXT NOT NULL,
    address TEXT NOT NULL, execution TEXT NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
    born INTEGER, since REAL NOT NULL, expires REAL NOT NULL, UNIQUE (region, stack, address));
CREATE INDEX leases_by_execution ON leases (execution);
"""

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class _Job(Generic[T]):
    """A write that waits to be stored; `answer` is what it returned, once it has been."""

    __slots__ = ("answer", "stored", "work")

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self.stored = False
        self.answer: T

    def run(self, connection: sqlite3.Connection) -> None:
        self.answer = self.work(connection)


class Database:
    """One connection for all threads of a process; other processes have their own. Errors come as `GenesysError`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.where = _where(path)
        self._turn = Lock()
        self._gate = Lock()
        self._waiting: list[_Job[Any]] = []
        with self._designed_errors():
            _create(path)
            self._connection = _open(path)
        try:
            self._check_version()
        except BaseException:
            self._connection.close()
            raise

    def read(self, work: Work[T]) -> T:
        """Run a reading; what it sees is one moment's state."""
        with self._turn, self._designed_errors(), _transaction(self._connection, "DEFERRED"):
            return work(self._connection)

    def write(self, work: Work[T]) -> T:
        """Run a writing and return its answer once it has been stored.

        Whoever gets its turn stores for all who wait, in one transaction: with tens of threads a transaction for each
        write would cost more in waiting for the interpreter than in writing. `work` may run twice; the first run is
        rolled back when another writing of its group fails.
        """
        job = _Job(work)
        with self._gate:
            self._waiting.append(job)
        with self._turn:
            if not job.stored:
                self._store_waiting(job)
        return job.answer

    def close(self) -> None:
        with self._turn:
            self._connection.close()

    def _store_waiting(self, mine: _Job[Any]) -> None:
        """Where one of the group fails, ours is stored alone: an error is heard by its own caller, and by no other."""
        with self._gate:
            group, self._waiting = self._waiting, []
        try:
            if len(group) > 1:
                with suppress(Exception):
                    self._store(group)
            if not mine.stored:
                self._store([mine])
        finally:
            with self._gate:
                self._waiting = [job for job in group if not job.stored and job is not mine] + self._waiting

    def _store(self, jobs: list[_Job[Any]]) -> None:
        with self._designed_errors(), _transaction(self._connection, "IMMEDIATE"):
            for job in jobs:
                job.run(self._connection)
        for job in jobs:
            job.stored = True

    def _check_version(self) -> None:
        with self._designed_errors():
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise newer(self.where, f"it has schema {version}, and this version reads up to {SCHEMA_VERSION}")
        if version < SCHEMA_VERSION:
            raise damaged(self.where, "it was not made by genesys")

    @contextmanager
    def _designed_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _designed(error, self.path) from error
        except OSError as error:
            raise GenesysError(
                f"the state file {self.path} can't be made",
                why=error.strerror or str(error),
                todo="State is kept in a folder that must be writable.",
                command=f"ls -ld {shlex.quote(str(self.path.parent))}",
            ) from error


def _where(path: Path) -> Where:
    """A file is moved away together with its log, which must never meet another file of that name."""
    here, there = shlex.quote(str(path)), shlex.quote(str(path.parent / "damaged"))
    return Where(str(path), f"mkdir -p {there} && mv {here}* {there}/")


def _designed(error: sqlite3.Error, path: Path) -> GenesysError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(_where(path), str(error))
    if code == sqlite3.SQLITE_BUSY:
        todo = f"Another process has held it for {BUSY_SECONDS:.0f} s: end that one, then run this again."
        command = f"fuser -v {shlex.quote(str(path))}"
    else:
        todo = "See whether the disk is full and the file may be written, then run this again."
        command = f"df -h {shlex.quote(str(path.parent))} && ls -l {shlex.quote(str(path))}"
    return GenesysError(f"the state file {path} can't be used", why=str(error), todo=todo, command=command)


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str) -> Iterator[None]:
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _create(path: Path) -> None:
    """Make the file whole under another name and link it into place: no process ever meets half of one."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and not path.exists():
        raise damaged(_where(path), f"its log {log.name} is there, but the file is not")
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)  # mode 0600
    os.close(handle)
    new = Path(name)
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        os.link(new, path)
    except FileExistsError:
        pass  # another process was faster, and its file is as good
    finally:
        new.unlink()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # In WAL mode, NORMAL writes each commit to the log before it returns, and syncs only at checkpoints. A killed
    # process loses nothing. A power cut can lose the last commits, never the file's integrity: what they would have
    # told is found again in the cloud by its tags. FULL would sync twice for each call that is sent.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection
