"""The session against an AWS that throttles, breaks, hangs and loses its answers."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future
from threading import Event, Thread
from typing import Any

import pytest

from genesys_tui.engine.model.call import Call, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.identity import Target
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.providers.aws.limits import OPEN_SECONDS, TRIPS_AT, Clock
from genesys_tui.engine.providers.aws.retries import ATTEMPTS, CONNECTIONS, PATIENCE
from genesys_tui.engine.providers.aws.session import Session
from tests.faults import (
    CUT,
    FAIL_AFTER,
    LOSE,
    RESET,
    SERVER_ERROR,
    SLOW_DOWN,
    THROTTLE,
    Fault,
    FaultProxy,
    deny,
    hang,
    nth_write,
    on,
)

CREATE = Call("s3", "CreateBucket")
IDEMPOTENT = Call("s3", "PutBucketVersioning", idempotent=True)
CREATE_VPC = Call("ec2", "CreateVpc")
VPC = {"CidrBlock": "10.0.0.0/16"}
BUCKET = {"Bucket": "bucket"}
ENABLED = {"Bucket": "bucket", "VersioningConfiguration": {"Status": "Enabled"}}
BUCKETS = read("s3", "ListBuckets")


class Hurry(Clock):
    """A clock that does not wait: time passes by being waited for."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def wait(self, event: Event, seconds: float) -> bool:
        self.time += seconds
        return event.is_set()


@pytest.fixture
def clock() -> Hurry:
    return Hurry()


@pytest.fixture
def session(proxy: FaultProxy, clock: Hurry) -> Iterator[Session]:
    """One that may write, and never waits."""
    session = Session(Target(endpoint=proxy.url), read_only=False, clock=clock)
    yield session
    session.close()


def asks(call: Call) -> Reading[Any]:
    return (yield call)


def failure_of(session: Session, call: Call, params: dict[str, Any]) -> CallError:
    with pytest.raises(CallError) as raised:
        session.send(call, params)
    return raised.value


# sent again -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("fault", [SLOW_DOWN, THROTTLE])
def test_a_throttled_write_is_sent_again_whatever_it_does(session: Session, proxy: FaultProxy, fault: Fault) -> None:
    retries: list[str] = []
    proxy.fault = on("CreateVpc", fault, times=3)
    answer = session.send(CREATE_VPC, VPC, on_retry=lambda why, seconds: retries.append(f"{why} {seconds:.0f}"))
    assert answer is not None
    assert len(retries) == 3
    assert all("slower" in retry for retry in retries)
    assert session.counts.by_operation["ec2:CreateVpc"] == len(proxy.writes) == 4


@pytest.mark.parametrize("code", ["OperationAborted", "ConditionalRequestConflict"])
def test_a_conflict_with_another_change_is_sent_again(session: Session, proxy: FaultProxy, code: str) -> None:
    proxy.fault = on("CreateBucket", Fault(forward=False, status=409, code=code), times=2)
    assert session.send(CREATE, BUCKET) is not None


@pytest.mark.parametrize("fault", [SERVER_ERROR, RESET, LOSE, FAIL_AFTER])
@pytest.mark.parametrize(("call", "params"), [(BUCKETS, {}), (IDEMPOTENT, ENABLED)], ids=["read", "idempotent write"])
def test_what_may_be_done_twice_is_sent_again_when_its_answer_is_lost(
    session: Session, proxy: FaultProxy, fault: Fault, call: Call, params: dict[str, Any]
) -> None:
    session.send(CREATE, BUCKET)
    proxy.fault = on(call.operation, fault, times=2)
    assert session.send(call, params) is not None
    assert proxy.names.count(call.name) == 3


@pytest.mark.parametrize("fault", [SERVER_ERROR, RESET, LOSE, FAIL_AFTER])
def test_what_must_not_be_done_twice_is_lost_at_once(session: Session, proxy: FaultProxy, fault: Fault) -> None:
    proxy.fault = nth_write(1, fault)
    error = failure_of(session, CREATE_VPC, VPC)
    assert error.failure == "lost"
    assert proxy.names == ["ec2:CreateVpc"]


def test_an_answer_that_ends_halfway_is_lost(session: Session, proxy: FaultProxy) -> None:
    proxy.fault = on("CreateVpc", CUT)
    assert failure_of(session, CREATE_VPC, VPC).failure == "lost"


def test_only_the_page_that_failed_is_asked_again(session: Session, proxy: FaultProxy) -> None:
    session.send(CREATE, BUCKET)
    for number in range(3):
        session.send(Call("s3", "PutObject"), {**BUCKET, "Key": f"key-{number}", "Body": b""})
    seen = 0

    def second_page(_: object) -> Fault | None:
        nonlocal seen
        seen += 1
        return SERVER_ERROR if seen == 2 else None

    proxy.fault = second_page
    listing = read("s3", "ListObjectsV2", paginate=True)
    answer = session.send(listing, {**BUCKET, "MaxKeys": 1}) or {}
    assert len(answer["Contents"]) == 3
    assert proxy.names.count("s3:ListObjectsV2") == 4


# given up -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("fault", "failure"), [(SLOW_DOWN, "throttled"), (SERVER_ERROR, "lost")])
def test_it_gives_up_in_bounded_time(
    session: Session, proxy: FaultProxy, clock: Hurry, fault: Fault, failure: str
) -> None:
    proxy.fault = lambda _: fault
    error = failure_of(session, IDEMPOTENT, ENABLED)
    assert error.failure == failure
    assert fault.message in error.message
    assert len(proxy.requests) == ATTEMPTS
    assert clock.time <= PATIENCE


def test_a_lost_answer_is_not_forgotten_over_later_failures(session: Session, proxy: FaultProxy) -> None:
    """The first attempt may have happened, however the last one failed."""
    proxy.fault = lambda request: LOSE if request.number == 1 else SLOW_DOWN
    assert failure_of(session, IDEMPOTENT, ENABLED).failure == "lost"


def test_where_nothing_listens_a_few_attempts_are_enough(clock: Hurry) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        session = Session(Target(endpoint=f"http://127.0.0.1:{free.getsockname()[1]}"), read_only=False, clock=clock)
        error = failure_of(session, CREATE, BUCKET)
        session.close()
    assert error.failure == "unreachable"
    assert session.counts.calls == CONNECTIONS
    assert "network" in error.todo


# refused --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("call", "message", "action"),
    [
        (Call("s3", "PutBucketEncryption"), "Access Denied", "s3:PutEncryptionConfiguration"),
        (CREATE_VPC, "You are not authorized to perform this operation.", "ec2:CreateVpc"),
        (CREATE_VPC, "User: arn:aws:sts::1:x is not authorized to perform: ec2:CreateTags on y", "ec2:CreateTags"),
        (read("s3", "HeadBucket"), "", "s3:ListBucket"),
        (read("resourcegroupstaggingapi", "GetResources"), "no", "tag:GetResources"),
    ],
)
def test_a_denied_call_names_the_missing_action(
    session: Session, proxy: FaultProxy, call: Call, message: str, action: str
) -> None:
    params: dict[str, dict[str, Any]] = {
        "PutBucketEncryption": {**BUCKET, "ServerSideEncryptionConfiguration": {"Rules": []}},
        "CreateVpc": VPC,
        "HeadBucket": BUCKET,
    }
    proxy.fault = lambda _: deny(message)
    error = failure_of(session, call, params.get(call.operation, {}))
    assert (error.failure, error.action) == ("denied", action)
    assert f"{action} is missing" in str(error)
    assert action in error.todo
    assert len(proxy.requests) == 1


def test_a_refusal_keeps_the_words_of_aws_with_control_characters_shown(session: Session, proxy: FaultProxy) -> None:
    words = "The CIDR '10.0.0.0/8' is [red]invalid[/x]\nsee\tbelow \u202eok"
    proxy.fault = lambda _: Fault(forward=False, status=400, code="InvalidVpc.Range", message=words)
    error = failure_of(session, CREATE_VPC, VPC)
    assert (error.failure, error.code) == ("refused", "InvalidVpc.Range")
    assert "[red]invalid[/x]" in error.message
    assert error.message.isprintable()
    assert "‹202E›" in error.message


def test_expired_credentials_in_the_middle_of_it(session: Session, proxy: FaultProxy) -> None:
    proxy.fault = lambda _: Fault(forward=False, status=400, code="RequestExpired", message="expired")
    error = failure_of(session, CREATE_VPC, VPC)
    assert (error.failure, error.command) == ("expired", "aws sso login")


# left alone -----------------------------------------------------------------------------------------------------------
def test_a_service_that_fails_again_and_again_is_left_alone_for_a_while(
    session: Session, proxy: FaultProxy, clock: Hurry
) -> None:
    proxy.fault = lambda request: SERVER_ERROR if request.service == "ec2" else None
    for _ in range(TRIPS_AT):
        failure_of(session, CREATE_VPC, VPC)
    error = failure_of(session, CREATE_VPC, VPC)
    assert error.failure == "open"
    assert f"ec2 in us-east-1 failed {TRIPS_AT} times in a row" in str(error)
    assert len(proxy.requests) == TRIPS_AT
    assert session.send(BUCKETS, {}) is not None

    proxy.fault = lambda _: None
    clock.time += OPEN_SECONDS
    assert session.send(CREATE_VPC, VPC) is not None
    assert session.send(CREATE_VPC, VPC) is not None


def test_answers_of_any_kind_keep_the_circuit_closed(session: Session, proxy: FaultProxy) -> None:
    proxy.fault = lambda _: deny()
    for _ in range(TRIPS_AT + 1):
        assert failure_of(session, CREATE_VPC, VPC).failure == "denied"


def test_throttling_slows_the_service_down(session: Session, proxy: FaultProxy, clock: Hurry) -> None:
    proxy.fault = on("CreateVpc", THROTTLE, times=1)
    session.send(CREATE_VPC, VPC)
    began = clock.time
    for _ in range(20):
        session.send(CREATE_VPC, VPC)
    assert clock.time - began > 0.5  # else twenty would have gone at once


# cancelled ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def waiting(proxy: FaultProxy) -> Iterator[Session]:
    """One by the true clock."""
    session = Session(Target(endpoint=proxy.url), read_only=False)
    yield session
    session.close()


def background(work: Any) -> Future[Any]:
    """Run it on a thread of its own."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except CallError as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def cancelled_within(session: Session, seconds: float, *futures: Future[Any]) -> None:
    began = time.monotonic()
    session.cancel()
    for future in futures:
        future.exception(10)
    assert time.monotonic() - began < seconds
    assert session.cancelled


def test_cancelling_ends_reads_though_the_server_hangs(waiting: Session, proxy: FaultProxy) -> None:
    arrived = Event()
    proxy.fault = lambda _: hang(before=lambda _: arrived.set())
    readings = [asks(read("s3", "HeadBucket", {"Bucket": f"bucket-{number}"})) for number in range(50)]
    run = background(lambda: waiting.run(readings))
    assert arrived.wait(10)
    cancelled_within(waiting, 1.5, run)
    assert {getattr(result, "failure", None) for result in run.result()} == {"cancelled"}


def test_cancelling_ends_a_write_under_way_as_one_that_may_have_happened(waiting: Session, proxy: FaultProxy) -> None:
    arrived = Event()
    proxy.fault = lambda _: hang(before=lambda _: arrived.set())
    sent = background(lambda: waiting.send(CREATE, BUCKET))
    assert arrived.wait(10)
    cancelled_within(waiting, 1.5, sent)
    error = sent.exception()
    assert isinstance(error, CallError)
    assert error.failure == "lost"


class Endless(Clock):
    """A clock by which every wait is endless."""

    def wait(self, event: Event, seconds: float) -> bool:
        return event.wait()


def test_cancelling_ends_a_wait_for_the_next_attempt(proxy: FaultProxy) -> None:
    proxy.fault = lambda _: SLOW_DOWN
    retrying = Event()
    session = Session(Target(), read_only=False, clock=Endless())
    sent = background(lambda: session.send(CREATE, BUCKET, on_retry=lambda *_: retrying.set()))
    assert retrying.wait(10)
    cancelled_within(session, 1.5, sent)
    session.close()
    error = sent.exception()
    assert isinstance(error, CallError)
    assert error.failure == "cancelled"  # a throttled write has not happened
    assert proxy.names == ["s3:CreateBucket"]


def test_nothing_is_sent_once_cancelled(waiting: Session, proxy: FaultProxy) -> None:
    waiting.cancel()
    waiting.cancel()
    assert failure_of(waiting, CREATE, BUCKET).failure == "cancelled"
    (result,) = waiting.run([asks(BUCKETS)])
    assert isinstance(result, CallError)
    assert result.failure == "cancelled"
    with pytest.raises(CallError, match="Cancelled"):
        waiting.client("s3").list_buckets()
    waiting.close()
    assert failure_of(waiting, CREATE, BUCKET).failure == "cancelled"
    assert proxy.requests == []


def test_the_pages_of_a_listing_end_when_cancelled(waiting: Session, proxy: FaultProxy) -> None:
    waiting.send(CREATE, BUCKET)
    for number in range(4):
        waiting.send(Call("s3", "PutObject"), {**BUCKET, "Key": f"key-{number}", "Body": b""})
    proxy.clear()
    proxy.fault = lambda request: Fault(after=lambda _: waiting.cancel()) if request.number == 2 else None
    listing = read("s3", "ListObjectsV2", paginate=True)
    assert failure_of(waiting, listing, {**BUCKET, "MaxKeys": 1}).failure == "cancelled"
    waiting.close()
    assert proxy.names == ["s3:ListObjectsV2"] * 2


# a storm --------------------------------------------------------------------------------------------------------------
def test_a_storm_of_faults_on_a_third_of_the_calls_is_weathered(session: Session, proxy: FaultProxy) -> None:
    faults = [SLOW_DOWN, SERVER_ERROR, RESET]
    proxy.fault = lambda request: faults[request.number // 3 % 3] if request.number % 3 == 0 else None
    readings = [asks(read("s3", "HeadBucket", {"Bucket": f"b-{n}"}, absent_on=("404",))) for n in range(100)]
    assert session.run(readings) == [None] * 100
