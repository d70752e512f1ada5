"""How the work on a function begins: what starts it, its code from a template, and what is then wanted of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.functions.langpack import Langpack
from genesys_tui.engine.functions.local.interpreters import python
from genesys_tui.engine.model.build import Target
from genesys_tui.engine.model.errors import GenesysError, Problem, UsageError, WishError
from genesys_tui.engine.model.resource import Desired, Wish, address_of
from genesys_tui.engine.providers import registry

Starts = Literal["none", "url", "http", "queue", "schedule", "event"]
Fields = Mapping[str, Any]
"""Of an entry of a stack file, as it is written there."""
Entry = tuple[str, str, Fields]
"""Kind, name and fields."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What can start a function. `asks`: what has to be said of it, in words (empty: nothing); `default`: an answer, in
    which `{name}` is the function's. `template`: the code that is made for it; `event`: the ready-made one to try."""

    starts: Starts
    label: str
    does: str
    asks: str = ""
    default: str = ""
    template: str = "plain"
    event: str = "empty"


TRIGGERS = (
    Trigger("none", "nothing yet", "it is invoked by name"),
    Trigger(
        "url",
        "a URL of its own",
        "anybody may call it, and the pages that you name (CORS)",
        "pages that may call it (CORS): origins, or nothing",
        "*",
        "http",
        "url",
    ),
    Trigger("http", "an HTTP API", "every path of an API Gateway leads to it", "the path", "/*", "http", "http"),
    Trigger("queue", "a queue", "messages of an SQS queue, ten at a time", "the queue", "{name}-jobs", "queue", "sqs"),
    Trigger(
        "schedule", "a schedule", "at times, by EventBridge", "when: rate(...) or cron(...)", "rate(1 hour)",
        "schedule", "schedule",
    ),
    Trigger(
        "event", "events", "what happens on the event bus, by a pattern", "the pattern", '{"source": ["my.app"]}',
        "plain", "event",
    ),
)  # fmt: skip


def trigger(starts: str) -> Trigger:
    """The trigger of a word. Raises UsageError."""
    for one in TRIGGERS:
        if one.starts == starts:
            return one
    known = ", ".join(one.starts for one in TRIGGERS)
    raise UsageError(f"nothing is started by {starts!r}", todo=f"choose one of {known}")


def trigger_entry(starts: Starts, said: str) -> Fields:
    """The entry under `triggers` of a function. `said`: the answer to what the trigger asks."""
    match starts:
        case "url":
            origins = [one.strip() for one in said.split(",") if one.strip()]
            cors = {"cors": {"origins": origins, "methods": ["*"], "headers": ["content-type"]}} if origins else {}
            return {"type": "url", "auth": "none", **cors}
        case "http":
            return {"type": "http", "path": said}
        case "queue":
            return {"type": "queue", "queue": said}
        case "schedule":
            return {"type": "schedule", "schedule": said}
        case _:
            return {"type": "event", "pattern": _pattern(said)}


def _pattern(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError as error:
        raise UsageError("the pattern is no JSON", why=str(error), todo='such as {"source": ["my.app"]}') from error


def entries(
    name: str, fields: Fields, starts: Starts, said: str, *, queues: frozenset[str] = frozenset()
) -> list[Entry]:
    """Kind, name and fields of all that is to be written: the function, and the queue that starts it, unless it is
    among those (`queues`) that are there. Raises UsageError."""
    if starts == "none":
        return [("function", name, fields)]
    triggers = [*fields.get("triggers", ()), trigger_entry(starts, said)]
    return [*companions(fields, starts, said, queues), ("function", name, {**fields, "triggers": triggers})]


def companions(fields: Fields, starts: Starts, said: str, queues: frozenset[str]) -> list[Entry]:
    """What a trigger brings along: its queue, where that is to be made."""
    if starts != "queue" or said in queues or ":" in said:
        return []
    # A message is hidden from others for six times as long as the function may take. Source: "Using Lambda with SQS".
    return [("queue", said, {"visibility_timeout": 6 * int(fields.get("timeout", 30))})]


def wish(entries: list[Entry], source: str, *, modify: bool = False) -> Wish:
    """The same in words: nothing else is changed by it. `modify`: the function is there. Raises WishError with every
    mistake."""
    wanted: list[Desired] = []
    problems: list[Problem] = []
    for kind, name, fields in entries:
        spec = registry.spec(kind)
        if wrong := spec.check_name(name):
            problems.append(Problem(None, f"a {kind} can't be named {name!r}", wrong))
            continue
        try:
            document = checked(spec, dict(fields)).document
        except FlawedError as error:
            problems += [Problem(None, f"`{_last(flaw.trail)}` {flaw.what}", flaw.fix) for flaw in error.flaws]
            continue
        before = tuple(one.address for one in wanted)
        wanted.append(
            Desired(address_of(kind, name), kind, name, document, modify=modify and kind == "function", needs=before)
        )
    if problems:
        raise WishError(f"{source} can't be made", tuple(problems))
    return Wish(tuple(wanted), source)


def as_written(entries: list[Entry]) -> Wish:
    """The same, to be written into a stack file, which checks it."""
    return Wish(tuple(Desired(address_of(kind, name), kind, name, fields) for kind, name, fields in entries), "")


def _last(trail: tuple[object, ...]) -> str:
    return next((str(step) for step in reversed(trail) if isinstance(step, str)), "it")


def runtime_here(pack: Langpack) -> str:
    """The newest runtime of a language that this machine has too, so that it answers here; else the newest."""
    names = [runtime.name for runtime in pack.runtimes]
    if pack.name == "python":
        names = [*(name for name in names if _has_python(Target(name).version)), *names]
    return names[0]


@cache
def _has_python(minor: str) -> bool:
    try:
        python(minor)
    except GenesysError:
        return False
    return True
