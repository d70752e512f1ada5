"""Things that are adopted together are tagged together; what can't be is tagged by its own call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.workspace import Settings, Workspace
from tests.faults import LOSE, SERVER_ERROR, FaultProxy, deny, on

REGION = "eu-west-1"
TOPICS = 25
MARK = {"Key": "genesys:stack", "Value": "mine"}
THEIRS = {"Key": "team", "Value": "blue"}


def client(service: str, proxy: FaultProxy) -> Any:
    return boto3.client(service, endpoint_url=proxy.url, region_name=REGION)


@pytest.fixture
def topics(proxy: FaultProxy) -> list[str]:
    sns = client("sns", proxy)
    found = [sns.create_topic(Name=f"news-{n}", Tags=[THEIRS])["TopicArn"] for n in range(TOPICS)]
    proxy.clear()
    return found


@pytest.fixture
def workspace(proxy: FaultProxy, tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(region=REGION, endpoint=proxy.url, stack="mine", home=tmp_path / "home"))
    yield workspace
    workspace.close()


def wish_for_all(workspace: Workspace) -> Wish:
    inventory = workspace.inventory()
    words = [one.actual.id for one in inventory.resources if one.actual.kind in ("topic", "queue")]
    return workspace.wish_to_adopt(inventory, words, threshold=0.0)


def plan_for_all(workspace: Workspace) -> Plan:
    return workspace.plan(wish_for_all(workspace))


def sent(proxy: FaultProxy) -> dict[str, int]:
    names = [request.operation for request in proxy.writes]
    return {name: names.count(name) for name in names}


def tags(proxy: FaultProxy, topic: str) -> list[dict[str, str]]:
    return sorted(client("sns", proxy).list_tags_for_resource(ResourceArn=topic)["Tags"], key=lambda tag: tag["Key"])


def test_one_call_tags_twenty_and_one_takes_the_tags_off(
    workspace: Workspace, proxy: FaultProxy, topics: list[str]
) -> None:
    wish = wish_for_all(workspace)
    plan = workspace.plan(wish)
    assert "tag:TagResources" in plan.permissions.actions
    assert "one call does up to 20 like it" in plan.steps[0].lines[0].reason
    assert workspace.apply(plan).wait().status == "done"
    assert sent(proxy) == {"TagResources": 2}
    assert all(tags(proxy, topic) == [MARK, THEIRS] for topic in topics)
    assert workspace.plan(wish).steps == ()
    proxy.clear()
    assert workspace.apply(workspace.plan_undo()).wait().status == "done"
    assert sent(proxy) == {"UntagResources": 2}
    assert all(tags(proxy, topic) == [THEIRS] for topic in topics)


def test_a_thing_that_comes_alone_is_tagged_by_its_own_call(workspace: Workspace, proxy: FaultProxy) -> None:
    client("sns", proxy).create_topic(Name="alone")
    proxy.clear()
    plan = plan_for_all(workspace)
    assert plan.permissions.actions == ("sns:TagResource",)
    assert workspace.apply(plan).wait().status == "done"
    assert sent(proxy) == {"TagResource": 1}


def test_what_the_call_fails_for_is_tagged_by_its_own(
    workspace: Workspace, proxy: FaultProxy, topics: list[str]
) -> None:
    """The emulator refuses queues, one by one; AWS tags them like all others."""
    sqs = client("sqs", proxy)
    queues = [sqs.create_queue(QueueName=f"jobs-{n}")["QueueUrl"] for n in range(3)]
    proxy.clear()
    assert workspace.apply(plan_for_all(workspace)).wait().status == "done"
    assert sent(proxy) == {"TagResources": 2, "TagQueue": 3}
    assert all(sqs.list_queue_tags(QueueUrl=queue)["Tags"] == {"genesys:stack": "mine"} for queue in queues)
    assert all(tags(proxy, topic) == [MARK, THEIRS] for topic in topics)


@pytest.mark.parametrize("fault", [deny(), SERVER_ERROR, LOSE], ids=["denied", "5xx", "answers lost"])
def test_where_it_fails_as_a_whole_each_is_tagged_by_its_own(
    workspace: Workspace, proxy: FaultProxy, topics: list[str], fault: Any
) -> None:
    plan = plan_for_all(workspace)
    proxy.fault = on("TagResources", fault)
    assert workspace.apply(plan).wait().status == "done"
    assert sent(proxy)["TagResource"] == TOPICS
    assert sent(proxy)["TagResources"] < TOPICS
    assert all(tags(proxy, topic) == [MARK, THEIRS] for topic in topics)


def test_cancelled_while_it_is_sent_the_ends_are_told_as_they_are(
    workspace: Workspace, proxy: FaultProxy, topics: list[str]
) -> None:
    wish = wish_for_all(workspace)
    execution = workspace.apply(workspace.plan(wish))
    for event in execution.events():
        if type(event).__name__ == "StepDone":
            execution.cancel()
    record = execution.wait()
    done = {step.id for step in record.steps if step.status == "done"}
    assert done
    for topic in topics:
        assert (MARK in tags(proxy, topic)) == (topic in done)
    assert len(workspace.plan(wish).steps) == TOPICS - len(done)
