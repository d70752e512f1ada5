"""Whoever says something to a topic owns one statement of its policy."""

from __future__ import annotations

import json
from typing import Any

from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.providers.aws.messaging.topic_policy import let_publish, let_publish_no_more, policies_of
from tests.engine.aws.fed import Fed, check_permissions

TOPIC = "arn:aws:sns:eu-west-1:123456789012:news"
NEW = Reference("${topic.news.arn}")
OURS = {"Sid": "ours", "Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "sns:Publish"}


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2008-10-17", "Statement": list(statements)})


def test_only_those_are_looked_at_that_are_there() -> None:
    fed = Fed({"GetTopicAttributes": {"Attributes": {"TopicArn": TOPIC, "Policy": policy(OURS)}}})
    assert fed.run(policies_of([NEW, TOPIC, TOPIC])) == {TOPIC: policy(OURS)}
    assert len(fed.asked) == 1
    assert Fed({"GetTopicAttributes": None}).run(policies_of([TOPIC])) == {}


def test_only_the_source_in_the_account_is_let_in() -> None:
    call = let_publish(TOPIC, "ours", "s3.amazonaws.com", "arn:aws:s3:::b", "123456789012")
    check_permissions([call])
    assert call.merge is not None
    statement: Any = call.merge.statements["ours"]
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": "arn:aws:s3:::b"},
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }


def test_the_statement_is_taken_out_where_it_is_and_the_owner_is_never_locked_out() -> None:
    [call] = let_publish_no_more(TOPIC, "ours", {TOPIC: policy(OURS)})
    check_permissions([call])
    assert call.merge is not None
    assert call.merge.statements == {"ours": None}
    [left] = json.loads(call.merge.empty or "{}")["Statement"]
    assert left["Condition"] == {"StringEquals": {"AWS:SourceOwner": "123456789012"}}
    assert let_publish_no_more(TOPIC, "theirs", {TOPIC: policy(OURS)}) == ()
    assert let_publish_no_more(TOPIC, "ours", {}) == ()
