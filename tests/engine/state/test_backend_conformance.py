"""What every state backend does, whatever it stores in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from genesys_tui.engine.model.history import Attempt
from genesys_tui.engine.state.backend import Backend, Scope, Snapshot
from genesys_tui.engine.state.sqlite import HISTORY_KEPT
from tests.engine.state.partitions import (
    DEV,
    ELSEWHERE,
    Open,
    Partition,
    apply_forever,
    begun,
    merge_many,
    process,
    told,
)
from tests.engine.state.records import bucket, execution, step


# fragments ------------------------------------------------------------------------------------------------------------
def test_a_stack_never_written_is_empty_at_version_0(backend: Backend) -> None:
    assert backend.load(DEV) == Snapshot(0, {})
    assert backend.size(DEV) == 0
    assert backend.stacks() == []


def test_merges_add_replace_remove_and_leave_the_rest(opened: Open) -> None:
    backend = opened()
    assert backend.merge(DEV, {"bucket.a": bucket("a"), "bucket.b": bucket("b")}) == 1
    assert backend.merge(DEV, {"bucket.b": None, "bucket.gone": None, "bucket.c": bucket("c")}) == 2
    assert backend.merge(DEV, {"bucket.c": bucket("c", adopted=True)}) == 3
    expected = {"bucket.a": bucket("a"), "bucket.c": bucket("c", adopted=True)}
    assert opened().load(DEV) == Snapshot(3, expected)
    assert backend.size(DEV) > 0


def test_a_merge_of_nothing_is_none(backend: Backend) -> None:
    backend.merge(DEV, {"bucket.a": bucket("a")})
    assert backend.merge(DEV, {}) == 1


def test_stacks_and_regions_are_apart(backend: Backend) -> None:
    others = [Scope("eu-west-1", "prod"), Scope("us-east-1", "dev"), Scope("us-east-1", "it's \x00 [red]")]
    for number, scope in enumerate([DEV, *others]):
        backend.merge(scope, {"bucket.a": bucket("a", id=str(number))} if number else {"bucket.b": bucket("b")})
    assert [backend.load(scope).fragments.keys() for scope in others] == [{"bucket.a"}] * 3
    assert backend.load(DEV).fragments == {"bucket.b": bucket("b")}
    assert set(backend.stacks()) == {DEV, *others}


def test_a_stack_that_forgot_everything_keeps_counting_but_is_not_listed(backend: Backend) -> None:
    backend.merge(DEV, {"bucket.a": bucket("a")})
    backend.merge(DEV, {"bucket.a": None})
    assert backend.load(DEV) == Snapshot(2, {})
    assert backend.stacks() == []
    assert backend.merge(DEV, {"bucket.a": bucket("a")}) == 3


def test_threads_that_merge_at_once_lose_nothing(backend: Backend) -> None:
    with ThreadPoolExecutor(16) as threads:
        versions = list(threads.map(lambda n: backend.merge(DEV, {f"bucket.b{n}": bucket(f"b{n}")}), range(100)))
    assert sorted(versions) == list(range(1, 101))
    assert backend.load(DEV).fragments == {f"bucket.b{n}": bucket(f"b{n}") for n in range(100)}


def test_processes_that_merge_at_once_lose_nothing(partition: Partition) -> None:
    with process(merge_many, partition, "x", 100) as (_, one), process(merge_many, partition, "y", 100) as (_, two):
        for pipe in (one, two):
            assert pipe.recv() == "ready"
        for pipe in (one, two):
            pipe.send("go")
        assert told(one) == told(two) == []
    backend = partition.open()
    snapshot = backend.load(DEV)
    backend.close()
    assert snapshot.version == 200
    assert snapshot.fragments == {f"bucket.{name}{n}": bucket(f"{name}{n}") for name in "xy" for n in range(100)}


# history --------------------------------------------------------------------------------------------------------------
def test_an_execution_is_on_record_from_its_begin(opened: Open) -> None:
    record = begun(opened(), "e1", "a", "b")
    assert opened().execution("e1") == record
    assert opened().history() == [record]


def test_unknown_executions_are_none(backend: Backend) -> None:
    assert backend.execution("e1") is None
    assert backend.history() == []
    assert backend.attempts("e1") == []


def test_settling_stores_the_step_and_its_fragments_together(opened: Open) -> None:
    backend = opened()
    record = begun(backend, "e1", "a", "b")
    done = step("b", status="done", seconds=1.5)
    backend.settle("e1", done, DEV, {"bucket.b": bucket("b")})
    backend.settle("e1", step("a", status="failed", why="access denied"), DEV, {})
    expected = replace(record, steps=(step("a", status="failed", why="access denied"), done))
    assert opened().execution("e1") == expected
    assert opened().load(DEV) == Snapshot(1, {"bucket.b": bucket("b")})


def test_finishing_stores_the_last_word_and_drops_the_journal_and_the_leases(opened: Open) -> None:
    backend = opened()
    record = begun(backend, "e1", "a")
    backend.intend([Attempt("e1", "bucket.a", 0, "s3:CreateBucket")])
    backend.settle("e1", step("a", status="done"), DEV, {"bucket.a": bucket("a")})
    final = replace(record, status="failed", steps=(step("a", status="failed", why="not as asked"),), calls=5, writes=4)
    backend.finish(final)
    assert backend.execution("e1") == final
    assert backend.attempts("e1") == []
    assert backend.load(DEV).fragments == {"bucket.a": bucket("a")}
    opened(ELSEWHERE).acquire(DEV, ["bucket.a"], "e2")


def test_history_is_newest_first_over_all_stacks(backend: Backend) -> None:
    scopes = [DEV, Scope("us-east-1", "dev"), Scope("eu-west-1", "prod")]
    for number, scope in enumerate(scopes):
        record = begun(backend, f"e{number}", "a", scope=scope)
        backend.finish(replace(record, status="done"))
    assert [(record.id, record.stack, record.region) for record in backend.history()] == [
        ("e2", "prod", "eu-west-1"),
        ("e1", "dev", "us-east-1"),
        ("e0", "dev", "eu-west-1"),
    ]
    assert [record.id for record in backend.history(limit=2)] == ["e2", "e1"]


@pytest.mark.parametrize(("status", "undone_by"), [("done", "e2"), ("failed", None), ("cancelled", None)])
def test_only_an_undo_that_is_done_has_undone(backend: Backend, status: Any, undone_by: str | None) -> None:
    backend.finish(replace(begun(backend, "e1", "a"), status="done"))
    undo = replace(begun(backend, "e2", "a"), undoes="e1")
    backend.finish(replace(undo, status=status))
    first, second = backend.execution("e1"), backend.execution("e2")
    assert first is not None
    assert second is not None
    assert (first.undone_by, second.undoes) == (undone_by, "e1")


def test_history_keeps_the_newest_and_whatever_runs(backend: Backend) -> None:
    backend.begin(execution("running"))
    for number in range(HISTORY_KEPT + 5):
        backend.begin(execution(f"e{number}", status="done"))
    kept = [record.id for record in backend.history(limit=10_000)]
    assert kept == [f"e{number}" for number in range(HISTORY_KEPT + 4, 4, -1)] + ["running"]
    assert backend.execution("e4") is None


# journal --------------------------------------------------------------------------------------------------------------
def test_the_journal_holds_intents_in_their_order_and_their_outcomes(opened: Open) -> None:
    backend = opened()
    begun(backend, "e1", "a", "b")
    first, second, third = (
        Attempt("e1", "bucket.b", 0, "s3:CreateBucket"),
        Attempt("e1", "bucket.a", 0, "s3:CreateBucket"),
        Attempt("e1", "bucket.b", 1, "s3:PutBucketVersioning"),
    )
    backend.intend([first, second])
    backend.intend([third])
    backend.intend([Attempt("e2", "bucket.z", 0, "s3:DeleteBucket")])
    assert opened().attempts("e1") == [first, second, third]
    done, failed = replace(second, outcome="done", captured={"$ref": "a"}), replace(first, outcome="failed")
    backend.record([done, failed])
    assert opened().attempts("e1") == [failed, done, third]


def test_what_was_acknowledged_survives_sigkill(partition: Partition) -> None:
    with process(apply_forever, partition, "e1") as (child, pipe):
        messages = [pipe.recv() for _ in range(25)]
        child.kill()
        child.join()
        messages += told(pipe)
    backend = partition.open()
    steps, fragments = backend.execution("e1"), backend.load(DEV).fragments
    journal = {attempt.address: attempt.outcome for attempt in backend.attempts("e1")}
    backend.close()
    names = {
        word: [name for said, name in messages[1:] if said == word] for word in ("intended", "recorded", "settled")
    }
    assert names["settled"]
    assert steps is not None
    assert {f"bucket.{name}" for name in names["settled"]} <= {step.address for step in steps.at("done")}
    assert {f"bucket.{name}" for name in names["settled"]} <= fragments.keys()
    assert all(journal[f"bucket.{name}"] == "done" for name in names["recorded"])
    assert all(f"bucket.{name}" in journal for name in names["intended"])
    # at most one write of each sort was stored and not told
    assert len(journal) - len(names["intended"]) <= 1
    assert len(fragments) - len(names["settled"]) <= 1
