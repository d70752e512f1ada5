"""The session: the one place that talks to AWS. Concurrency, retries, limits, read-only, cancelling, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import partial
from threading import Event, Lock, local
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from genesys_tui.engine.model.call import Answer, Call, Params, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.identity import Identity, Target
from genesys_tui.engine.providers.aws.clients import Clients
from genesys_tui.engine.providers.aws.limits import Clock, Limits, TokenBucket
from genesys_tui.engine.providers.aws.reads import is_read
from genesys_tui.engine.providers.aws.retries import in_words, pause
from genesys_tui.engine.providers.threads import Threads, fail

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel

    from genesys_tui.engine.model.kind import Reading
    from genesys_tui.engine.providers.aws.readings import OnFound

T = TypeVar("T")

OnRetry: TypeAlias = Callable[[str, float], None]
"""Is told why a call is sent again, in words, and after how many seconds; on a thread of the session."""


@dataclass(frozen=True, slots=True)
class Counts:
    """HTTP requests that left, retries and pages included. `writes`: those that the read table does not hold."""

    calls: int
    writes: int
    by_operation: Mapping[str, int]
    """By `s3:CreateBucket`."""


@dataclass(slots=True)
class _Flight:
    """A call under way. `open`: a request of it has left and is not answered, so that it may happen whatever we do."""

    call: Call
    open: bool = False

    def cancelled(self) -> CallError:
        if self.open and not is_read(self.call.service, self.call.operation):
            why = "it was cancelled after it was sent: it may have happened"
            return CallError(self.call.name, "lost", "Cancelled", why)
        return CallError(self.call.name, "cancelled", "Cancelled", "it was cancelled")


class Session:
    """One account and one region, as one user. Opening does nothing yet; any method may be called from any thread.

    A read-only session refuses what the read table does not hold in botocore's own `before-call` hook, which
    paginators, waiters and transfers pass too, and reads of secrets. Every client comes from `client`, with the hook on
    it. The calls of the credential providers (STS, SSO: to assume a role, to refresh a token) are outside: botocore
    makes clients of its own for them. They are neither refused nor counted.

    All retries are the session's own, botocore's are off: so they go page by page, end at once when cancelled, and are
    quick where nothing listens. Throttled and never-sent calls are always sent again; calls whose answer was lost only
    when they are idempotent, as reads are.
    """

    def __init__(
        self,
        target: Target,
        *,
        read_only: bool = True,
        concurrency: int = 32,
        clock: Clock | None = None,
        known: Identity | None = None,
    ) -> None:
        """`known`: who we were last; then nobody is asked who we are."""
        self.read_only = read_only
        self.threads = Threads(concurrency)
        """For the work around calls. The calls themselves have threads of their own, so that work may wait for them."""
        self._wire = Threads(concurrency, "genesys-wire")
        self._clock = clock or Clock()
        self._limits = Limits(self._clock)
        self._clients = Clients(target, concurrency, self._hook)
        self._identity: Identity | None = known
        self._identifying = Lock()
        self._flights: dict[Future[Answer | None], _Flight] = {}
        self._current = local()
        self._counted: Counter[tuple[str, str]] = Counter()
        self._counting = Lock()
        self._cancel = Event()

    # who and where ------------------------------------------------------------------------------------------------
    @property
    def region(self) -> str:
        """The region to work in. Raises `UsageError` where none is configured."""
        return self._identity.region if self._identity else self._clients.region

    def identity(self) -> Identity:
        """Who we are: one `sts:GetCallerIdentity`, remembered. Raises `NoCredentialsError`, or `CallError` where STS
        can't be asked."""
        with self._identifying:
            if self._identity is None:
                self._identity = self._identify()
            return self._identity

    def regions(self) -> tuple[str, ...]:
        """The regions that the account has switched on, sorted."""
        answer = self.send(read("ec2", "DescribeRegions"), {}) or {}
        return tuple(sorted(one["RegionName"] for one in answer.get("Regions", ())))

    def _identify(self) -> Identity:
        try:
            answer = self.send(read("sts", "GetCallerIdentity"), {}) or {}
        except CallError as error:
            if error.failure != "expired":
                raise
            from genesys_tui.engine.providers.aws import failures

            raise failures.no_credentials(error) from error
        endpoint = self.client("sts", reads=True).meta.endpoint_url
        return Identity(
            account=answer["Account"],
            arn=answer["Arn"],
            region=self.region,
            profile=self._clients.profile,
            endpoint=endpoint if self._clients.is_elsewhere(endpoint) else "",
        )

    # sending ------------------------------------------------------------------------------------------------------
    def run(self, readings: Sequence[Reading[T]], *, on_found: OnFound | None = None) -> list[T | CallError]:
        """Drive readings side by side, in this thread; their calls are sent on others. The results, in order: what each
        returned, or the `CallError` it ended with. `on_found` is called in this thread, with each `Found` at once."""
        from genesys_tui.engine.providers.aws.readings import drive

        def start(call: Call) -> Future[Answer | None]:
            return self._start(call, call.params)

        return drive(readings, start, on_found=on_found, cancelled=self._cancel.is_set)

    def ask(self, reading: Reading[T]) -> T:
        """Drive one reading. Raises the `CallError` it ended with."""
        result = self.run([reading])[0]
        if isinstance(result, CallError):
            raise result
        return result

    def send(self, call: Call, params: Params, *, on_retry: OnRetry | None = None) -> Answer | None:
        """Send one call with these params, complete. None for a code of `absent_on`. Raises `CallError`.

        A paginated call is answered by its pages merged into one. Answers come without `ResponseMetadata`.
        """
        try:
            return self._start(call, params, on_retry).result()
        except CancelledError:  # the session is closed
            raise _Flight(call).cancelled() from None

    def client(self, service: str, region: str | None = None, *, reads: bool = False) -> BaseClient:
        """botocore's client with the session's hooks on it, for what is no plain call (a transfer, say). It does not
        retry. `reads`: with the shorter time limit of reads."""
        return self._clients.get(service, region, reads=reads)

    # observing and ending -----------------------------------------------------------------------------------------
    @property
    def counts(self) -> Counts:
        """What has been sent until now."""
        with self._counting:
            counted = dict(self._counted)
        return Counts(
            calls=sum(counted.values()),
            writes=sum(times for key, times in counted.items() if not is_read(*key)),
            by_operation={":".join(key): times for key, times in counted.items()},
        )

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Send nothing any more, and let all that waits or is under way end soon, with a `CallError` of failure
        `cancelled`; but `lost` for a write that has left already: it may happen. Never blocks."""
        self._cancel.set()
        for future, flight in self._flights.copy().items():
            fail(future, flight.cancelled())

    def close(self) -> None:
        """Cancel, and let go of threads and connections."""
        self.cancel()
        self.threads.close()
        self._wire.close()
        self._clients.close()

    # one call -----------------------------------------------------------------------------------------------------
    def _start(self, call: Call, params: Params, on_retry: OnRetry | None = None) -> Future[Answer | None]:
        flight = _Flight(call)
        future = self._wire.submit(partial(self._fly, flight, params, on_retry))
        self._flights[future] = flight
        future.add_done_callback(self._flights.pop)
        if self._cancel.is_set():
            fail(future, flight.cancelled())
        return future

    def _fly(self, flight: _Flight, params: Params, on_retry: OnRetry | None) -> Answer | None:
        from botocore import xform_name

        self._current.flight = flight
        call = flight.call
        if self.read_only and call.effect == "secret":
            raise _refused(call.name, "a read-only session reads no secrets")
        client = self._clients.get(call.service, call.region, reads=is_read(call.service, call.operation))
        send = partial(self._persist, flight, getattr(client, xform_name(call.operation)), on_retry)
        try:
            return self._pages(call, client, send, params) if call.paginate else send(**params)
        except CallError as error:
            if error.failure == "absent":
                return None
            raise

    def _pages(self, call: Call, client: BaseClient, send: Callable[..., Answer], params: Params) -> Answer:
        """All pages merged. Each is sent with retries of its own."""
        from genesys_tui.engine.providers.aws import failures

        try:
            pages = self._clients.paginator(client, call.operation, send).paginate(**params)
            merged: Answer = pages.build_full_result()
        except failures.ERRORS as error:
            raise failures.call_error(call, error, self._clients.profile) from error
        return merged

    def _persist(
        self, flight: _Flight, method: Callable[..., Any], on_retry: OnRetry | None, **params: Any
    ) -> dict[str, Any]:
        """Send until it is answered, or hopeless."""
        from genesys_tui.engine.providers.aws import failures

        call = flight.call
        region = call.region or self.region
        breaker = self._limits.breaker(call.service, region)
        if seconds := breaker.blocked():
            raise _left_alone(call, region, breaker.failures, seconds)
        began = self._clock.now()
        attempt = 0
        lost: CallError | None = None
        while True:
            attempt += 1
            try:
                answer: dict[str, Any] = method(**params)
            except failures.ERRORS as cause:
                error = failures.call_error(call, cause, self._clients.profile)
                error.__cause__ = cause
            else:
                breaker.settle(answered=True)
                answer.pop("ResponseMetadata", None)
                return answer
            if error.failure == "throttled":
                self._bucket(call.service, region, call.operation).slow_down()
            elif error.failure == "lost":
                lost = error
            flight.open = lost is not None
            delay = pause(call, error, attempt=attempt, seconds=self._clock.now() - began)
            if delay is None:
                unanswered = error.failure in {"throttled", "lost", "unreachable"}
                breaker.settle(answered=not unanswered)
                raise (lost or error) if unanswered else error
            if on_retry:
                on_retry(in_words(call, error), delay)
            self._wait(flight, delay)

    def _wait(self, flight: _Flight, seconds: float) -> None:
        if self._clock.wait(self._cancel, seconds) if seconds else self._cancel.is_set():
            raise flight.cancelled()

    def _bucket(self, service: str, region: str, operation: str) -> TokenBucket:
        return self._limits.bucket(service, region, write=not is_read(service, operation))

    # botocore's hooks ---------------------------------------------------------------------------------------------
    def _hook(self, client: BaseClient, service: str, region: str) -> None:
        client.meta.events.register("before-call", self._before_call)
        client.meta.events.register("before-send", partial(self._before_send, service, region))

    def _before_call(self, model: OperationModel, **_: object) -> None:
        service = model.service_model.service_name
        if self.read_only and not is_read(service, model.name):
            raise _refused(f"{service}:{model.name}", "it is none of the reads that a read-only session may send")

    def _before_send(self, service: str, region: str, event_name: str, **_: object) -> None:
        operation = event_name.rpartition(".")[2]
        flight: _Flight = getattr(self._current, "flight", None) or _Flight(Call(service, operation))
        self._wait(flight, self._bucket(service, region, operation).take())
        flight.open = True
        self._wait(flight, 0)  # whoever cancels before this line stops it; whoever cancels after it sees it open
        with self._counting:
            self._counted[service, operation] += 1


def _refused(call: str, why: str) -> CallError:
    return CallError(call, "read-only", "ReadOnly", why, todo="Do it without --read-only")


def _left_alone(call: Call, region: str, failures: int, seconds: float) -> CallError:
    why = f"{call.service} in {region} failed {failures} times in a row and is left alone for {seconds:.0f} s"
    return CallError(call.name, "open", "CircuitOpen", why, todo="Try again in a moment")
