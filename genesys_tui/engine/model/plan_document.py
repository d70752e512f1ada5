"""Plans, executions and inventories as JSON-able documents: the shapes that `--json` prints and scripts rely on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from genesys_tui.engine.model.adoption import Adoption
from genesys_tui.engine.model.call import Batch, Blob, Call, Each, Joined, Params, Secret, Token, Value
from genesys_tui.engine.model.call import Json as JsonText
from genesys_tui.engine.model.document import Json
from genesys_tui.engine.model.errors import GenesysError, Problem, WishError
from genesys_tui.engine.model.history import ExecutionRecord, StepRecord
from genesys_tui.engine.model.identity import Identity
from genesys_tui.engine.model.owner import Owner
from genesys_tui.engine.model.plan import Cost, Finding, Line, Plan, Step
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.suggestion import Suggestion

Actions = Callable[[Call], tuple[str, ...]]
"""The IAM actions that a call needs."""


class Seen(Protocol):
    """A resource as an inventory shows it."""

    @property
    def actual(self) -> Actual: ...
    @property
    def managed(self) -> bool: ...
    @property
    def account(self) -> str: ...
    @property
    def owner(self) -> Owner | None: ...
    @property
    def adoption(self) -> Adoption | None: ...
    @property
    def suggestions(self) -> tuple[Suggestion, ...]: ...


class Listing(Protocol):
    """An inventory: what was seen, what could not be read, and what it took."""

    @property
    def resources(self) -> Iterable[Seen]: ...
    @property
    def errors(self) -> tuple[str, ...]: ...
    @property
    def calls(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def read_at(self) -> datetime: ...


def plan_document(plan: Plan, actions: Actions) -> Json:
    """`{summary, changes, steps[], permissions, cost, duration_seconds, findings[]}`. The conflicts of an undo are
    findings of severity `warning`."""
    conflicts = (Finding("warning", conflict.address, conflict.message) for conflict in plan.conflicts)
    return {
        "summary": plan.title,
        "changes": plan.changes,
        "steps": [_step(step, actions) for step in plan.steps],
        "permissions": {"actions": list(plan.permissions.actions), "policy": dict(plan.permissions.policy)},
        "cost": _cost(plan.cost),
        "duration_seconds": plan.duration_seconds,
        "findings": [_finding(finding) for finding in (*plan.findings, *conflicts)],
    }


def execution_document(record: ExecutionRecord) -> Json:
    """`{id, status, calls, writes, seconds, outputs, failed[]}`: `outputs` by address, then by name; `failed` is every
    step that did not come to its end, with why."""
    return {
        "id": record.id,
        "status": record.status,
        "calls": record.calls,
        "writes": record.writes,
        "seconds": round(record.seconds, 3),
        "outputs": {step.address: dict(step.remember.outputs) for step in record.at("done") if step.remember},
        "failed": [_outcome(step) for step in record.steps if step.status != "done"],
    }


def history_document(records: Iterable[ExecutionRecord]) -> Json:
    """`{executions[]}`, newest first. Each is `{id, title, stack, region, started, status, undoes, undone_by, calls,
    writes, seconds, steps[] {resource, action, status, why}}`."""
    return {"executions": [_execution(record) for record in records]}


def inventory_document(identity: Identity, inventory: Listing) -> Json:
    """`{account, region, resources[], calls, seconds, errors[]}`: where one works, and what exists there and wherever
    else was looked. `owner {tool, id, evidence[]}` is null where nobody is known; `adoption {score, low, high,
    confidence, reasons[], risks[]}` where it can't be taken over, or is managed already.
    `suggestions[] {topic, words, fix, usd_month}`: what would be better, as far as the listings tell."""
    return {
        "account": identity.account,
        "region": identity.region,
        "resources": [_resource(resource) for resource in inventory.resources],
        "calls": inventory.calls,
        "seconds": round(inventory.seconds, 3),
        "errors": list(inventory.errors),
        "read_at": inventory.read_at.isoformat(),
    }


def error_document(error: GenesysError) -> Json:
    """`{error: {what, why, todo, command, problems[] {place, what, fix}}}`."""
    problems = error.problems if isinstance(error, WishError) else ()
    return {
        "error": {
            "what": error.what,
            "why": error.why,
            "todo": error.todo,
            "command": error.command,
            "problems": [_problem(problem) for problem in problems],
        }
    }


def _step(step: Step, actions: Actions) -> Json:
    return {
        "action": step.action,
        "resource": step.address,
        "id": step.id,
        "needs": list(step.needs),
        **({"outcome": step.outcome} if step.outcome else {}),
        "reversal": {"kind": step.reversal.kind, "why": step.reversal.why},
        "lines": [_line(line, step.address, actions) for line in step.lines],
    }


def _line(line: Line, address: str, actions: Actions) -> Json:
    return {
        "sentence": line.sentence,
        "reason": line.reason,
        "calls": [
            {
                "service": call.service,
                "operation": call.operation,
                "params": _params(call.params, address),
                **({"together": _together(call.batch)} if call.batch else {}),
                **({"statements": _params(call.merge.statements, address)} if call.merge else {}),
                "permissions": list(actions(call)),
            }
            for call in line.calls
        ],
    }


def _together(batch: Batch) -> Json:
    """What is sent for several steps at once; the step's own call only where that does not do it."""
    return {"service": batch.call.service, "operation": batch.call.operation, "item": batch.item, "limit": batch.limit}


def _params(params: Params, address: str) -> Json:
    return {key: _value(value, address) for key, value in params.items()}


def _value(value: Value, address: str) -> object:
    match value:
        case Output() | Token() | JsonText() | Joined() | Blob() | Secret() | Each():
            return _placeholder(value, address)
        case bytes():
            return b64encode(value).decode()
        case datetime():
            return value.isoformat()
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return _params(value, address)
        case _:
            return [_value(inner, address) for inner in value]


def _placeholder(value: Output | Token | JsonText | Joined | Blob | Secret | Each, address: str) -> Json:
    """What is known, or written, only when the call is sent. Of a secret only where it comes from."""
    match value:
        case Output(name, other):
            return {"$output": f"{other or address}.{name}"}
        case JsonText(document):
            return {"$json": _value(document, address)}
        case Joined(parts):
            return {"$joined": [_value(part, address) for part in parts]}
        case Blob(sha256, start, size):
            return {"$blob": sha256} if size is None else {"$blob": sha256, "start": start, "size": size}
        case Secret(source):
            return {"$secret": source}
        case Each():
            return {"$each": True}
        case Token():
            return {"$token": True}


def _cost(cost: Cost) -> Json:
    return {
        "low": cost.low,
        "typical": cost.typical,
        "high": cost.high,
        "currency": cost.currency,
        "assumptions": list(cost.assumptions),
        "unknown": list(cost.unknown),
    }


def _finding(finding: Finding) -> Json:
    return {
        "severity": finding.severity,
        "resource": finding.address,
        "message": finding.message,
        "fix": finding.fix,
    }


def _outcome(step: StepRecord) -> Json:
    return {"resource": step.address, "action": step.action, "status": step.status, "why": step.why}


def _execution(record: ExecutionRecord) -> Json:
    return {
        "id": record.id,
        "title": record.title,
        "stack": record.stack,
        "region": record.region,
        "started": record.started.isoformat(),
        "status": record.status,
        "undoes": record.undoes,
        "undone_by": record.undone_by,
        "calls": record.calls,
        "writes": record.writes,
        "seconds": round(record.seconds, 3),
        "steps": [_outcome(step) for step in record.steps],
    }


def _resource(resource: Seen) -> Json:
    actual = resource.actual
    return {
        "kind": actual.kind,
        "id": actual.id,
        "arn": actual.arn,
        "name": actual.name,
        "region": actual.region,
        "account": resource.account,
        "tags": dict(actual.tags),
        "managed": resource.managed,
        "of_aws": actual.of_aws or None,
        "owner": _owner(resource.owner) if resource.owner else None,
        "adoption": _adoption(resource.adoption) if resource.adoption else None,
        "suggestions": [_suggestion(one) for one in resource.suggestions],
    }


def _owner(owner: Owner) -> Json:
    return {"tool": owner.tool, "id": owner.id, "evidence": list(owner.evidence), "strength": round(owner.strength, 2)}


def _adoption(adoption: Adoption) -> Json:
    return {
        "score": adoption.score,
        "low": adoption.low,
        "high": adoption.high,
        "confidence": adoption.confidence,
        "reasons": [{"words": one.words, "points": one.points} for one in adoption.reasons],
        "risks": [{"words": one.words, "points": one.points} for one in adoption.risks],
    }


def _suggestion(one: Suggestion) -> Json:
    return {"topic": one.topic, "words": one.words, "fix": one.fix, "usd_month": one.usd}


def _problem(problem: Problem) -> Json:
    mark = problem.mark
    place = {"file": mark.file, "line": mark.line, "column": mark.column, "path": mark.path} if mark else None
    return {"place": place, "what": problem.what, "fix": problem.fix}
