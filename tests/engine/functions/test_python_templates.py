"""Each template runs as it is, on the event of its trigger, on every Python that Lambda has."""

from __future__ import annotations

import ast
import json
import runpy
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.functions import events
from genesys_tui.engine.functions.languages.python import Python
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.specs.function import DEPRECATED, RUNTIMES
from tests.engine.functions.python_projects import pack, project

Handler = Callable[[Any, None], Mapping[str, Any]]
TEMPLATES = ("plain", "http", "queue", "schedule")
PLACE = events.Place("work")


def template(name: str) -> Path:
    return pack().folder / "templates" / name / "lambda_function.py"


def handler(name: str) -> Handler:
    found: Handler = runpy.run_path(str(template(name)))["handler"]
    return found


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_one_file_that_every_runtime_reads(name: str) -> None:
    path = template(name)
    assert [one.name for one in path.parent.iterdir() if one.name != "__pycache__"] == ["lambda_function.py"]
    oldest = pack().runtimes[-1].name.removeprefix("python3.")
    ast.parse(path.read_text("utf-8"), feature_version=(3, int(oldest)))
    member = Member(path.name, path.read_bytes())
    assert Python().handler(project(path.parent), [member]) == "lambda_function.handler"
    compile(member.content, member.name, "exec")


def test_http_answers_by_method_and_path() -> None:
    answer = handler("http")
    for event in (events.http(PLACE), events.url(PLACE)):
        said = answer(event, None)
        assert (said["statusCode"], json.loads(said["body"])) == (200, {"message": "Hello, world"})
    assert answer(events.url(PLACE, "DELETE", "/orders"), None)["statusCode"] == 404
    posted = events.http(PLACE, "POST", "/", '{"a": 1}')
    assert json.loads(answer(posted, None)["body"]) == {"received": {"a": 1}}
    assert answer(events.http(PLACE, "POST", "/", "{"), None)["statusCode"] == 400
    assert isinstance(posted, dict)
    encoded = posted | {"body": b64encode(b"[2]").decode(), "isBase64Encoded": True}
    assert json.loads(answer(encoded, None)["body"]) == {"received": [2]}


def test_queue_names_the_messages_that_failed(capsys: pytest.CaptureFixture[str]) -> None:
    event: Any = events.sqs(PLACE, '{"order": 1}', "plain")
    assert handler("queue")(event, None) == {"batchItemFailures": []}
    assert capsys.readouterr().out == "working on {'order': 1}\nworking on plain\n"
    del event["Records"][0]["body"]
    assert handler("queue")(event, None) == {
        "batchItemFailures": [{"itemIdentifier": event["Records"][0]["messageId"]}]
    }


def test_schedule_says_when_it_was_due() -> None:
    event: Any = events.schedule(PLACE)
    said = handler("schedule")(event, None)
    assert abs(datetime.fromisoformat(said["due"]) - datetime.now(UTC)).total_seconds() < 120
    assert said["done"] == 0


# the langpack -------------------------------------------------------------------------------------------------------
def test_the_pack_knows_the_runtimes_that_lambda_takes() -> None:
    known = {one.name: one for one in pack().runtimes}
    assert [*known] == [name for name in RUNTIMES["python"] if name not in ("python3.9", "python3.8")]
    today = date(2026, 11, 21)
    assert {name for name, one in known.items() if one.deprecated < today} == DEPRECATED & {*known}


@pytest.mark.parametrize("runtime", pack().runtimes, ids=lambda one: one.name)
def test_wheels_ask_for_no_newer_glibc_than_there_is(runtime: Any) -> None:
    for architecture, machine in (("x86_64", "x86_64"), ("arm64", "aarch64")):
        assert runtime.platform[architecture].startswith(f"{machine}-manylinux_2_")
        assert int(runtime.platform[architecture].rpartition("_")[2]) <= int(runtime.glibc.removeprefix("2."))
