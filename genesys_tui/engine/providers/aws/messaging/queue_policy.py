"""The policy of a queue, for those that send to it: a topic, a rule. Each owns one statement, which is a part of it and
not of the queue, since it can be written only when both are there. Statements of others stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from genesys_tui.engine.model.call import Answer, Call, Guard, Json, Params, Value, fingerprint, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.policy import VERSION

GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")

Policies = Mapping[str, Mapping[str, str]]
"""By the name of a queue: its `url`, and its `policy` where it has one. Queues that are not there yet are missing."""


def policies_of(queues: Iterable[str]) -> Reading[Policies]:
    """What the policies of these queues are (ARNs, or references to queues)."""
    names = list(dict.fromkeys(map(name_in, queues)))
    asked: list[Call | Reading[Any]] = [_policy(name) for name in names]
    answers = yield asked
    for answer in answers:
        if isinstance(answer, CallError):
            raise answer
    return {name: answer for name, answer in zip(names, answers, strict=True) if answer is not None}


def let_send(queue: str, sid: str, service: str, source: Value, known: Policies) -> Call:
    """The call that lets `source` of a `service` send to a queue."""
    statement = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }
    return _write(queue, [*_others(queue, sid, known), statement], known)


def let_send_no_more(queue: str, sid: str, known: Policies) -> tuple[Call, ...]:
    """The call that takes the statement out; none where the queue, or the statement, is not there."""
    before = _statements(queue, known)
    others = _others(queue, sid, known)
    return (_write(queue, others, known),) if len(others) < len(before) else ()


def _policy(name: str) -> Reading[Mapping[str, str] | None]:
    found = yield read("sqs", "GetQueueUrl", {"QueueName": name}, absent_on=GONE)
    if found is None:
        return None
    url = found["QueueUrl"]
    answer: Answer | None = yield _look(url)
    policy = ((answer or {}).get("Attributes") or {}).get("Policy")
    return {"url": url, **({"policy": policy} if policy else {})}


def _look(url: Value) -> Call:
    return read("sqs", "GetQueueAttributes", {"QueueUrl": url, "AttributeNames": ["Policy"]}, absent_on=GONE)


def _statements(queue: str, known: Policies) -> list[Any]:
    text = known.get(name_in(queue), {}).get("policy")
    found: list[Any] = json.loads(text).get("Statement", []) if text else []
    return found


def _others(queue: str, sid: str, known: Policies) -> list[Any]:
    return [one for one in _statements(queue, known) if one.get("Sid") != sid]


def _write(queue: str, statements: list[Any], known: Policies) -> Call:
    there = known.get(name_in(queue), {})
    url: Value = there.get("url") or Reference(str(queue).replace(".arn}", ".url}"))
    guard = Guard(_look(url), "Attributes.Policy", fingerprint(there.get("policy"))) if there else None
    policy: Value = Json({"Version": VERSION, "Statement": statements}) if statements else ""
    params: Params = {"QueueUrl": url, "Attributes": {"Policy": policy}}
    on = (queue,) if queue.startswith("arn:") else ()
    return Call("sqs", "SetQueueAttributes", params, guard=guard, idempotent=True, on=on)
