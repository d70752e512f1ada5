"""Ready-made events, and those that a project keeps."""

from __future__ import annotations

import json
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.functions import events
from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.engine.model.invocation import Json

PLACE = events.Place("orders", "eu-west-1", "123456789012")


def made(name: str, *args: Any) -> Any:
    return getattr(events, name)(PLACE, *args)


@pytest.mark.parametrize("name", events.READY)
def test_each_ready_made_event_is_json_and_of_its_place(name: str) -> None:
    text = json.dumps(events.READY[name](PLACE))
    assert name == "empty" or "eu-west-1" in text


def test_a_call_through_an_api_tells_its_query_and_body() -> None:
    event = made("http", "POST", "/items?tag=a&tag=b&q=1", "hello")
    assert (event["rawPath"], event["rawQueryString"]) == ("/items", "tag=a&tag=b&q=1")
    assert event["queryStringParameters"] == {"tag": "a,b", "q": "1"}
    assert (event["routeKey"], event["body"], event["isBase64Encoded"]) == ("POST /items", "hello", False)
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["requestContext"]["accountId"] == "123456789012"
    assert event["requestContext"]["domainName"].endswith(".execute-api.eu-west-1.amazonaws.com")


def test_a_call_through_a_url_has_its_route_and_host() -> None:
    event = made("url")
    assert (event["version"], event["routeKey"]) == ("2.0", "$default")
    assert event["headers"]["host"].endswith(".lambda-url.eu-west-1.on.aws")
    assert "body" not in event
    assert "queryStringParameters" not in event


def test_messages_of_a_queue() -> None:
    records = made("sqs", "one", "two", "three")["Records"]
    assert [record["body"] for record in records] == ["one", "two", "three"]
    assert len({record["messageId"] for record in records}) == 3
    assert records[1]["md5OfBody"] == md5(b"two").hexdigest()
    assert records[0]["eventSourceARN"] == "arn:aws:sqs:eu-west-1:123456789012:orders-queue"
    assert len(made("sqs")["Records"]) == 1


def test_events_of_a_bus_and_of_a_schedule() -> None:
    event = made("event", "shop", "Order Placed", {"id": 7})
    assert (event["source"], event["detail-type"], event["detail"]) == ("shop", "Order Placed", {"id": 7})
    tick = made("schedule")
    assert (tick["source"], tick["detail-type"], tick["detail"]) == ("aws.events", "Scheduled Event", {})
    assert tick["resources"] == ["arn:aws:events:eu-west-1:123456789012:rule/orders-schedule"]


def test_an_object_was_put() -> None:
    record = made("s3", "photos", "a/b.jpg", 5)["Records"][0]
    assert record["s3"]["bucket"] | {"ownerIdentity": None} == {
        "name": "photos",
        "ownerIdentity": None,
        "arn": "arn:aws:s3:::photos",
    }
    assert (record["s3"]["object"]["key"], record["s3"]["object"]["size"]) == ("a/b.jpg", 5)


def test_a_project_keeps_its_own(tmp_path: Path) -> None:
    document: Json = {"text": "größe", "nothing": None, "list": [1, 2]}
    assert events.save(tmp_path, "big-order", document) == tmp_path / ".genesys" / "events" / "big-order.json"
    events.save(tmp_path, "another", [])
    assert events.kept(tmp_path) == ("another", "big-order")
    assert events.load(tmp_path, "big-order", PLACE) == document


def test_its_own_wins_over_a_ready_made_one(tmp_path: Path) -> None:
    assert "Records" in json.dumps(events.load(tmp_path, "sqs", PLACE))
    events.save(tmp_path, "sqs", "mine")
    assert events.load(tmp_path, "sqs", PLACE) == "mine"


def test_an_event_that_nobody_knows_is_told_with_those_there_are(tmp_path: Path) -> None:
    events.save(tmp_path, "mine", {})
    with pytest.raises(UsageError) as caught:
        events.load(tmp_path, "nope", PLACE)
    assert "mine, empty, http" in caught.value.todo


def test_broken_json_is_told_with_its_line(tmp_path: Path) -> None:
    path = events.save(tmp_path, "bad", {})
    path.write_text('{\n  "a": 1,\n  b: 2\n}')
    with pytest.raises(GenesysError) as caught:
        events.load(tmp_path, "bad", PLACE)
    assert caught.value.what.startswith(f"{path}:3:3: ")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x" * 65])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        events.save(tmp_path, name, {})
    with pytest.raises(UsageError):
        events.load(tmp_path, name, PLACE)
    assert not (tmp_path / ".genesys").exists()
