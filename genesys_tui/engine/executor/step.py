"""Doing one step: its calls in order, each journalled before it is sent and after it was answered.

A step is a generator that yields the seconds it wants to sleep, so that waiting holds no worker.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from json import dumps
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn, Protocol, TypeVar

from genesys_tui.engine.executor.batches import GATHERING, Batches
from genesys_tui.engine.executor.documents import Documents
from genesys_tui.engine.executor.params import Context, captured, holds
from genesys_tui.engine.model.call import (
    Answer,
    Batch,
    Call,
    Find,
    Guard,
    Merge,
    Params,
    Repeat,
    RetryOn,
    Wait,
    fingerprint,
)
from genesys_tui.engine.model.errors import CallError, CallFailure, GenesysError, MovedError
from genesys_tui.engine.model.events import Event, LineDone, LineStarted, Retrying, Waiting
from genesys_tui.engine.model.history import Attempt
from genesys_tui.engine.model.plan import Step
from genesys_tui.engine.model.references import Outputs
from genesys_tui.engine.model.statements import merged
from genesys_tui.engine.state.backend import Backend

T = TypeVar("T")
Doing = Generator[float, None, T]
"""Yields seconds to sleep; returns when done."""

SETTLING = (0.0, 0.5, 1.0, 2.0, 4.0)
"""Seconds between the looks for a create whose answer was lost: a listing may lag behind for some seconds."""
RESENDS = 4
"""How often a call whose answer was lost is sent again after it was shown that it did not happen."""
RETRY_PAUSE = 1.0
QUICKLY = 0.25
"""Seconds before the second look of a wait; each later one waits twice as long, up to the wait's own interval."""


class Sender(Protocol):
    """The part of a session that a step needs."""

    def send(
        self, call: Call, params: Params, *, on_retry: Callable[[str, float], None] | None = None
    ) -> Answer | None: ...


@dataclass
class StepRun:
    """One step under way. `outputs` grow as calls are answered; `wrote` says whether a write was sent at all."""

    step: Step
    execution: str
    writer: Sender
    reader: Sender
    backend: Backend
    others: Outputs
    emit: Callable[[Event], None]
    stopped: Callable[[], bool]
    artifacts: Path | None = None
    documents: Documents = field(default_factory=Documents)
    batches: Batches = field(default_factory=Batches)
    outputs: dict[str, str] = field(default_factory=dict)
    wrote: bool = False

    def __post_init__(self) -> None:
        if known := self.step.remember or self.step.remembered:
            self.outputs.update(known.outputs)

    @property
    def context(self) -> Context:
        address = self.step.address
        return Context(address, f"{self.execution}/{address}", self.outputs, self.others, self.artifacts)

    def perform(self) -> Doing[None]:
        """All lines in order. Raises the first error; what was captured until then stays in `outputs`."""
        position = 0
        for number, line in enumerate(self.step.lines):
            started = monotonic()
            self.emit(LineStarted(self.step.address, number))
            for call in line.calls:
                if self.stopped():
                    raise _cancelled(call)
                yield from self._do(call, position)
                position += 1
            self.emit(LineDone(self.step.address, number, monotonic() - started))

    def _do(self, call: Call, position: int) -> Doing[None]:
        if call.effect != "write":
            self.outputs.update(self._captured(call, self.reader.send(call, self.context.fill(call.params))))
        elif call.repeat is not None:
            yield from self._repeat(call, position, call.repeat)
        elif call.merge is not None:
            yield from self._merge(call, position, call.merge)
        elif call.batch is None or not (yield from self._together(call, position, call.batch)):
            yield from self._change(call, position, self.context.fill(call.params))
        if call.wait is not None:
            yield from self._wait(call, call.wait)

    def _repeat(self, call: Call, position: int, repeat: Repeat) -> Doing[None]:
        """Page by page, until the read finds nothing more."""
        from jmespath import search

        while True:
            answer = self.reader.send(repeat.read, self.context.fill(repeat.read.params))
            found = search(repeat.items, answer or {})
            if not found:
                return
            if self.stopped():
                raise CallError(call.name, "cancelled", "Cancelled", "cancelled before all was done")
            yield from self._change(call, position, replace(self.context, each=found).fill(call.params))

    def _merge(self, call: Call, position: int, merge: Merge) -> Doing[None]:
        """Read the document, and write it with our statements in it; no other step comes between."""
        params = self.context.fill(merge.read.params)
        key = f"{merge.read.name} {dumps(params, sort_keys=True, default=str)}"
        while not self.documents.take(key):
            yield QUICKLY
        try:
            document = self._document(call, merge, self.reader.send(merge.read, params))
            yield from self._change(call, position, replace(self.context, each=document).fill(call.params))
        finally:
            self.documents.free(key)

    def _document(self, call: Call, merge: Merge, answer: Answer | None) -> str:
        from jmespath import search

        statements: dict[str, Any] = self.context.fill(merge.statements)
        whole = merged(search(merge.at, answer or {}), statements)
        if whole is not None:
            return dumps(whole, separators=(",", ":"))
        if merge.empty is None:
            raise MovedError(
                f"the policy that {call.name} would write was changed by somebody since this plan was made",
                why="no statement is left in it",
                todo="plan again",
            )
        return merge.empty

    def _together(self, call: Call, position: int, batch: Batch) -> Doing[bool]:
        """Whether a call for several steps did it: that of this step, or of another that sent it for this one too."""
        if not self.batches.open_to(batch):
            return False
        attempt = Attempt(self.execution, self.step.address, position, call.name)
        self.backend.intend([attempt])
        before, self.wrote = self.wrote, True
        self.batches.join(batch)
        while (done := self.batches.outcome(batch)) is None:
            if self.stopped() and self.batches.leave(batch):
                self.wrote = before
                self.backend.record([_outcome(attempt, "failed")])
                raise _cancelled(call)
            if taken := self.batches.take(batch):
                self._send_for(batch, taken)
            else:
                yield GATHERING
        if done:
            self.backend.record([_outcome(attempt, "done")])
        return done

    def _send_for(self, batch: Batch, taken: list[Batch]) -> None:
        """What it fails for is left to the steps' own calls: they tell what stands in the way."""
        from jmespath import search

        failed: set[str] | None = None
        try:
            params = {**self.context.fill(batch.call.params), batch.items: [one.item for one in taken]}
            answer = self.writer.send(batch.call, params, on_retry=self._retrying)
            failed = set(search(batch.failed, answer or {}) or ())
        except CallError:
            pass
        finally:
            self.batches.settle(taken, failed)

    def _change(self, call: Call, position: int, params: Params) -> Doing[None]:
        if call.guard is not None:
            self._check(call, call.guard)
        attempt = Attempt(self.execution, self.step.address, position, call.name)
        self.backend.intend([attempt])
        self.wrote = True
        try:
            found = yield from self._write(call, params)
        except GenesysError as error:
            if not (isinstance(error, CallError) and error.failure == "lost"):
                self.backend.record([_outcome(attempt, "failed")])
            raise
        self.outputs.update(found)
        self.backend.record([_outcome(attempt, "done", found)])

    def _write(self, call: Call, params: Params) -> Doing[dict[str, str]]:
        """Send until answered. A lost answer to a create is settled by looking, never by sending blindly again."""
        lost = 0
        since = monotonic()
        while True:
            try:
                return self._captured(call, self.writer.send(call, params, on_retry=self._retrying))
            except CallError as error:
                if call.find is not None and lost and error.code in call.find.codes:
                    return (yield from self._settled(call, call.find, error)) or _unsettled(call, error)
                if error.code in call.moved_on:
                    raise self._moved(call) from error
                pause = _pause(call, error, monotonic() - since)
                if pause is not None:
                    yield from self._sleep(call, error.message, pause)
                    continue
                if error.failure != "lost" or lost >= RESENDS:
                    raise
                lost += 1
                if call.find is None:
                    _unsettled(call, error)
                elif (found := (yield from self._settled(call, call.find, error))) is not None:
                    return found

    def _sleep(self, call: Call, why: str, seconds: float) -> Doing[None]:
        """Until it is sent again; cancelled meanwhile, it is not."""
        if not self.stopped():
            self.emit(Retrying(self.step.address, why, seconds))
            yield seconds
        if self.stopped():
            raise CallError(call.name, "cancelled", "Cancelled", f"{why}; cancelled before it was sent again")

    def _settled(self, call: Call, find: Find, lost: CallError) -> Doing[dict[str, str] | None]:
        """Did it happen? Its captures if so; None when no look within the bound found it. Raises the `lost` error where
        that can't be told: nobody could look, or it was cancelled before a lagging listing had its time."""
        params = self.context.fill(find.read.params)
        blind: CallError | None = None
        for pause in SETTLING:
            if pause:
                self.emit(Retrying(self.step.address, f"the answer to {call.name} was lost: looking for it", pause))
                yield pause
            try:
                answer, blind = self.reader.send(find.read, params), None
            except CallError as error:
                answer, blind = None, error
            found = None if answer is None else captured(find.captures, answer)
            if found is not None:
                return found
            if self.stopped():
                _unsettled(call, lost)
        return _unsettled(call, lost, blind) if blind else None

    def _captured(self, call: Call, answer: Answer | None) -> dict[str, str]:
        """An answer to a write that lacks what it must hold is no answer: it may have happened."""
        found = captured(call.captures, answer or {}) if call.captures else {}
        if found is None:
            failure: CallFailure = "lost" if call.effect == "write" else "refused"
            raise CallError(call.name, failure, "NoOutput", f"the answer lacks one of {', '.join(call.captures)}")
        return found

    def _check(self, call: Call, guard: Guard) -> None:
        from jmespath import search

        answer = self.reader.send(guard.read, self.context.fill(guard.read.params))
        now = fingerprint(search(guard.at, answer or {}))
        if now != guard.fingerprint:
            raise self._moved(call)

    def _moved(self, call: Call) -> MovedError:
        return MovedError(
            f"{self.step.address} was changed by somebody since this plan was made",
            why=f"{call.name} would overwrite what they wrote",
            todo="plan again: their change is kept",
        )

    def _wait(self, call: Call, wait: Wait) -> Doing[None]:
        started = monotonic()
        params = self.context.fill(wait.read.params)
        pause = QUICKLY
        while True:
            answer = self.reader.send(wait.read, params)
            waited = monotonic() - started
            if holds(wait.done, answer):
                found = captured(wait.captures, answer or {})
                if found is None:
                    raise CallError(call.name, "refused", "NoOutput", f"{wait.why}: the answer lacks an output")
                self.outputs.update(found)
                return
            if wait.failed and holds(wait.failed, answer):
                raise CallError(call.name, "refused", "Failed", f"{wait.why}: it failed{_reason(wait, answer)}")
            if waited >= wait.limit:
                raise CallError(call.name, "refused", "TimedOut", f"{wait.why}: not done after {wait.limit:.0f} s")
            if self.stopped():
                raise CallError(call.name, "cancelled", "Cancelled", f"{wait.why}: no longer waited for")
            self.emit(Waiting(self.step.address, wait.why, waited))
            yield min(pause, wait.interval)
            pause *= 2

    def _retrying(self, why: str, seconds: float) -> None:
        self.emit(Retrying(self.step.address, why, seconds))


def _reason(wait: Wait, answer: Answer | None) -> str:
    """What the cloud says of a failure."""
    from jmespath import search

    said = search(wait.reason, answer or {}) if wait.reason else None
    return f", for {said}" if said else ""


def _cancelled(call: Call) -> CallError:
    return CallError(call.name, "cancelled", "Cancelled", "cancelled before it was sent")


def _unsettled(call: Call, error: CallError, blind: CallError | None = None) -> NoReturn:
    looking = f", and looking for it failed: {blind}" if blind else ""
    raise CallError(
        call.name,
        "lost",
        error.code,
        f"{error.message}; it is not known whether it happened{looking}",
        todo="plan again: what is there is read anew",
    ) from error


def _pause(call: Call, error: CallError, waited: float) -> float | None:
    """Seconds until an answer of eventual consistency is tried again; None when it is not one, or too late."""
    rules = (rule for rule in call.retry_on if rule.code == error.code and rule.message in error.message)
    rule: RetryOn | None = next(rules, None)
    return RETRY_PAUSE if rule is not None and waited < rule.seconds else None


def _outcome(attempt: Attempt, outcome: str, found: Mapping[str, str] | None = None) -> Attempt:
    return Attempt(
        attempt.execution,
        attempt.address,
        attempt.position,
        attempt.call,
        "done" if outcome == "done" else "failed",
        found or {},
    )
