"""Running a plan: each step starts when its own dependencies end; a failed one stops only what depends on it.

One coordinator thread decides; workers of the session's bounded pool do the calls; a sleeping step holds no worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from uuid import uuid4

from genesys_tui.engine.executor.execution import Execution
from genesys_tui.engine.executor.memory import Memory, Trace, after_cut, after_success
from genesys_tui.engine.executor.step import Doing, StepRun
from genesys_tui.engine.executor.verify import read_back
from genesys_tui.engine.model.document import Change
from genesys_tui.engine.model.errors import CallError, GenesysError, MovedError
from genesys_tui.engine.model.events import Finished, StepDone, StepFailed, StepSkipped, StepStarted
from genesys_tui.engine.model.history import ExecutionRecord, ExecutionStatus, StepRecord, StepStatus
from genesys_tui.engine.model.plan import Plan, Step
from genesys_tui.engine.planner.wanted import resolve
from genesys_tui.engine.providers.aws.session import Session
from genesys_tui.engine.state.backend import HEARTBEAT_SECONDS, Backend, Scope


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker's message: this step ended, or wants to sleep for `pause` seconds."""

    address: str
    error: GenesysError | None = None
    pause: float | None = None


def start(plan: Plan, writer: Session, reader: Session, backend: Backend) -> Execution:
    """Lease what the plan touches, check that nobody changed it since, and go. Raises `LockedError`, `MovedError`."""
    return _Run(plan, writer, reader, backend).start()


class _Run:
    def __init__(self, plan: Plan, writer: Session, reader: Session, backend: Backend) -> None:
        self.plan = plan
        self.writer, self.reader, self.backend = writer, reader, backend
        self.scope = Scope(plan.region, plan.stack)
        self.execution = Execution(f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid4().hex[:6]}")
        self.messages: SimpleQueue[Ended] = SimpleQueue()
        self.sleepers: list[tuple[float, int, str]] = []
        self.numbers = count()
        self.waiting = {step.address: set(step.needs) for step in plan.steps}
        self.steps = {step.address: step for step in plan.steps}
        self.records = {step.address: _record(step) for step in plan.steps}
        self.runs: dict[str, StepRun] = {}
        self.doing: dict[str, Doing[None]] = {}
        self.began: dict[str, float] = {}
        self.outputs: dict[str, Mapping[str, str]] = {}
        self.over = Event()

    def start(self) -> Execution:
        self.backend.acquire(self.scope, list(self.steps), self.execution.id)
        fragments = self.backend.load(self.scope).fragments
        self.started = datetime.now(UTC)
        record = self._record("running", 0.0)
        self.backend.begin(record)
        moved = [address for address, step in self.steps.items() if fragments.get(address) != step.remembered]
        if moved:
            self.backend.finish(replace(record, status="failed"))
            raise MovedError(
                f"{', '.join(sorted(moved))} changed in the state since this plan was made",
                todo="plan again",
            )
        self.outputs.update({address: fragment.outputs for address, fragment in fragments.items()})
        Thread(target=self._beat, name="genesys-heartbeat", daemon=True).start()
        Thread(target=self._coordinate, name="genesys-apply", daemon=True).start()
        return self.execution

    # coordinator --------------------------------------------------------------------------------------------------
    def _coordinate(self) -> None:
        began, before = monotonic(), self._counts()
        self._start_ready()
        while self.doing or self.sleepers:
            self._wake()
            try:
                message = self.messages.get(timeout=self._next_timer())
            except Empty:
                continue
            self._on(message)
        try:
            self._read_back()
        except GenesysError as error:
            self._unverified(error)
        self.over.set()
        record = self._record(self._status(), monotonic() - began)
        after = self._counts()
        record = replace(record, calls=after[0] - before[0], writes=after[1] - before[1])
        try:
            self.backend.finish(record)
        finally:
            self.execution.emit(Finished(record))

    def _on(self, message: Ended) -> None:
        address = message.address
        if message.pause is not None:
            heappush(self.sleepers, (monotonic() + message.pause, next(self.numbers), address))
            return
        del self.doing[address]
        seconds = monotonic() - self.began[address]
        if message.error is None:
            self._note(address, "done", "", seconds)
            self.execution.emit(StepDone(address, seconds))
        else:
            cancelled = isinstance(message.error, CallError) and message.error.failure == "cancelled"
            self._note(address, "cancelled" if cancelled else "failed", str(message.error), seconds)
            self.execution.emit(StepFailed(address, message.error))
            self._skip_dependents(address)
        self._start_ready()

    def _start_ready(self) -> None:
        for address, needs in list(self.waiting.items()):
            if any(self.records[need].status != "done" for need in needs):
                continue
            del self.waiting[address]
            if self.execution.cancelled:
                self._skip(address, "the apply was cancelled")
                continue
            self._begin(self.steps[address])

    def _begin(self, step: Step) -> None:
        run = StepRun(
            step,
            self.execution.id,
            self.writer,
            self.reader,
            self.backend,
            self.outputs,
            self.execution.emit,
            lambda: self.execution.cancelled,
        )
        self.runs[step.address] = run
        self.doing[step.address] = run.perform()
        self.began[step.address] = monotonic()
        self.execution.emit(StepStarted(step.address))
        self.writer.threads.submit(partial(self._advance, step.address))

    def _wake(self) -> None:
        while self.sleepers and (self.sleepers[0][0] <= monotonic() or self.execution.cancelled):
            address = heappop(self.sleepers)[2]
            self.writer.threads.submit(partial(self._advance, address))

    def _next_timer(self) -> float:
        until = self.sleepers[0][0] - monotonic() if self.sleepers else 0.25
        return min(max(until, 0.0), 0.25)

    def _skip_dependents(self, address: str) -> None:
        for other, needs in list(self.waiting.items()):
            if address in needs:
                del self.waiting[other]
                self._skip(other, f"{address} was not done")
                self._skip_dependents(other)

    def _skip(self, address: str, because: str) -> None:
        self._note(address, "skipped", because, 0.0)
        self.backend.settle(self.execution.id, self.records[address], self.scope, {})
        self.execution.emit(StepSkipped(address, because))

    # workers ------------------------------------------------------------------------------------------------------
    def _advance(self, address: str) -> None:
        """Drive a step until it sleeps or ends. Its end is in the state before anybody is told of it."""
        try:
            pause = next(self.doing[address])
        except StopIteration:
            self._ended(address, None)
        except GenesysError as error:
            self._ended(address, error)
        except Exception as bug:  # noqa: BLE001 - a bug of one kind must end its step in words, not hang the others
            self._ended(address, GenesysError(f"{address}: a bug in Genesys", why=f"{type(bug).__name__}: {bug}"))
        else:
            self.messages.put(Ended(address, pause=pause))

    def _ended(self, address: str, error: GenesysError | None) -> None:
        step, run = self.steps[address], self.runs[address]
        try:
            if error is None:
                self._settle(address, "done", "", after_success(step, run.outputs))
            else:
                unsettled = isinstance(error, CallError) and error.failure == "lost"
                trace = Trace(f"{self.execution.id}/{address}", run.outputs, run.wrote, unsettled)
                self._settle(address, "failed", str(error), after_cut(step, trace))
        except GenesysError as unstored:
            error = error or unstored
        self.messages.put(Ended(address, error))

    def _settle(self, address: str, status: StepStatus, why: str, memory: Memory) -> None:
        self.outputs[address] = self.runs[address].outputs
        step = replace(self.records[address], status=status, why=why, changes=self._resolved(address))
        if memory.get(address) is not None:
            step = replace(step, remember=memory[address])
        self.records[address] = step
        self.backend.settle(self.execution.id, step, self.scope, memory)

    def _resolved(self, address: str) -> tuple[Change, ...]:
        """The changes as they were sent: references by what they came to, for an undo to compare with."""
        return tuple(
            replace(change, after=resolve(change.after, self.outputs)) for change in self.records[address].changes
        )

    # the end ------------------------------------------------------------------------------------------------------
    def _read_back(self) -> None:
        """What was answered with success is looked at; what is not there is a failure in words."""
        done = [self.records[address] for address, record in self.records.items() if record.status == "done"]
        seen = read_back(done, self.reader, self.outputs, stopped=lambda: self.execution.cancelled)
        fragments: Memory = {
            record.address: replace(record.remember, created=seen.created[record.address])
            for record in done
            if record.remember and record.address in seen.created
        }
        if fragments:
            self.backend.merge(self.scope, fragments)
        for address, why in seen.missing.items():
            error = GenesysError(f"{address} is not as it was asked for", why=why, todo="plan again to complete it")
            self.records[address] = replace(self.records[address], status="failed", why=why)
            self.backend.settle(self.execution.id, self.records[address], self.scope, {})
            self.execution.emit(StepFailed(address, error))

    def _unverified(self, error: GenesysError) -> None:
        """Nothing is called done that could not be looked at or stored."""
        for address, record in self.records.items():
            if record.status == "done":
                self.records[address] = replace(record, status="failed", why=str(error))
                self.execution.emit(StepFailed(address, error))

    def _status(self) -> ExecutionStatus:
        if any(record.status == "failed" for record in self.records.values()):
            return "failed"
        return "cancelled" if self.execution.cancelled and not self._all_done() else "done"

    def _all_done(self) -> bool:
        return all(record.status == "done" for record in self.records.values())

    def _record(self, status: ExecutionStatus, seconds: float) -> ExecutionRecord:
        return ExecutionRecord(
            id=self.execution.id,
            title=self.plan.title,
            stack=self.plan.stack,
            region=self.plan.region,
            started=self.started,
            status=status,
            steps=tuple(self.records.values()),
            undoes=self.plan.undoes,
            seconds=seconds,
        )

    def _note(self, address: str, status: StepStatus, why: str, seconds: float) -> None:
        self.records[address] = replace(self.records[address], status=status, why=why, seconds=seconds)

    def _counts(self) -> tuple[int, int]:
        both = (self.writer.counts, self.reader.counts)
        return sum(item.calls for item in both), sum(item.writes for item in both)

    def _beat(self) -> None:
        """Without its lease an execution must not write on: somebody else may be."""
        while not self.over.wait(HEARTBEAT_SECONDS):
            if not self._kept():
                self.execution.cancel()
                return

    def _kept(self) -> bool:
        try:
            return self.backend.heartbeat(self.execution.id)
        except GenesysError:
            return False


def _record(step: Step) -> StepRecord:
    return StepRecord(
        address=step.address,
        kind=step.kind,
        action=step.action,
        id=step.id,
        changes=step.changes,
        had=step.had,
        remembered=step.remembered,
        remember=step.remember,
    )
