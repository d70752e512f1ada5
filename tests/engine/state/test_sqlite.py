"""What is SQLite's own: the file, its owner's rights, its version, its damages, and the grouping of writes."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.state import database
from genesys_tui.engine.state.database import Database
from genesys_tui.engine.state.sqlite import SqliteBackend
from tests.engine.state.partitions import DEV
from tests.engine.state.records import bucket, execution


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "state" / "partition.db"


@pytest.fixture
def written(path: Path) -> Path:
    """A partition with a bucket and an execution in it."""
    with closing(SqliteBackend(path)) as backend:
        backend.merge(DEV, {"bucket.a": bucket("a")})
        backend.begin(execution("e1"))
    return path


def change(path: Path, statement: str, *values: object) -> None:
    """Write past the backend."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


def refused(path: Path) -> GenesysError:
    with pytest.raises(GenesysError) as caught:
        SqliteBackend(path)
    assert str(path) in caught.value.what
    assert caught.value.todo
    return caught.value


# the file -------------------------------------------------------------------------------------------------------------
def test_only_its_owner_may_read_it(path: Path) -> None:
    with closing(SqliteBackend(path)) as backend:
        backend.merge(DEV, {"bucket.a": bucket("a")})
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_nothing_is_left_beside_it(path: Path) -> None:
    SqliteBackend(path).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_all_who_make_it_at_once_get_the_same(path: Path) -> None:
    def merges(number: int) -> None:
        with closing(SqliteBackend(path)) as backend:
            backend.merge(DEV, {f"bucket.b{number}": bucket(f"b{number}")})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(merges, range(8)))
    with closing(SqliteBackend(path)) as backend:
        assert len(backend.load(DEV).fragments) == 8


@pytest.mark.parametrize("content", [b"not a database, but long enough to be taken for the header of one " * 20, b""])
def test_another_file_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    error = refused(path)
    assert "mv " in error.command
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_is(path: Path) -> None:
    path.parent.mkdir(parents=True)
    change(path, "CREATE TABLE songs (title TEXT)")
    content = path.read_bytes()
    assert "not made by genesys" in refused(path).why
    assert path.read_bytes() == content


def test_a_newer_schema_is_refused(written: Path) -> None:
    change(written, f"PRAGMA user_version = {database.SCHEMA_VERSION + 1}")
    error = refused(written)
    assert "newer genesys" in error.what
    assert "pip install" in error.command


def test_a_log_without_its_file_is_not_given_to_a_new_one(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.with_name(path.name + "-wal").write_bytes(b"left by a process that was killed")
    refused(path)
    assert not path.exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    refused(tmp_path / "file" / "partition.db")


def test_a_damaged_snapshot_is_told_and_not_merged_over(written: Path) -> None:
    change(written, "UPDATE snapshots SET body = substr(body, 1, 20)")
    with closing(SqliteBackend(written)) as backend:
        with pytest.raises(GenesysError, match="can't be read") as caught:
            backend.load(DEV)
        assert str(written) in caught.value.what
        assert "mv " in caught.value.command
        with pytest.raises(GenesysError, match="can't be read"):
            backend.merge(DEV, {"bucket.b": bucket("b")})


def test_damaged_pages_are_told(written: Path) -> None:
    whole = written.read_bytes()
    written.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with closing(SqliteBackend(written)) as backend, pytest.raises(GenesysError, match="can't be read") as caught:
        backend.load(DEV)
    assert str(written) in caught.value.what


def test_a_process_that_holds_the_file_too_long_is_told(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(SqliteBackend(written)) as backend, closing(sqlite3.connect(written)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(GenesysError, match="locked") as caught:
            backend.merge(DEV, {"bucket.b": bucket("b")})
        assert "Another process" in caught.value.todo
        assert backend.load(DEV).fragments.keys() == {"bucket.a"}  # reading needs no lock
        other.rollback()
        assert backend.merge(DEV, {"bucket.b": bucket("b")}) == 2


# the grouping of writes -----------------------------------------------------------------------------------------------
@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    with closing(Database(path)) as db:
        yield db


class Group:
    """Writes that wait while another one is at it, and so are stored together."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.answers: dict[str, object] = {}

    def store(self, *names: str) -> None:
        started, go = Event(), Event()

        def hold(_: sqlite3.Connection) -> None:
            started.set()
            assert go.wait(10)

        first = Thread(target=self.db.write, args=(hold,))
        first.start()
        assert started.wait(10)
        threads = [Thread(target=self._write, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        deadline = monotonic() + 10
        while len(self.db._waiting) < len(names):
            assert monotonic() < deadline
        go.set()
        for thread in [first, *threads]:
            thread.join(10)

    def _write(self, name: str) -> None:
        try:
            self.answers[name] = self.db.write(lambda connection: self._insert(connection, name))
        except (GenesysError, TypeError) as error:
            self.answers[name] = error

    def _insert(self, connection: sqlite3.Connection, name: str) -> str:
        connection.execute("INSERT INTO snapshots VALUES (?, 's', 1, x'00')", (name,))
        if name.startswith("refused"):
            raise GenesysError(name)
        if name.startswith("bug"):
            raise TypeError(name)
        return f"stored {name}"


def stored(db: Database) -> set[str]:
    return {
        name for (name,) in db.read(lambda connection: connection.execute("SELECT region FROM snapshots").fetchall())
    }


def test_each_write_of_a_group_gets_its_own_answer(db: Database) -> None:
    group = Group(db)
    group.store(*"abcdefgh")
    assert group.answers == {name: f"stored {name}" for name in "abcdefgh"}
    assert stored(db) == set("abcdefgh")


@pytest.mark.parametrize("bad", ["refused", "bug"])
def test_a_write_that_fails_fails_alone(db: Database, bad: str) -> None:
    group = Group(db)
    group.store("a", f"{bad}1", "b", f"{bad}2", "c")
    failed = {name: str(answer) for name, answer in group.answers.items() if isinstance(answer, Exception)}
    assert failed == {f"{bad}1": f"{bad}1", f"{bad}2": f"{bad}2"}
    assert stored(db) == set("abc")
