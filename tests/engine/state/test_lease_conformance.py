"""What the leases of every state backend do, and what tells an interrupted execution from a running one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic

import pytest

from genesys_tui.engine.model.errors import LockedError
from genesys_tui.engine.model.history import Attempt
from genesys_tui.engine.state.backend import HEARTBEAT_SECONDS, Backend, Scope
from genesys_tui.engine.state.leases import LEASE_SECONDS, Process
from tests.engine.state.partitions import DEV, ELSEWHERE, Clock, Open, Partition, apply_forever, begun, process, told
from tests.engine.state.records import bucket, execution, step


# leases ---------------------------------------------------------------------------------------------------------------
def test_who_is_refused_hears_who_holds_it_and_since_when(opened: Open) -> None:
    opened(ELSEWHERE).acquire(DEV, ["bucket.a", "bucket.b", "bucket.c"], "e1")
    with pytest.raises(LockedError) as caught:
        opened().acquire(DEV, ["bucket.b", "bucket.c", "bucket.d"], "e2")
    assert "bucket.b and 1 more" in caught.value.what
    assert "eve@other, process 7" in caught.value.what
    assert "since 1970-01-12" in caught.value.why
    assert "e1" in caught.value.why
    assert caught.value.todo
    assert caught.value.command


def test_all_addresses_are_leased_or_none(opened: Open) -> None:
    opened().acquire(DEV, ["bucket.b"], "e1")
    with pytest.raises(LockedError):
        opened(ELSEWHERE).acquire(DEV, ["bucket.a", "bucket.b"], "e2")
    opened().acquire(DEV, ["bucket.a"], "e3")


def test_other_addresses_stacks_and_regions_are_free(opened: Open) -> None:
    opened().acquire(DEV, ["bucket.a"], "e1")
    for number, scope in enumerate([Scope("eu-west-1", "prod"), Scope("us-east-1", "dev")]):
        opened(ELSEWHERE).acquire(scope, ["bucket.a"], f"other{number}")
    opened(ELSEWHERE).acquire(DEV, ["bucket.b"], "e2")


def test_an_execution_may_lease_more_and_the_same_again(opened: Open) -> None:
    backend = opened()
    backend.acquire(DEV, ["bucket.a"], "e1")
    backend.acquire(DEV, ["bucket.a", "bucket.b"], "e1")
    assert backend.heartbeat("e1")
    with pytest.raises(LockedError):
        opened().acquire(DEV, ["bucket.b"], "e2")


def test_one_of_two_that_come_at_once_is_refused(backend: Backend) -> None:
    def acquires(number: int) -> bool:
        try:
            backend.acquire(DEV, ["bucket.a", f"bucket.b{number}"], f"e{number}")
        except LockedError:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(acquires, range(16))) == 1


def test_a_lease_of_another_host_ends_with_its_time(opened: Open, clock: Clock) -> None:
    backend = opened()
    opened(ELSEWHERE).acquire(DEV, ["bucket.a"], "e1")
    clock.now += LEASE_SECONDS - 0.1
    with pytest.raises(LockedError):
        backend.acquire(DEV, ["bucket.a"], "e2")
    clock.now += 0.2
    backend.acquire(DEV, ["bucket.a"], "e2")


def test_heartbeats_keep_it(opened: Open, clock: Clock) -> None:
    backend, holder = opened(), opened(ELSEWHERE)
    holder.acquire(DEV, ["bucket.a"], "e1")
    for _ in range(20):
        clock.now += HEARTBEAT_SECONDS
        assert holder.heartbeat("e1")
    with pytest.raises(LockedError):
        backend.acquire(DEV, ["bucket.a"], "e2")


def test_a_late_heartbeat_is_in_time_while_nobody_took_over(opened: Open, clock: Clock) -> None:
    holder = opened(ELSEWHERE)
    holder.acquire(DEV, ["bucket.a"], "e1")
    clock.now += 10 * LEASE_SECONDS
    assert holder.heartbeat("e1")
    with pytest.raises(LockedError):
        opened().acquire(DEV, ["bucket.a"], "e2")


@pytest.mark.parametrize("ended", [False, True], ids=["successor runs", "successor has ended"])
def test_who_slept_through_its_lease_can_write_no_more(opened: Open, clock: Clock, ended: bool) -> None:
    sleeper, successor = opened(ELSEWHERE), opened()
    begun(sleeper, "e1", "a", "b")
    clock.now += LEASE_SECONDS + 1
    second = begun(successor, "e2", "a")
    successor.settle("e2", step("a", status="done"), DEV, {"bucket.a": bucket("a", id="successor")})
    if ended:
        successor.finish(replace(second, status="done"))
    assert not sleeper.heartbeat("e1")
    with pytest.raises(LockedError):
        sleeper.intend([Attempt("e1", "bucket.a", 0, "s3:DeleteBucket")])
    with pytest.raises(LockedError):
        sleeper.settle("e1", step("a", status="done"), DEV, {"bucket.a": None})
    assert successor.load(DEV).fragments["bucket.a"].id == "successor"
    assert successor.attempts("e1") == []


def test_what_nobody_took_over_may_still_be_settled(opened: Open, clock: Clock) -> None:
    sleeper = opened(ELSEWHERE)
    begun(sleeper, "e1", "a", "b")
    clock.now += LEASE_SECONDS + 1
    opened().acquire(DEV, ["bucket.a"], "e2")
    sleeper.settle("e1", step("b", status="done"), DEV, {"bucket.b": bucket("b")})
    assert sleeper.load(DEV).fragments.keys() == {"bucket.b"}


def test_without_a_lease_there_is_no_heartbeat(backend: Backend) -> None:
    assert not backend.heartbeat("e1")
    record = begun(backend, "e1", "a")
    assert backend.heartbeat("e1")
    backend.finish(replace(record, status="done"))
    assert not backend.heartbeat("e1")


def test_a_killed_process_frees_its_leases_at_once(partition: Partition) -> None:
    """Even as a zombie: whoever started it may never ask how it ended."""
    backend = partition.open()
    with process(apply_forever, partition, "e1") as (child, pipe):
        assert pipe.recv() == "began"
        with pytest.raises(LockedError, match=f"process {child.pid}"):
            backend.acquire(DEV, ["bucket.a", "bucket.b1"], "e2")
        assert backend.interrupted(DEV) == []
        child.kill()
        told(pipe)
        deadline = monotonic() + LEASE_SECONDS / 3
        while not backend.interrupted(DEV):
            assert monotonic() < deadline
        backend.acquire(DEV, ["bucket.a", "bucket.b1"], "e2")
        assert [record.id for record in backend.interrupted(DEV)] == ["e1"]
    backend.close()


def test_a_recycled_pid_is_not_its_former_process(opened: Open) -> None:
    me = Process.current()
    former = replace(me, born=(me.born or 0) - 1)
    opened(former).acquire(DEV, ["bucket.a"], "e1")
    if me.born is None:
        pytest.skip("this system does not tell when a process was started")
    opened().acquire(DEV, ["bucket.a"], "e2")


# interrupted ----------------------------------------------------------------------------------------------------------
def test_what_runs_with_a_living_lease_is_not_interrupted(opened: Open) -> None:
    begun(opened(), "e1", "a")
    begun(opened(ELSEWHERE), "e2", "b")
    assert opened().interrupted(DEV) == []


def test_what_runs_without_one_is(opened: Open, clock: Clock) -> None:
    backend = opened(ELSEWHERE)
    record = begun(backend, "e1", "a", "b")
    backend.settle("e1", step("a", status="done"), DEV, {"bucket.a": bucket("a")})
    backend.finish(replace(begun(backend, "e2", "c"), status="done"))
    begun(backend, "e3", "a", scope=Scope("eu-west-1", "prod"))
    backend.begin(execution("e4"))
    clock.now += LEASE_SECONDS + 1
    expected = [replace(record, steps=(step("a", status="done"), step("b"))), execution("e4")]
    assert opened().interrupted(DEV) == expected


def test_a_recovered_execution_is_not_interrupted_any_more(opened: Open, clock: Clock) -> None:
    record = begun(opened(ELSEWHERE), "e1", "a")
    clock.now += LEASE_SECONDS + 1
    heir = opened()
    heir.acquire(DEV, ["bucket.a"], "e2")
    heir.settle("e1", step("a", status="done"), DEV, {"bucket.a": bucket("a")})
    heir.finish(replace(record, status="interrupted"))
    assert heir.interrupted(DEV) == []
    assert heir.heartbeat("e2")
