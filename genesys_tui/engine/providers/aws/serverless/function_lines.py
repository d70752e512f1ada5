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
BUSY = (RetryOn("ResourceInUseException", 60), RetryOn("ResourceConflictException", 60))
"""A mapping or a function that is being changed takes no other change meanwhile."""
WINDOW = "MaximumBatchingWindowInSeconds"
PUBLIC: Mapping[str, Params] = {
    "lambda:InvokeFunctionUrl": {"StatementId": "FunctionURLAllowPublicAccess", "FunctionUrlAuthType": "NONE"},
    "lambda:InvokeFunction": {"StatementId": "FunctionURLInvokeAllowPublicAccess", "InvokedViaFunctionUrl": True},
}
"""The two statements that let anybody call a URL, as AWS's own console names them."""


def concurrency_line(have: Actual, most: int | None) -> Line:
    who: Params = {"FunctionName": have.name}
    if most is None:
        call = Call("lambda", "DeleteFunctionConcurrency", who, idempotent=True, on=(have.arn,))
        return Line(f"Let function '{have.name}' run as often at once as the account can", "Asked for", (call,))
    params: Params = {**who, "ReservedConcurrentExecutions": most}
    call = Call("lambda", "PutFunctionConcurrency", params, idempotent=True, on=(have.arn,))
    return Line(f"Let function '{have.name}' run at most {most} times at once", "Asked for", (call,))


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
    asked = before is None or "auth" in changed.model_fields_set
    if before is None:
        find = Find(
            read("lambda", "GetFunctionUrlConfig", who, absent_on=GONE), captures, ("ResourceConflictException",)
        )
        call = Call("lambda", "CreateFunctionUrlConfig", params, captures=captures, find=find, on=(have.arn,))
        sentence = f"Give function '{have.name}' a URL of its own"
    else:
        call = Call("lambda", "UpdateFunctionUrlConfig", params, captures=captures, idempotent=True, on=(have.arn,))
        sentence = f"Change the URL of function '{have.name}'"
    # Who may call it is another's business where only something else of it changes.
    opened = _public(have) if asked and public and (before or {}).get("auth") != "none" else ()
    closed = _private(have) if asked and not public else ()
    reason = "Anybody who knows it may call it" if public else "Only callers whom IAM allows may call it"
    yield Line(sentence, reason, (call, *opened, *closed))


def _public(have: Actual) -> tuple[Call, ...]:
    opened: Mapping[str, str] = have.provider_data.get("opened", {})
    return tuple(
        Call(
            "lambda",
            "AddPermission",
            {"FunctionName": have.name, "Action": action, "Principal": "*", **statement},
            absent_on=("ResourceConflictException",),  # it is there already
            idempotent=True,
            on=(have.arn,),
        )
        for action, statement in PUBLIC.items()
        if action not in opened
    )


def _private(have: Actual) -> tuple[Call, ...]:
    opened: Mapping[str, str] = have.provider_data.get("opened", {})
    return tuple(
        Call(
            "lambda",
            "RemovePermission",
            {"FunctionName": have.name, "StatementId": id},
            absent_on=GONE,
            idempotent=True,
            on=(have.arn,),
        )
        for id in opened.values()
    )


def queue_lines(have: Actual, changed: Mapping[str, QueueTrigger | None], hidden: Mapping[str, str]) -> Iterator[Line]:
    """`have.provider_data["queues"]`: the ids of the event source mappings there are, by queue. `hidden`: what is wrong
    with the visibility timeout of a queue."""
    there: Mapping[str, str] = have.provider_data.get("queues", {})
    for name, trigger in changed.items():
        id = there.get(name)
        if trigger is None:
            calls = (removed_mapping(have, id),) if id else ()
            yield Line(f"Let queue '{name}' start function '{have.name}' no more", "Asked for", calls)
        elif id is None:
            reason = hidden.get(name, "Its messages are work")
            yield Line(f"Let queue '{name}' start function '{have.name}'", reason, (_mapping(have, trigger),))
        else:
            params = {"UUID": id, **_wire(trigger)}
            arn = _mapping_arn(have, id)
            call = Call("lambda", "UpdateEventSourceMapping", params, idempotent=True, on=(arn,), retry_on=BUSY)
            yield Line(f"Change how queue '{name}' starts function '{have.name}'", "Asked for", (call,))


def removed_mapping(have: Actual, id: str) -> Call:
    """The call that stops a source from starting the function."""
    on = (_mapping_arn(have, id),)
    return Call(
        "lambda", "DeleteEventSourceMapping", {"UUID": id}, absent_on=GONE, idempotent=True, on=on, retry_on=BUSY
    )


def _mapping_arn(have: Actual, id: str) -> str:
    return f"{have.arn.partition(':function:')[0]}:event-source-mapping:{id}"


def _mapping(have: Actual, trigger: QueueTrigger) -> Call:
    """Its role may have been given its permissions only just now."""
    who: Params = {"FunctionName": have.name, "EventSourceArn": trigger.queue}
    look = read("lambda", "ListEventSourceMappings", who, absent_on=GONE)
    found = {"_mapping": Capture("EventSourceMappings[0].UUID")}
    wire = _wire(trigger)
    if not wire.get(WINDOW):
        wire.pop(WINDOW, None)  # a FIFO queue takes none, not even of no seconds
    return Call(
        "lambda",
        "CreateEventSourceMapping",
        {**who, **wire},
        captures={"_mapping": Capture("UUID")},
        find=Find(look, found, ("ResourceConflictException",)),
        # One that is going, of the same queue, is in the way until it is gone.
        retry_on=(RetryOn("InvalidParameterValueException", 60, "does not have permissions"), *BUSY),
    )


def _wire(trigger: QueueTrigger) -> dict[str, Value]:
    names = {"batch": "BatchSize", "window": WINDOW, "enabled": "Enabled"}
    document = trigger.model_dump(exclude_unset=True)
    return {names[field]: value for field, value in document.items() if field in names and value is not None}
