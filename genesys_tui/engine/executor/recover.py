"""After a crash: what the journal of a dead process says becomes memory, so that the next plan converges. No I/O but
the state's own: what is really there is read by that plan, as always."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from genesys_tui.engine.executor.memory import Trace, after_cut
from genesys_tui.engine.model.errors import LockedError
from genesys_tui.engine.model.history import Attempt, ExecutionRecord, StepRecord, StepStatus
from genesys_tui.engine.state.backend import Backend, Scope

KILLED = "its process ended before the outcome was recorded"


def recover(backend: Backend, scope: Scope) -> list[ExecutionRecord]:
    """Settle every interrupted execution of the stack; returns their final records. One that somebody else settles, or
    goes on from, right now is left to them."""
    settled: list[ExecutionRecord] = []
    for record in backend.interrupted(scope):
        mine = f"{record.id}/recovery-{uuid4().hex[:6]}"
        with suppress(LockedError):
            backend.acquire(scope, [step.address for step in record.steps], mine)
            try:
                settled += _settled(backend, scope, record.id)
            finally:
                backend.release(mine)
    return settled


def _settled(backend: Backend, scope: Scope, execution: str) -> list[ExecutionRecord]:
    """Under the lease it is looked at again: two that come at once must not both write what they read."""
    record = backend.execution(execution)
    return [_settle(backend, scope, record)] if record and record.status == "running" else []


def _settle(backend: Backend, scope: Scope, record: ExecutionRecord) -> ExecutionRecord:
    """What somebody changed since, who did not wait for this, is left as they left it."""
    journal = backend.attempts(record.id)
    now = backend.load(scope).fragments
    steps: list[StepRecord] = []
    for step in record.steps:
        if step.status not in ("pending", "running"):
            steps.append(step)
            continue
        attempts = [attempt for attempt in journal if attempt.address == step.address]
        status: StepStatus = "failed" if attempts else "skipped"
        ended = replace(step, status=status, why=KILLED)
        ours = now.get(step.address) == step.remembered
        memory = after_cut(step, _trace(record.id, step.address, attempts)) if ours else {}
        ended = replace(ended, remember=memory.get(step.address) or step.remember)
        backend.settle(record.id, ended, scope, memory)
        steps.append(ended)
    final = replace(record, status="interrupted", steps=tuple(steps))
    backend.finish(final)
    return final


def _trace(execution: str, address: str, attempts: list[Attempt]) -> Trace:
    outputs = {name: value for attempt in attempts for name, value in attempt.captured.items()}
    unsettled = any(attempt.outcome is None for attempt in attempts)
    return Trace(f"{execution}/{address}", outputs, wrote=bool(attempts), unsettled=unsettled)
