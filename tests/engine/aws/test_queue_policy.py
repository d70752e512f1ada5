"""A topic, a rule and a bucket are let into the queue that they send to, beside whom others let in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

FILE = """
stack: news
region: eu-west-1
resources:
  messaging:
    - {name: jobs, type: queue}
    - {name: news, type: topic, subscriptions: [{queue: jobs}]}
  serverless:
    - {name: hourly, type: rule, schedule: rate(1 hour), targets: {jobs: {queue: jobs}}}
"""


def lines(count: int) -> str:
    """The file as far as this line: it grows by a topic, then by a rule."""
    return "\n".join(FILE.splitlines()[:count])


THEIRS = {"Sid": "theirs", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sqs:*", "Resource": "*"}


@pytest.fixture
def workspace(aws: str, tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, home=tmp_path / "home"))
    yield workspace
    workspace.close()


def bring_about(workspace: Workspace, folder: Path, text: str) -> None:
    path = folder / "genesys.yaml"
    path.write_text(text)
    record = workspace.apply(workspace.plan(read_stack_file(path))).wait()
    assert record.status == "done", [step.why for step in record.steps]
    assert workspace.plan(read_stack_file(path)).steps == ()


def test_each_owns_one_statement(workspace: Workspace, aws: str, tmp_path: Path) -> None:
    sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="eu-west-1")

    def allowed() -> dict[str, str]:
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
        statements = json.loads(told["Policy"])["Statement"] if told.get("Policy") else []
        return {
            one["Sid"]: one.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn", "") for one in statements
        }

    bring_about(workspace, tmp_path, lines(6))
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [THEIRS]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

    bring_about(workspace, tmp_path, lines(7))
    bring_about(workspace, tmp_path, lines(9))
    assert allowed() == {
        "theirs": "",
        "genesys-topic-news": "arn:aws:sns:eu-west-1:123456789012:news",
        "genesys-rule-hourly-jobs": "arn:aws:events:eu-west-1:123456789012:rule/hourly",
    }
    bring_about(workspace, tmp_path, lines(7))
    bring_about(workspace, tmp_path, lines(6))
    assert allowed() == {"theirs": ""}


def test_one_plan_lets_several_in_and_out(workspace: Workspace, aws: str, tmp_path: Path) -> None:
    sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="eu-west-1")
    bucket = "  storage:\n    - {name: acme-uploads, type: bucket, notifications: {in: {queue: jobs}}}"
    bring_about(workspace, tmp_path, f"{FILE}{bucket}")
    url = sqs.get_queue_url(QueueName="jobs")["QueueUrl"]
    policy = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    assert {one["Sid"] for one in policy["Statement"]} == {
        "genesys-bucket-acme-uploads",
        "genesys-topic-news",
        "genesys-rule-hourly-jobs",
    }
    bring_about(workspace, tmp_path, lines(6))
    assert not sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")
