"""The policy of a topic, for those that say something to it: a bucket. Each owns one statement, which is a part of it
and not of the topic (as in queue_policy.py). Statements of others stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json import dumps

from genesys_tui.engine.model.call import Call, Each, Merge, Params, Value, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.statements import VERSION, Statement, statement_in
from genesys_tui.engine.providers.aws.service_statement import service_statement

GONE = ("NotFound", "NotFoundException")
OWNERS = "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic Subscribe Publish"

Policies = Mapping[str, str]
"""The policy of each topic by its ARN. Topics that are not there are missing."""


def policies_of(topics: Iterable[str]) -> Reading[Policies]:
    """What the policies of those of these topics are that are there already: whose ARNs are known."""
    arns = list(dict.fromkeys(one for one in topics if one.startswith("arn:")))
    if not arns:
        return {}
    answers = yield [_look(arn) for arn in arns]
    found: dict[str, str] = {}
    for arn, answer in zip(arns, answers, strict=True):
        if isinstance(answer, CallError):
            raise answer
        if answer is not None:
            found[arn] = (answer.get("Attributes") or {}).get("Policy") or ""
    return found


def let_publish(topic: str, sid: str, service: str, source: Value, account: str) -> Call:
    """The call that lets `source` of a `service` say something to a topic."""
    return _write(topic, sid, service_statement(sid, service, "sns:Publish", topic, source, account))


def let_publish_no_more(topic: str, sid: str, known: Policies) -> tuple[Call, ...]:
    """The call that takes the statement out; none where the topic, or the statement, is not there."""
    return (_write(topic, sid, None, empty=_owners(topic)),) if statement_in(known.get(topic), sid) else ()


def _look(topic: Value) -> Call:
    return read("sns", "GetTopicAttributes", {"TopicArn": topic}, absent_on=GONE)


def _write(topic: str, sid: str, statement: Statement | None, empty: str | None = None) -> Call:
    merge = Merge(_look(topic), "Attributes.Policy", {sid: statement}, empty)
    params: Params = {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": Each()}
    on = (topic,) if topic.startswith("arn:") else ()
    return Call("sns", "SetTopicAttributes", params, merge=merge, idempotent=True, on=on)


def _owners(topic: str) -> str:
    """The policy that SNS gives a new topic, which can't be without one: its account may do all with it. Source:
    "Example cases for Amazon SNS access control", SNS developer guide."""
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in (*OWNERS.split(), "ListSubscriptionsByTopic")],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.split(":")[4]}},
    }
    return dumps({"Version": VERSION, "Statement": [statement]})
