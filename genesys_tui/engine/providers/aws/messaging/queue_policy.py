"""The policy of a queue, for those that send to it: a topic, a rule. Each owns one statement, which is a part of it and
not of the queue, since it can be written only when both are there. Statements of others stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from genesys_tui.engine.model.call import Answer, Call, Each, Merge, Params, Value, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.statements import Statement, statement_in
from genesys_tui.engine.providers.aws.service_statement import service_statement

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


def let_send(queue: str, sid: str, service: str, source: Value, known: Policies, account: str = "") -> Call:
    """The call that lets `source` of a `service` send to a queue. `account`: whose the source must be, where its ARN
    does not tell."""
    return _write(queue, sid, service_statement(sid, service, "sqs:SendMessage", queue, source, account), known)


def let_send_no_more(queue: str, sid: str, known: Policies) -> tuple[Call, ...]:
    """The call that takes the statement out; none where the queue, or the statement, is not there."""
    there = statement_in(known.get(name_in(queue), {}).get("policy"), sid)
    return (_write(queue, sid, None, known),) if there else ()


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


def _write(queue: str, sid: str, statement: Statement | None, known: Policies) -> Call:
    url: Value = known.get(name_in(queue), {}).get("url") or Reference(str(queue).replace(".arn}", ".url}"))
    params: Params = {"QueueUrl": url, "Attributes": {"Policy": Each()}}
    merge = Merge(_look(url), "Attributes.Policy", {sid: statement}, empty="")
    on = (queue,) if queue.startswith("arn:") else ()
    return Call("sqs", "SetQueueAttributes", params, merge=merge, idempotent=True, on=on)
