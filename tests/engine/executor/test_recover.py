"""After a crash: what a dead process journalled becomes memory once, and never over what others did since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from genesys_tui.engine.executor.recover import recover
from genesys_tui.engine.model.history import Attempt
from genesys_tui.engine.state.backend import Scope
from genesys_tui.engine.state.leases import LEASE_SECONDS, Process
from genesys_tui.engine.state.sqlite import SqliteBackend
from tests.engine.state.partitions import DEV, ELSEWHERE, Clock, begun
from tests.engine.state.records import bucket, step

Opened = Callable[..., SqliteBackend]
MADE = Attempt("e1", "bucket.a", 0, "s3:CreateBucket", "done", {"id": "a"})
UNKNOWN = Attempt("e1", "bucket.a", 0, "s3:CreateBucket")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    backends: list[SqliteBackend] = []
    clock = Clock()

    def open(process: Process | None = None) -> SqliteBackend:
        backends.append(SqliteBackend(tmp_path / "state.db", clock=clock, process=process))
        return backends[-1]

    def later(seconds: float) -> None:
        clock.now += seconds

    open.later = later  # type: ignore[attr-defined]  # the clock of all backends
    yield open
    for each in backends:
        each.close()


def die(opened: Opened, *attempts: Attempt) -> None:
    """A process on another host began e1 on bucket a and b, and came so far."""
    dead = opened(ELSEWHERE)
    begun(dead, "e1", "a", "b")
    dead.intend(attempts)
    dead.record(attempt for attempt in attempts if attempt.outcome)
    opened.later(LEASE_SECONDS + 1)  # type: ignore[attr-defined]  # as above


@pytest.mark.parametrize(
    ("attempts", "pending"), [((MADE,), ""), ((UNKNOWN,), "e1/bucket.a")], ids=["answered", "never answered"]
)
def test_what_was_begun_is_remembered(opened: Opened, attempts: tuple[Attempt, ...], pending: str) -> None:
    die(opened, *attempts)
    [record] = recover(opened(), DEV)
    fragments = opened().load(DEV).fragments
    assert fragments.keys() == {"bucket.a"}
    assert fragments["bucket.a"].pending == pending
    assert [(item.address, item.status) for item in record.steps] == [("bucket.a", "failed"), ("bucket.b", "skipped")]
    assert opened().history() == [record]


def test_it_is_recovered_once_and_leaves_no_lease(opened: Opened) -> None:
    die(opened, MADE)
    assert recover(opened(), DEV)
    assert recover(opened(), DEV) == []
    opened(ELSEWHERE).acquire(DEV, ["bucket.a", "bucket.b"], "e2")


def test_of_two_that_recover_at_once_the_later_changes_nothing(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has seen the dead execution; before it goes on, the first has settled it and made more of it."""
    die(opened, UNKNOWN)
    first, second = opened(), opened()
    acquire = second.acquire

    def late(scope: Scope, addresses: Iterable[str], execution: str) -> None:
        recover(first, DEV)
        begun(first, "e2", "a")
        first.settle("e2", step("a", status="done"), DEV, {"bucket.a": bucket("a", pending="")})
        first.finish(replace(first.history()[0], status="done"))
        acquire(scope, addresses, execution)

    monkeypatch.setattr(second, "acquire", late)
    before = first.history()
    recover(second, DEV)
    assert first.load(DEV).fragments["bucket.a"].pending == ""
    assert [record.status for record in first.history()] == ["done", "interrupted"]
    assert [item.status for item in first.history()[1].steps] == ["failed", "skipped"]
    assert before != first.history()


def test_of_two_that_recover_at_once_one_waits_for_nothing(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first is at it, the second leaves it alone."""
    die(opened, UNKNOWN)
    first, second = opened(), opened()
    attempts = first.attempts
    seen = []

    def meanwhile(execution: str) -> list[Attempt]:
        seen.append(recover(second, DEV))
        return attempts(execution)

    monkeypatch.setattr(first, "attempts", meanwhile)
    assert [record.id for record in recover(first, DEV)] == ["e1"]
    assert seen == [[]]


def test_what_others_made_of_it_since_is_left_as_it_is(opened: Opened) -> None:
    """Their plan was made before the crash, and applied after it: nobody had recovered yet."""
    die(opened, UNKNOWN)
    other = opened()
    begun(other, "e2", "a")
    other.settle("e2", step("a", status="done"), DEV, {"bucket.a": bucket("a", outputs={"id": "theirs"})})
    other.finish(replace(other.history()[0], status="done"))
    recover(opened(), DEV)
    assert other.load(DEV).fragments["bucket.a"].outputs == {"id": "theirs"}
