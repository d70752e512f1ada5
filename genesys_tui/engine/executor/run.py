"""Running a plan: each step starts when its own dependencies end; a failed one stops only what depends on it.

One coordinator thread decides; workers of the session's bounded pool do the calls; a sleeping step holds no worker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from uuid import uuid4

from genesys_tui.engine.executor.batches import Batches
from genesys_tui.engine.executor.documents import Documents
from genesys_tui.engine.executor.execution import Execution
from genesys_tui.engine.executor.memory import Memory, Trace, after_cut, after_success
from genesys_tui.engine.executor.step import Doing, StepRun
from genesys_tui.engine.executor.verify import read_back
from genesys_tui.engine.model.document import Change
from genesys_tui.engine.model.errors import CallError, GenesysError, MovedError
from genesys_tui.engine.model.events import Finished, StepDone, StepFailed, StepSkipped, StepStarted
from genesys_tui.engine.model.history import ExecutionRecord, ExecutionStatus, StepRecord, StepStatus
from genesys_tui.engine.model.plan import Plan, Step
from genesys_tui.engine.model.references import resolve
from genesys_tui.engine.providers.aws.session import Session
from genesys_tui.engine.state.backend import HEARTBEAT_SECONDS, Backend, Scope


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker's message: this step ended, or wants to sleep for `pause` seconds."""

    address: str
    error: GenesysError | None = None
    pause: float | None = None


def start(
    plan: Plan,
    writer: Session,
    reader: Session,
    backend: Backend,
    artifacts: Path,
    ended: Callable[[], None] = lambda: None,
) -> Execution:
    """Lease what the plan touches, check that nobody changed it since, and go. `ended` is called before `Finished` is
    told. Raises `LockedError`, `MovedError`."""
    return _Run(plan, writer, reader, backend, artifacts, ended).start()


class _Run:
    def __init__(
        self,
        plan: Plan,
        writer: Session,
        reader: Session,
        backend: Backend,
        artifacts: Path,
        ended: Callable[[], None],
    ) -> None:
        self.plan = plan
        self.artifacts = artifacts
        self.documents = Documents()
        self.batches = Batches()
        self.ended = ended
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
        self.unstored = False
        """Whether the end of a step could not be stored: then only the journal knows it."""

    def start(self) -> Execution:
        self.backend.acquire(self.scope, list(self.steps), self.execution.id)
        self.started = datetime.now(UTC)
        try:
            self._load()
            self.backend.begin(self._record("running", 0.0))
        except GenesysError:
            self.backend.release(self.execution.id)
            raise
        Thread(target=self._beat, name="genesys-heartbeat", daemon=True).start()
        Thread(target=self._coordinate, name="genesys-apply", daemon=True).start()
        return self.execution

    def _load(self) -> None:
        fragments = self.backend.load(self.scope).fragments
        moved = [address for address, step in self.steps.items() if fragments.get(address) != step.remembered]
        if moved:
            raise MovedError(
                f"{', '.join(sorted(moved))} changed in the state since this plan was made",
                todo="plan again",
            )
        self.outputs.update(self.plan.outside)
        self.outputs.update({address: fragment.outputs for address, fragment in fragments.items()})

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
        except Exception as bug:  # noqa: BLE001 - whatever happens, an apply ends
            self._unverified(_bug("reading back", bug))
        self.over.set()
        record = self._record(self._status(), monotonic() - began)
        after = self._counts()
        record = replace(record, calls=after[0] - before[0], writes=after[1] - before[1])
        record = self._stored(record)
        self.ended()
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
            self._note(address, *self._why(message.error), seconds)
            self.execution.emit(StepFailed(address, message.error))
            self._skip_dependents(address)
        self._start_ready()

    def _why(self, error: GenesysError) -> tuple[StepStatus, str]:
        if not (isinstance(error, CallError) and error.failure == "cancelled"):
            return "failed", str(error)
        return "cancelled", f"{self.execution.why}, at {error.call}" if self.execution.why else str(error)

    def _start_ready(self) -> None:
        for address, needs in list(self.waiting.items()):
            if self.execution.cancelled:
                self._skip(address, self.execution.why)
            elif all(self.records[need].status == "done" for need in needs):
                del self.waiting[address]
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
            self.artifacts,
            self.documents,
            self.batches,
        )
        self.runs[step.address] = run
        self.doing[step.address] = run.perform()
        self.began[step.address] = monotonic()
        self.execution.emit(StepStarted(step.address))
        self._go(step.address)

    def _wake(self) -> None:
        while self.sleepers and (self.sleepers[0][0] <= monotonic() or self.execution.cancelled):
            self._go(heappop(self.sleepers)[2])

    def _next_timer(self) -> float:
        until = self.sleepers[0][0] - monotonic() if self.sleepers else 0.25
        return min(max(until, 0.0), 0.25)

    def _skip_dependents(self, address: str) -> None:
        """A plan is in the order of its dependencies: one pass finds them all."""
        undone = {address}
        for other, needs in list(self.waiting.items()):
            if missing := needs & undone:
                undone.add(other)
                self._skip(other, f"{min(missing)} was not done")

    def _skip(self, address: str, because: str) -> None:
        del self.waiting[address]
        self._note(address, "skipped", because, 0.0)
        self.execution.emit(StepSkipped(address, because))

    # workers ------------------------------------------------------------------------------------------------------
    def _go(self, address: str) -> None:
        self.writer.threads.submit(partial(self._advance, address)).add_done_callback(partial(self._left, address))

    def _advance(self, address: str) -> None:
        """Drive a step until it sleeps or ends. Its end is in the state before anybody is told of it."""
        try:
            pause = next(self.doing[address])
        except StopIteration:
            self._ended(address, None)
        except GenesysError as error:
            self._ended(address, error)
        except Exception as bug:  # noqa: BLE001 - a bug of one kind must end its step in words, not hang the others
            self._ended(address, _bug(address, bug))
        else:
            self.messages.put(Ended(address, pause=pause))

    def _left(self, address: str, work: Future[None]) -> None:
        """A worker that was closed, or fell over a bug of ours, ends its step too: nobody waits for it for ever."""
        if work.cancelled():
            self._ended(address, CallError(address, "cancelled", "Cancelled", "the workspace was closed"))
        elif isinstance(bug := work.exception(), Exception):
            self.unstored = True
            self.messages.put(Ended(address, _bug(address, bug)))

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
            self.unstored = True
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
        if fragments and self._kept():
            self.backend.merge(self.scope, fragments)
            for address, fragment in fragments.items():
                self.records[address] = replace(self.records[address], remember=fragment)
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

    def _stored(self, record: ExecutionRecord) -> ExecutionRecord:
        """The record as the history will hold it. Where the end of a step could not be stored, only the journal knows
        what was made: it is kept, and the next plan recovers it."""
        try:
            if not self.unstored:
                self.backend.finish(record)
                return record
            self.backend.release(self.execution.id)
        except GenesysError:
            pass  # the lease ends by itself
        return replace(record, status="interrupted")

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
                self.execution.cancel("the lease was lost: somebody else may be changing it now")
                return

    def _kept(self) -> bool:
        try:
            return self.backend.heartbeat(self.execution.id)
        except GenesysError:
            return False


def _bug(where: str, bug: Exception) -> GenesysError:
    return GenesysError(f"{where}: a bug in Genesys", why=f"{type(bug).__name__}: {bug}")


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
