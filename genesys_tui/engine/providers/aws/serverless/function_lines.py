"""What a change of a function's URL and triggers comes to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genesys_tui.engine.model.call import Call, Capture, Find, Params, RetryOn, Value, read
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.function import Cors, QueueTrigger, Url
from genesys_tui.engine.providers.aws.serverless.function_documents import cors_on_wire

GONE = ("ResourceNotFoundException",)
PUBLIC: Mapping[str, Params] = {
    "genesys-url": {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
    "genesys-url-invoke": {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
}
"""Both statements that let anybody call a URL without authentication (since October 2025)."""


def url_lines(have: Actual, changed: Url | None) -> Iterator[Line]:
    """Make, change or take away the URL. `have.spec["url"]`: the one there is."""
    before: Any = have.spec.get("url")
    who = {"FunctionName": have.name}
    if changed is None:
        absent = [Call("lambda", "DeleteFunctionUrlConfig", who, absent_on=GONE, idempotent=True, on=(have.arn,))]
        yield Line(f"Take the URL away from function '{have.name}'", "Asked for", (*absent, *_private(have)))
        return
    wanted = {**(before or {}), **changed.model_dump(exclude_unset=True)}
    public = wanted.get("auth") != "iam"
    params: Params = {**who, "AuthType": "NONE" if public else "AWS_IAM"}
    if "cors" in changed.model_fields_set:
        whole = {
            **((before or {}).get("cors") or {}),
            **(changed.cors.model_dump(exclude_unset=True) if changed.cors else {}),
        }
        cors = cors_on_wire(Cors.model_validate(whole) if changed.cors else None)
        if cors or before:
            params = {**params, "Cors": cors}
    captures = {"url": Capture("FunctionUrl")}
    if before is None:
        find = Find(
            read("lambda", "GetFunctionUrlConfig", who, absent_on=GONE), captures, ("ResourceConflictException",)
        )
        call = Call("lambda", "CreateFunctionUrlConfig", params, captures=captures, find=find, on=(have.arn,))
        sentence = f"Give function '{have.name}' a URL of its own"
    else:
        call = Call("lambda", "UpdateFunctionUrlConfig", params, captures=captures, idempotent=True, on=(have.arn,))
        sentence = f"Change the URL of function '{have.name}'"
    opened = _public(have) if public and (before or {}).get("auth") != "none" else ()
    closed = _private(have) if before and not public and before.get("auth") == "none" else ()
    reason = "Anybody who knows it may call it" if public else "Only callers whom IAM allows may call it"
    yield Line(sentence, reason, (call, *opened, *closed))


def _public(have: Actual) -> tuple[Call, ...]:
    absent = ("ResourceConflictException",)
    return tuple(
        Call(
            "lambda",
            "AddPermission",
            {"FunctionName": have.name, "StatementId": id, "Principal": "*", **statement},
            absent_on=absent,
            idempotent=True,
            on=(have.arn,),
        )
        for id, statement in PUBLIC.items()
    )


def _private(have: Actual) -> tuple[Call, ...]:
    return tuple(
        Call(
            "lambda",
            "RemovePermission",
            {"FunctionName": have.name, "StatementId": id},
            absent_on=GONE,
            idempotent=True,
            on=(have.arn,),
        )
        for id in PUBLIC
    )


def queue_lines(have: Actual, changed: Mapping[str, QueueTrigger | None]) -> Iterator[Line]:
    """`have.provider_data["mappings"]`: the ids of the event source mappings there are, by queue."""
    mappings: Mapping[str, str] = have.provider_data.get("mappings", {})
    for name, trigger in changed.items():
        id = mappings.get(name)
        if trigger is None:
            params = {"UUID": id}
            call = Call("lambda", "DeleteEventSourceMapping", params, absent_on=GONE, idempotent=True)
            yield Line(f"Let queue '{name}' start function '{have.name}' no more", "Asked for", (call,))
        elif id is None:
            yield Line(
                f"Let queue '{name}' start function '{have.name}'", "Its messages are work", (_mapping(have, trigger),)
            )
        else:
            call = Call("lambda", "UpdateEventSourceMapping", {"UUID": id, **_wire(trigger)}, idempotent=True)
            yield Line(f"Change how queue '{name}' starts function '{have.name}'", "Asked for", (call,))


def _mapping(have: Actual, trigger: QueueTrigger) -> Call:
    who: Params = {"FunctionName": have.name, "EventSourceArn": trigger.queue}
    look = read("lambda", "ListEventSourceMappings", who, absent_on=GONE)
    found = {"_mapping": Capture("EventSourceMappings[0].UUID")}
    retry = RetryOn("InvalidParameterValueException", 60, "does not have permissions")
    return Call(
        "lambda",
        "CreateEventSourceMapping",
        {**who, **_wire(trigger)},
        captures={"_mapping": Capture("UUID")},
        find=Find(look, found, ("ResourceConflictException",)),
        retry_on=(retry,),
    )


def _wire(trigger: QueueTrigger) -> dict[str, Value]:
    names = {"batch": "BatchSize", "window": "MaximumBatchingWindowInSeconds", "enabled": "Enabled"}
    document = trigger.model_dump(exclude_unset=True)
    return {names[field]: value for field, value in document.items() if field in names and value is not None}
