"""A new function answers as it is: each template on the event that it is meant for, whatever the language.

Those of Python are held by test_python_templates, on every Python.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.functions import events
from genesys_tui.engine.functions.templates import make
from genesys_tui.engine.model.build import Language
from tests.engine.functions.projects import GO_CACHE, Bench
from tests.engine.functions.sandboxes import Opened, built, opened

PLACE = events.Place("work")


@pytest.fixture(params=["node", "go"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("GOCACHE", GO_CACHE)
    return Bench(request.param, tmp_path / "home")


def runtime(language: Language) -> str:
    """One that this machine can run."""
    if language == "go":
        return "provided.al2023"
    version = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout
    return f"nodejs{version.removeprefix('v').partition('.')[0]}.x"


@contextmanager
def new(bench: Bench, tmp_path: Path, template: str) -> Iterator[Opened]:
    """A function from a template, built and running."""
    project = bench.project(make(tmp_path / "f", bench.pack, template).folder)
    members = bench.code(project)
    code = tmp_path / "code"
    for member in members:
        path = code / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.content)
        path.chmod(0o755 if member.executable else 0o644)
    with opened(built(code, runtime(bench.language), bench.maker.handler(project, members)), bench.home) as function:
        yield function


def answer(function: Opened, event: Any) -> Any:
    said = function.ask(event)
    assert said.ok, said.error
    return said.payload


def said(answer: Mapping[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"])


def test_plain_answers_whatever_asks(bench: Bench, tmp_path: Path) -> None:
    with new(bench, tmp_path, "plain") as function:
        for event, path in ((events.http(PLACE, path="/orders"), "/orders"), ({}, "/"), (None, "/"), ([1], "/")):
            assert said(answer(function, event)) == (200, {"message": "It works", "path": path})


def test_http_answers_by_method_and_path(bench: Bench, tmp_path: Path) -> None:
    with new(bench, tmp_path, "http") as function:
        assert said(answer(function, events.http(PLACE))) == (200, {"message": "Hello, world"})
        assert said(answer(function, events.url(PLACE, "POST", "/", '{"a": 1}'))) == (200, {"received": {"a": 1}})
        assert said(answer(function, events.url(PLACE, "DELETE", "/x"))) == (404, {"message": "There is no DELETE /x"})
        assert said(answer(function, events.http(PLACE, "POST", "/", "{")))[0] == 400
        posted = events.http(PLACE, "POST", "/")
        assert isinstance(posted, dict)
        encoded = {**posted, "body": "WzJd", "isBase64Encoded": True}
        assert said(answer(function, encoded)) == (200, {"received": [2]})


def test_queue_works_on_each_message(bench: Bench, tmp_path: Path) -> None:
    with new(bench, tmp_path, "queue") as function:
        assert answer(function, events.sqs(PLACE, '{"order": 1}', "plain")) == {"batchItemFailures": []}
        function.log.wait_for("working on plain")


def test_schedule_says_when_it_was_due(bench: Bench, tmp_path: Path) -> None:
    event: Any = events.schedule(PLACE)
    with new(bench, tmp_path, "schedule") as function:
        done = answer(function, event)
    assert (done["due"].replace(".000Z", "Z"), done["done"]) == (event["time"], 0)
