"""What a function brings along: its role, its log group, and the resources that its triggers are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from genesys_tui.engine.model.document import Document, overlay
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Desired, Fragment, Reference, address_of
from genesys_tui.engine.model.specs.function import ALL_PATHS, RUNTIMES, STARTERS, TRIGGER
from genesys_tui.engine.providers.aws.companions import RETENTION, beside, standing

STARTED = ("starter", "code", "handler", "runtime")
"""What a function was made with, and what stays asked for until something else is."""

GRANTED = frozenset({"queues", "tracing", "subnets", "dead_letter"})
"""The fields that its own role must allow it something for."""


def companions(desired: Desired, fragment: Fragment | None) -> Iterator[Desired]:
    """A function that others made keeps its role and its log. Words that change one of ours bring along only what they
    are about."""
    spec = _dissolved(dict(desired.spec))
    asked = _Asked(spec.pop("triggers", []), spec.pop("log_retention", RETENTION), "log_retention" in desired.spec)
    spec = _resolved(spec, fragment)
    match standing(desired, fragment):
        case "theirs":
            yield from _theirs(desired, spec, asked)
        case "patched":
            yield from _patched(desired, spec, asked, fragment)
        case "ours":
            yield from _ours(desired, spec, asked, fragment)
    yield from _triggered(desired, asked.triggers)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a wish is for its companions. `retention`: days, or None: for ever."""

    triggers: list[Mapping[str, Any]]
    retention: int | None
    about_log: bool


def _theirs(desired: Desired, spec: dict[str, Any], asked: _Asked) -> Iterator[Desired]:
    """Its log group is there since its first run, so it is taken over where something is asked of it."""
    yield replace(desired, spec=spec)
    if asked.about_log:
        yield replace(_log_group(desired, asked), adopt=True)


def _patched(desired: Desired, spec: dict[str, Any], asked: _Asked, fragment: Fragment | None) -> Iterator[Desired]:
    yield replace(desired, spec=spec)
    if asked.about_log:
        yield _log_group(desired, asked)
    whole = overlay(fragment.spec, spec) if fragment else spec
    if whole.get("role") == _own_role(desired) and GRANTED & spec.keys():
        yield _role(desired, whole)


def _ours(desired: Desired, spec: dict[str, Any], asked: _Asked, fragment: Fragment | None) -> Iterator[Desired]:
    spec = _started(spec) if fragment is None else _as_started(spec, fragment)
    log = _log_group(desired, asked)
    needs = [*desired.needs, log.address]
    role = None if "role" in spec else _role(desired, spec)
    if role is not None:
        spec["role"] = _own_role(desired)
        needs.append(role.address)
    yield replace(desired, spec=spec, needs=tuple(dict.fromkeys(needs)))
    yield log
    if role is not None:
        yield role


# its own fields ---------------------------------------------------------------------------------------------------
def _dissolved(spec: dict[str, Any]) -> dict[str, Any]:
    """The triggers that are parts of the function itself become its `url` and `queues`."""
    for one in spec.get("triggers") or ():
        if one["type"] == "url":
            spec["url"] = {"auth": one.get("auth") or "none", **({"cors": one["cors"]} if one.get("cors") else {})}
        if one["type"] == "queue":
            settings = {key: one[key] for key in ("queue", "batch", "window") if one.get(key) is not None}
            spec["queues"] = {**(spec.get("queues") or {}), name_in(one["queue"]): {**TRIGGER, **settings}}
    return spec


def _resolved(spec: dict[str, Any], fragment: Fragment | None) -> dict[str, Any]:
    """The bare word of a language stays what it was resolved to when it was first asked for."""
    word = spec.get("runtime")
    if isinstance(word, str) and word in RUNTIMES:
        before = fragment.spec.get("runtime") if fragment else None
        spec["runtime"] = before if before in RUNTIMES[word] else RUNTIMES[word][0]
    return spec


def _started(spec: dict[str, Any]) -> dict[str, Any]:
    """A new function without code gets one that answers."""
    if any(spec.get(field) for field in ("source", "code", "image")):
        return spec
    runtime = str(spec.setdefault("runtime", RUNTIMES["python"][0]))
    language = next((one for one in STARTERS if runtime.startswith(one)), None)
    if language:
        return {"handler": STARTERS[language], **spec, "starter": language}
    return spec


def _as_started(spec: dict[str, Any], fragment: Fragment) -> dict[str, Any]:
    if spec.get("source") or spec.get("image"):
        return spec
    return {**{field: fragment.spec[field] for field in STARTED if field in fragment.spec}, **spec}


# what comes along -------------------------------------------------------------------------------------------------
def _own_role(desired: Desired) -> Reference:
    return Reference(f"${{role.{desired.name}.arn}}")


def _log_name(desired: Desired) -> str:
    return f"/aws/lambda/{desired.name}"


def _log_group(desired: Desired, asked: _Asked) -> Desired:
    return beside(desired, "log-group", _log_name(desired), {"retention": asked.retention}, ())


def _role(desired: Desired, spec: Document) -> Desired:
    """The least that it needs to run: write its own log, and take what starts it."""
    log = Reference(f"${{log-group.{_log_name(desired)}.arn}}:*")
    grants: dict[str, Any] = {"log": {"allow": ["logs:CreateLogStream", "logs:PutLogEvents"], "on": [log]}}
    queues: Any = spec.get("queues") or {}
    if taken := [one["queue"] for one in queues.values() if one]:
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        grants["queues"] = {"allow": actions, "on": taken}
    if spec.get("dead_letter"):
        grants["dead-letter"] = {"allow": ["sqs:SendMessage"], "on": [spec["dead_letter"]]}
    if spec.get("tracing"):
        grants["tracing"] = {"allow": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "on": ["*"]}
    if spec.get("subnets"):
        verbs = ("Create", "Describe", "Delete")
        network = [f"ec2:{verb}NetworkInterface{'s' if verb == 'Describe' else ''}" for verb in verbs]
        addresses = ["ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:DescribeSubnets"]
        grants["network"] = {"allow": [*network, *addresses], "on": ["*"]}
    whole = {
        "trusts": ["lambda.amazonaws.com"],
        "policies": grants,
        "description": f"What function {desired.name} may do",
    }
    return beside(desired, "role", desired.name, whole, (address_of("log-group", _log_name(desired)), *desired.needs))


def _triggered(desired: Desired, triggers: list[Mapping[str, Any]]) -> Iterator[Desired]:
    """Each is known by what it is, not by its place: so one that goes leaves the others alone."""
    function = Reference(f"${{function.{desired.name}.arn}}")
    needs = (desired.address,)
    routes = {
        one.get("name") or one.get("path") or ALL_PATHS: {
            "path": one.get("path") or ALL_PATHS,
            "methods": one.get("methods") or ["ANY"],
            "function": function,
        }
        for one in triggers
        if one["type"] == "http"
    }
    if routes:
        yield beside(desired, "api", desired.name, {"routes": routes}, needs)
    for one in triggers:
        if one["type"] in ("schedule", "event"):
            when = {key: one[key] for key in ("schedule", "pattern") if one.get(key)}
            suffix = f"-{one.get('name') or one['type']}"
            name = f"{desired.name[: 64 - len(suffix)]}{suffix}"
            yield beside(desired, "rule", name, {**when, "targets": {desired.name: {"function": function}}}, needs)
