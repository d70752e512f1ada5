"""How fast a service is asked, and when it is left alone for a while. Pure but for a clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event, Lock


class Clock:
    """Time, to be replaced in tests that must not wait."""

    def now(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait for the event, at most so long. Whether it is set."""
        return event.wait(seconds)


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second in the long run, and how many may go at once after a pause."""

    per_second: float
    burst: float


DEFAULT = Rate(50, 100)
READ_RATES: Mapping[str, Rate] = {
    "s3": Rate(2000, 2000),
    "sqs": Rate(1000, 1000),
    "dynamodb": Rate(200, 400),
    "iam": Rate(20, 40),
    "lambda": Rate(15, 30),
}
WRITE_RATES: Mapping[str, Rate] = {
    "s3": Rate(2000, 2000),  # 3,500 writes a second and prefix: as good as unlimited
    "sqs": Rate(200, 400),
    "ec2": Rate(20, 50),  # its buckets for mutating actions hold 50 at the least
    "iam": Rate(10, 20),
    "lambda": Rate(15, 30),  # the control plane's 15 a second
}
"""Requests a second of one account in one region, by service. Generous: the answers say when it is too fast."""

SLOWEST = 0.25
"""The least part of its rate that a bucket is slowed down to."""
RECOVERY = 0.05
"""The part of its rate that a slowed bucket wins back each second."""
SLOWING = 1.0
"""Seconds in which throttled answers count as one: they come in flocks."""


class TokenBucket:
    """A token bucket whose rate is halved by throttled answers and grows back by the second (AIMD)."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate = rate
        self._now: Callable[[], float] = clock.now
        self._lock = Lock()
        self._at = self._now()
        self._slowed_at = self._at - SLOWING
        self._tokens = rate.burst
        self._per_second = rate.per_second

    @property
    def per_second(self) -> float:
        """The rate now."""
        with self._lock:
            self._refill()
            return self._per_second

    def take(self) -> float:
        """Take a token, perhaps a future one: the seconds to wait before using it."""
        with self._lock:
            self._refill()
            self._tokens -= 1
            return max(0.0, -self._tokens) / self._per_second

    def slow_down(self) -> None:
        """A throttled answer came."""
        with self._lock:
            self._refill()
            if self._at - self._slowed_at < SLOWING:
                return
            self._slowed_at = self._at
            self._per_second = max(self._rate.per_second * SLOWEST, self._per_second / 2)
            self._tokens = min(self._tokens, self._per_second)

    def _refill(self) -> None:
        now = self._now()
        elapsed, self._at = now - self._at, now
        full = self._rate.per_second
        self._per_second = min(full, self._per_second + elapsed * RECOVERY * full)
        self._tokens = min(self._rate.burst, self._tokens + elapsed * self._per_second)


TRIPS_AT = 8
"""Failures in a row that open a circuit."""
OPEN_SECONDS = 5.0


class Breaker:
    """A circuit breaker. After `TRIPS_AT` failures in a row it opens; each `OPEN_SECONDS` it lets one call through, and
    an answer to that closes it."""

    def __init__(self, clock: Clock) -> None:
        self._now: Callable[[], float] = clock.now
        self._lock = Lock()
        self._failures = 0
        self._open_until = 0.0

    def blocked(self) -> float:
        """Seconds for which no call may be sent. 0 lets this one pass; of an open circuit, only this one."""
        with self._lock:
            now = self._now()
            if self._failures < TRIPS_AT:
                return 0.0
            if now < self._open_until:
                return self._open_until - now
            self._open_until = now + OPEN_SECONDS
            return 0.0

    def settle(self, *, answered: bool) -> None:
        """How a call that passed ended: the service answered (with an error, too), or failed to."""
        with self._lock:
            self._failures = 0 if answered else self._failures + 1
            if self._failures >= TRIPS_AT:
                self._open_until = self._now() + OPEN_SECONDS

    @property
    def failures(self) -> int:
        """In a row, until now."""
        return self._failures


class Limits:
    """The buckets and breakers of one session: by service and region, reads and writes apart."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str, bool], TokenBucket] = {}
        self._breakers: dict[tuple[str, str], Breaker] = {}
        self._lock = Lock()

    def bucket(self, service: str, region: str, *, write: bool) -> TokenBucket:
        key = (service, region, write)
        with self._lock:
            if key not in self._buckets:
                rates = WRITE_RATES if write else READ_RATES
                self._buckets[key] = TokenBucket(rates.get(service, DEFAULT), self._clock)
            return self._buckets[key]

    def breaker(self, service: str, region: str) -> Breaker:
        key = (service, region)
        with self._lock:
            if key not in self._breakers:
                self._breakers[key] = Breaker(self._clock)
            return self._breakers[key]
