"""After a crash: what the journal of a dead process says becomes memory, so that the next plan converges. No I/O but
the state's own: what is really there is read by that plan, as always."""

from __future__ import annotations

from dataclasses import replace

from genesys_tui.engine.executor.memory import Trace, after_cut
from genesys_tui.engine.model.errors import LockedError
from genesys_tui.engine.model.history import Attempt, ExecutionRecord, StepRecord, StepStatus
from genesys_tui.engine.state.backend import Backend, Scope

KILLED = "its process ended before the outcome was recorded"


def recover(backend: Backend, scope: Scope) -> list[ExecutionRecord]:
    """Settle every interrupted execution of the stack; returns their final records. One that somebody else settles
    right now is left to them."""
    settled: list[ExecutionRecord] = []
    for record in backend.interrupted(scope):
        try:
            backend.acquire(scope, [step.address for step in record.steps], record.id)
        except LockedError:
            continue
        settled.append(_settle(backend, scope, record))
    return settled


def _settle(backend: Backend, scope: Scope, record: ExecutionRecord) -> ExecutionRecord:
    journal = backend.attempts(record.id)
    steps: list[StepRecord] = []
    for step in record.steps:
        if step.status not in ("pending", "running"):
            steps.append(step)
            continue
        attempts = [attempt for attempt in journal if attempt.address == step.address]
        status: StepStatus = "failed" if attempts else "skipped"
        ended = replace(step, status=status, why=KILLED)
        backend.settle(record.id, ended, scope, after_cut(step, _trace(record.id, step.address, attempts)))
        steps.append(ended)
    final = replace(record, status="interrupted", steps=tuple(steps))
    backend.finish(final)
    return final


def _trace(execution: str, address: str, attempts: list[Attempt]) -> Trace:
    outputs = {name: value for attempt in attempts for name, value in attempt.captured.items()}
    unsettled = any(attempt.outcome is None for attempt in attempts)
    return Trace(f"{execution}/{address}", outputs, wrote=bool(attempts), unsettled=unsettled)
