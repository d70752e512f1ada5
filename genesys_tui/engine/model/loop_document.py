"""Answers, layers and what a loop tells as JSON-able documents: the shapes that `--json` prints."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from genesys_tui.engine.model.build_document import build_document, megabytes
from genesys_tui.engine.model.document import Json
from genesys_tui.engine.model.invocation import Answer, LogLine
from genesys_tui.engine.model.layers import PublishedLayer
from genesys_tui.engine.model.loop import BuildDone, Deployed, Failed, Invoked, LoopEvent, Planned, Saved
from genesys_tui.engine.model.plan_document import error_document, execution_document


def answer_document(answer: Answer) -> Json:
    """`{ok, ending, payload, ms, init_ms, max_memory_mb, error {type, message, trace[] {file, line, what, text}},
    logs[] {time, text, request}, notes[], request}`. `error` is null where it answered, `max_memory_mb` and `init_ms`
    where they are not known."""
    error = answer.error
    return {
        "ok": answer.ok,
        "ending": answer.ending,
        "payload": answer.payload,
        "ms": round(answer.ms, 2),
        "init_ms": answer.init_ms and round(answer.init_ms, 2),
        "max_memory_mb": answer.max_memory_mb or None,
        "error": error
        and {
            "type": error.type,
            "message": error.message,
            "trace": [
                {"file": frame.file, "line": frame.line, "what": frame.what, "text": frame.text}
                for frame in error.trace
            ],
        },
        "logs": [log_document(line) for line in answer.logs],
        "notes": list(answer.notes),
        "request": answer.request,
    }


def log_document(line: LogLine) -> Json:
    """`{time, text, request}`"""
    return {"time": line.time.isoformat(), "text": line.text, "request": line.request}


def layers_document(layers: Iterable[PublishedLayer]) -> Json:
    """`{layers[] {arn, name, version, created, mb, users[]}}`: `mb` of the zip, null where that can't be read."""
    return {
        "layers": [
            {
                "arn": one.arn,
                "name": one.name,
                "version": one.version,
                "created": one.created.isoformat() if one.created else None,
                "mb": None if one.size is None else megabytes(one.size),
                "users": list(one.users),
            }
            for one in layers
        ]
    }


def loop_document(event: LoopEvent, artifacts: Path) -> Json:
    """One thing that a loop tells: `{event, save, ms}` and what it is about. `event` is `saved` (`files`, `about`),
    `built` (`same`, and all of `build_document`), `invoked` (`with`, `answer`), `planned` (`width`, `summary`,
    `changes`, `steps[]`, `blocked`), `deployed` (`back`, `execution`) or `failed` (`stage`, `error`)."""
    match event:
        case Saved():
            files: Json = {"at": event.at.isoformat(), "files": list(event.names), "about": sorted(event.about)}
            return _told("saved", event, files)
        case BuildDone():
            return _told("built", event, {"same": event.same, **build_document(event.built, artifacts)})
        case Invoked():
            return _told("invoked", event, {"with": event.event, "answer": answer_document(event.answer)})
        case Planned():
            return _told("planned", event, _planned(event))
        case Deployed():
            return _told("deployed", event, {"back": event.back, "execution": execution_document(event.record)})
        case Failed():
            return _told("failed", event, {"stage": event.stage, **error_document(event.error)})


def _told(name: str, event: LoopEvent, about: Json) -> Json:
    return {"event": name, "save": event.save, "ms": event.ms, **about}


def _planned(event: Planned) -> Json:
    plan = event.plan
    steps = [
        {"action": step.action, "resource": step.address, "sentences": [line.sentence for line in step.lines]}
        for step in plan.steps
    ]
    return {
        "width": event.width,
        "summary": plan.title,
        "changes": plan.changes,
        "steps": steps,
        "blocked": plan.blocked,
    }
