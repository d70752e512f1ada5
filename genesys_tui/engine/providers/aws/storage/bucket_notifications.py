"""Whom a bucket tells what happens to its objects. S3 keeps all of it in one document, in which ours are known by their
ids; those of others stay. Who is told must let the bucket in: that is a part of the notification. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from genesys_tui.engine.model.call import Answer, Call, Guard, Params, RetryOn, fingerprint
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.bucket_notification import EVENTS, TOLD, Notification, service_told
from genesys_tui.engine.providers.aws.messaging import queue_policy, topic_policy
from genesys_tui.engine.providers.aws.serverless.function_permission import let_invoke, let_invoke_no_more
from genesys_tui.engine.providers.aws.storage.bucket_facts import BucketFacts
from genesys_tui.engine.providers.aws.storage.bucket_settings import setting

LISTS: Mapping[str, tuple[str, str]] = {
    "lambda": ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
    "sqs": ("QueueConfigurations", "QueueArn"),
    "sns": ("TopicConfigurations", "TopicArn"),
}
"""Where those told by each service stand in S3's document, and under which key their ARNs."""

PARTS = (*(listed for listed, _ in LISTS.values()), "EventBridgeConfiguration")
SERVICE = "s3.amazonaws.com"
_KIND = {service: kind for kind, service in TOLD.items()}


def notifications_of(answer: Answer) -> Document:
    """The notifications by id, in short."""
    return {
        one["Id"]: {
            "to": one[key],
            "events": [_word(event) for event in one["Events"]],
            "prefix": _filter(one, "prefix"),
            "suffix": _filter(one, "suffix"),
        }
        for listed, key in LISTS.values()
        for one in answer.get(listed, ())
    }


def to_be_told(have: Actual | None, changed: Mapping[str, Notification | None] | None, service: str) -> list[str]:
    """Those of a service whom the bucket tells, or will."""
    named = [*_told(have), *(str(one.to) for one in (changed or {}).values() if one is not None and one.to)]
    return [one for one in named if service_told(one) == service]


def notification_line(
    have: Actual, changed: Mapping[str, Notification | None], facts: BucketFacts, place: Placement
) -> Line:
    """Who is told newly lets the bucket in; then the whole document is written; then whoever is told no more lets it in
    no more."""
    told = have.spec.get("notifications")
    before: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    after = {name: _whole(before.get(name), one) for name, one in changed.items()}
    left = {**before, **after}
    named = _by_target(one.to for one in changed.values() if one is not None and one.to)
    gone = _by_target(before[name]["to"] for name, one in changed.items() if name in before and _moves(one))
    staying = _by_target(one["to"] for one in left.values() if one is not None)
    calls = [_let_in(have, target, facts, place) for target in named.values()]
    calls.append(_put(have, after))
    for key, target in gone.items():
        calls += _shut(have, target, facts) if key not in staying else ()
    said = "; ".join(_in_words(name, one, before.get(name) or {}) for name, one in after.items())
    return Line(f"Tell {said}", "They can act on it at once", tuple(calls))


def shut_calls(have: Actual, facts: BucketFacts) -> tuple[Call, ...]:
    """Of a bucket that goes: nobody lets it in any more."""
    return tuple(call for target in _by_target(_told(have)).values() for call in _shut(have, target, facts))


def _told(have: Actual | None) -> Iterator[str]:
    before: Any = (have.spec.get("notifications") if have else None) or {}
    return (str(one["to"]) for one in before.values())


def _by_target(targets: Iterable[str]) -> Mapping[tuple[str, str], str]:
    """Each once, whether it is named by its ARN or by a reference."""
    return {(service_told(one), name_in(one)): one for one in targets}


def _moves(changed: Notification | None) -> bool:
    return changed is None or "to" in changed.model_fields_set


def _whole(before: Mapping[str, Any] | None, changed: Notification | None) -> Mapping[str, Any] | None:
    whole = None if changed is None else {**(before or {}), **changed.model_dump(exclude_unset=True)}
    return whole if whole and whole.get("to") else None


def _in_words(name: str, one: Mapping[str, Any] | None, before: Mapping[str, Any]) -> str:
    """`queue 'jobs' when objects in/*.png are created`"""
    to = str((one or before).get("to") or "")
    who = f"{_KIND.get(service_told(to), '')} '{name_in(to)}'"
    if one is None:
        return f"{who} no more ('{name}')"
    events: Sequence[str] = one.get("events") or ("created",)
    some = one.get("prefix") or one.get("suffix")
    what = f"objects {one.get('prefix') or ''}*{one.get('suffix') or ''}" if some else "objects"
    if all(event in EVENTS for event in events):
        return f"{who} when {what} are {' or '.join(events)}"
    return f"{who} of {', '.join(events)} of {what}"


# the document -----------------------------------------------------------------------------------------------------
def _put(have: Actual, after: Mapping[str, Mapping[str, Any] | None]) -> Call:
    before: Mapping[str, Any] | None = have.provider_data.get("notifications")
    document: dict[str, Any] = {
        listed: [one for one in (before or {}).get(listed, ()) if one["Id"] not in after]
        for listed, _ in LISTS.values()
    }
    if before and "EventBridgeConfiguration" in before:
        document["EventBridgeConfiguration"] = before["EventBridgeConfiguration"]
    for name, one in after.items():
        if one is not None:
            listed, key = LISTS[service_told(str(one["to"]))]
            document[listed].append(_wire(name, one, key))
    guard = (
        None
        if before is None
        else Guard(
            setting(have.id, "notifications"),
            f"[{', '.join(PARTS)}]",
            fingerprint([before.get(part) for part in PARTS]),
        )
    )
    return Call(
        "s3",
        "PutBucketNotificationConfiguration",
        {"Bucket": have.id, "NotificationConfiguration": {part: one for part, one in document.items() if one != []}},
        guard=guard,
        retry_on=(RetryOn("InvalidArgument", 30, "Unable to validate the following destination configurations"),),
        idempotent=True,
    )


def _wire(name: str, one: Mapping[str, Any], key: str) -> Params:
    rules = [{"Name": end, "Value": one[end]} for end in ("prefix", "suffix") if one.get(end)]
    events = [EVENTS.get(word, word) for word in one.get("events") or ("created",)]
    return {
        "Id": name,
        key: one["to"],
        "Events": events,
        **({"Filter": {"Key": {"FilterRules": rules}}} if rules else {}),
    }


def _word(event: str) -> str:
    return next((word for word, wire in EVENTS.items() if wire == event), event)


def _filter(one: Mapping[str, Any], end: str) -> str | None:
    """S3 tells `Prefix` where `prefix` was sent."""
    rules: Sequence[Mapping[str, str]] = one.get("Filter", {}).get("Key", {}).get("FilterRules", ())
    return next((rule["Value"] for rule in rules if rule["Name"].lower() == end and rule.get("Value")), None)


# who lets it in ---------------------------------------------------------------------------------------------------
def _sid(have: Actual) -> str:
    return f"genesys-bucket-{have.name}".replace(".", "-")


def _let_in(have: Actual, target: str, facts: BucketFacts, place: Placement) -> Call:
    service, name, account = service_told(target), name_in(target), place.account
    match service:
        case "lambda":
            call = let_invoke(target, _sid(have), SERVICE, have.arn, account)
        case "sqs":
            call = queue_policy.let_send(target, _sid(have), SERVICE, have.arn, facts.queues, account)
        case _:
            call = topic_policy.let_publish(target, _sid(have), SERVICE, have.arn, account)
    arn = place.arn(service, f"function:{name}" if service == "lambda" else name)
    return call if call.on else replace(call, on=(arn,))


def _shut(have: Actual, target: str, facts: BucketFacts) -> tuple[Call, ...]:
    match service_told(target):
        case "lambda":
            return (let_invoke_no_more(target, _sid(have)),)
        case "sqs":
            return queue_policy.let_send_no_more(target, _sid(have), facts.queues)
        case _:
            return topic_policy.let_publish_no_more(target, _sid(have), facts.topics)
