"""What a function brings along: its role, its log group, and the resources that its triggers are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Desired, Fragment, Reference, address_of
from genesys_tui.engine.model.specs.function import TRIGGER

RETENTION = 30
"""Days that the log of a function is kept, if nothing is said."""
STARTERS = {"python": "lambda_function.handler", "nodejs": "index.handler"}
"""The handler of the starter of each language that has one."""


STARTED = ("code", "handler", "runtime")


def companions(desired: Desired, fragment: Fragment | None) -> Iterator[Desired]:
    """What words change of a function that is there brings nothing along; what is adopted keeps the role it has."""
    spec = _dissolved(dict(desired.spec))
    triggers = spec.pop("triggers", [])
    retention = spec.pop("log_retention", None)
    patch = desired.adopt or (fragment is not None and not desired.complete)
    if patch:
        yield replace(desired, spec=spec)
        return
    spec = _started(spec) if fragment is None else _as_started(spec, fragment)
    own = _own_role(desired, spec, fragment)
    log = f"/aws/lambda/{desired.name}"
    if own:
        spec["role"] = Reference(f"${{role.{desired.name}.arn}}")
    needs = (*desired.needs, *(_address(own, log, desired.name)))
    yield replace(desired, spec=spec, needs=tuple(dict.fromkeys(needs)))
    yield _beside(desired, "log-group", log, {"retention": retention or RETENTION})
    if own:
        yield _beside(
            desired, "role", desired.name, _role(desired, spec, log), (address_of("log-group", log), *desired.needs)
        )
    yield from _triggered(desired, triggers)


def _address(own: bool, log: str, name: str) -> tuple[str, ...]:
    return (address_of("log-group", log), *((address_of("role", name),) if own else ()))


def _dissolved(spec: dict[str, Any]) -> dict[str, Any]:
    """The triggers that are parts of the function itself become its `url` and `queues`."""
    for one in spec.get("triggers") or ():
        if one["type"] == "url":
            spec["url"] = {"auth": one.get("auth") or "none", **({"cors": one["cors"]} if one.get("cors") else {})}
        if one["type"] == "queue":
            settings = {key: one[key] for key in ("queue", "batch", "window") if one.get(key) is not None}
            spec["queues"] = {**(spec.get("queues") or {}), name_in(one["queue"]): {**TRIGGER, **settings}}
    return spec


def _started(spec: dict[str, Any]) -> dict[str, Any]:
    """A new function without code gets one that answers."""
    if any(spec.get(field) for field in ("source", "code", "image")):
        return spec if spec.get("image") else {"runtime": "python3.13", **spec}
    runtime = spec.setdefault("runtime", "python3.13")
    language = next((one for one in STARTERS if runtime.startswith(one)), None)
    if language:
        spec |= {"source": f"starter:{language}", "handler": STARTERS[language]}
    return spec


def _as_started(spec: dict[str, Any], fragment: Fragment) -> dict[str, Any]:
    """What it was started with stays asked for, until something else is."""
    if spec.get("source") or spec.get("image"):
        return spec
    return {**{field: fragment.spec[field] for field in STARTED if field in fragment.spec}, **spec}


def _own_role(desired: Desired, spec: Document, fragment: Fragment | None) -> bool:
    if "role" in spec:
        return False
    own = f"${{role.{desired.name}.arn}}"
    return fragment is None or fragment.spec.get("role") == own


def _role(desired: Desired, spec: Mapping[str, Any], log: str) -> dict[str, Any]:
    """The least that it needs to run: write its own log, and take what starts it."""
    logs = Reference(f"${{log-group.{log}.arn}}:*")
    grants: dict[str, Any] = {"log": {"allow": ["logs:CreateLogStream", "logs:PutLogEvents"], "on": [logs]}}
    queues = [one["queue"] for one in (spec.get("queues") or {}).values() if one]
    if queues:
        actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        grants["queues"] = {"allow": actions, "on": queues}
    if spec.get("tracing"):
        grants["tracing"] = {"allow": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "on": ["*"]}
    if spec.get("subnets"):
        verbs = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
        grants["network"] = {"allow": [f"ec2:{verb}" for verb in verbs], "on": ["*"]}
    return {
        "trusts": ["lambda.amazonaws.com"],
        "policies": grants,
        "description": f"What function {desired.name} may do",
    }


def _triggered(desired: Desired, triggers: list[Mapping[str, Any]]) -> Iterator[Desired]:
    function = Reference(f"${{function.{desired.name}.arn}}")
    needs = (desired.address,)
    routes = [one for one in triggers if one["type"] == "http"]
    if routes:
        named = {
            f"route{place}": {
                "path": one.get("path") or "/*",
                "methods": one.get("methods") or ["ANY"],
                "function": function,
            }
            for place, one in enumerate(routes, 1)
        }
        yield _beside(desired, "api", desired.name, {"routes": named}, needs)
    clocked = [one for one in triggers if one["type"] in ("schedule", "event")]
    for place, one in enumerate(clocked, 1):
        when = {"schedule": one["schedule"]} if one["type"] == "schedule" else {"pattern": one["pattern"]}
        name = desired.name if len(clocked) == 1 else f"{desired.name}-{place}"
        yield _beside(desired, "rule", name, {**when, "targets": {desired.name: {"function": function}}}, needs)


def _beside(desired: Desired, kind: str, name: str, spec: Mapping[str, Any], needs: tuple[str, ...] = ()) -> Desired:
    return Desired(
        address_of(kind, name),
        kind,
        name,
        spec,
        desired.complete,
        needs=tuple(dict.fromkeys(needs)),
        mark=desired.mark,
        outcome=desired.outcome,
    )
