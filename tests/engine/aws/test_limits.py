"""Token buckets and circuit breakers, by a clock that is set by hand."""

from __future__ import annotations

import pytest

from genesys_tui.engine.providers.aws.limits import (
    OPEN_SECONDS,
    SLOWEST,
    TRIPS_AT,
    Breaker,
    Clock,
    Limits,
    Rate,
    TokenBucket,
)


class Watch(Clock):
    def __init__(self) -> None:
        self.time = 1_000.0

    def now(self) -> float:
        return self.time


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def bucket(watch: Watch) -> TokenBucket:
    return TokenBucket(Rate(10, 20), watch)


@pytest.fixture
def breaker(watch: Watch) -> Breaker:
    return Breaker(watch)


def test_a_burst_is_free_and_then_each_waits_its_turn(bucket: TokenBucket) -> None:
    assert [bucket.take() for _ in range(20)] == [0.0] * 20
    assert [bucket.take() for _ in range(3)] == pytest.approx([0.1, 0.2, 0.3])


def test_tokens_come_back_by_the_second_but_never_more_than_a_burst(bucket: TokenBucket, watch: Watch) -> None:
    for _ in range(20):
        bucket.take()
    watch.time += 1
    assert [bucket.take() for _ in range(10)] == pytest.approx([0.0] * 10)
    assert bucket.take() > 0
    watch.time += 1_000
    assert [bucket.take() for _ in range(20)] == [0.0] * 20
    assert bucket.take() > 0


def test_throttled_answers_halve_the_rate_once_a_second(bucket: TokenBucket) -> None:
    for _ in range(5):
        bucket.slow_down()
    assert bucket.per_second == pytest.approx(5)
    assert [bucket.take() for _ in range(5)] == [0.0] * 5
    assert bucket.take() == pytest.approx(0.2)


def test_it_never_stops_altogether_and_recovers(bucket: TokenBucket, watch: Watch) -> None:
    for _ in range(50):
        bucket.slow_down()
        watch.time += 1
    assert bucket.per_second >= 10 * SLOWEST
    slow = bucket.per_second
    watch.time += 2
    assert bucket.per_second > slow
    watch.time += 60
    assert bucket.per_second == 10


def test_a_breaker_opens_after_failures_in_a_row_only(breaker: Breaker) -> None:
    for _ in range(3):
        for _ in range(TRIPS_AT - 1):
            breaker.settle(answered=False)
        assert breaker.blocked() == 0
        breaker.settle(answered=True)
    for _ in range(TRIPS_AT):
        breaker.settle(answered=False)
    assert breaker.blocked() == pytest.approx(OPEN_SECONDS)


def test_an_open_breaker_lets_one_probe_through_whose_answer_closes_it(breaker: Breaker, watch: Watch) -> None:
    for _ in range(TRIPS_AT):
        breaker.settle(answered=False)
    watch.time += OPEN_SECONDS
    assert breaker.blocked() == 0
    assert breaker.blocked() > 0
    breaker.settle(answered=True)
    assert breaker.blocked() == 0
    assert breaker.blocked() == 0


def test_a_probe_that_fails_keeps_it_open_and_one_that_never_ends_does_not_lock_it(
    breaker: Breaker, watch: Watch
) -> None:
    for _ in range(TRIPS_AT):
        breaker.settle(answered=False)
    watch.time += OPEN_SECONDS
    assert breaker.blocked() == 0
    breaker.settle(answered=False)
    assert breaker.blocked() > 0
    watch.time += OPEN_SECONDS
    assert breaker.blocked() == 0  # a probe that is cancelled settles nothing
    watch.time += OPEN_SECONDS
    assert breaker.blocked() == 0


def test_services_regions_and_writes_are_limited_apart(watch: Watch) -> None:
    limits = Limits(watch)
    writes = limits.bucket("ec2", "us-east-1", write=True)
    assert limits.bucket("ec2", "us-east-1", write=True) is writes
    writes.slow_down()
    for other in (
        limits.bucket("ec2", "us-east-1", write=False),
        limits.bucket("ec2", "eu-west-1", write=True),
        limits.bucket("sqs", "us-east-1", write=True),
    ):
        assert other.per_second >= writes.per_second * 2
    assert limits.breaker("ec2", "us-east-1") is limits.breaker("ec2", "us-east-1")
    assert limits.breaker("ec2", "us-east-1") is not limits.breaker("ec2", "eu-west-1")
