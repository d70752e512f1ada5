"""The Runtime API, spoken to as a runtime does, and as others should not."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from queue import SimpleQueue

import pytest

from genesys_tui.engine.functions.local.runtime_api import RESPONSE_LIMIT, RuntimeApi, Said, Work

ROOT = "/2018-06-01/runtime"
WORK = Work("the-id", b'{"a": 1}', 1234, "arn:aws:lambda:eu-west-1:123456789012:function:f", "Root=1-2-3")


class Runtime:
    """A runtime of few words."""

    def __init__(self) -> None:
        self.heard: SimpleQueue[Said] = SimpleQueue()
        self.api = RuntimeApi(self.heard.put)
        self.connection = HTTPConnection(self.api.address, timeout=10)

    def call(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", headers: Mapping[str, str] = {}
    ) -> tuple[HTTPResponse, bytes]:
        self.connection.request(method, ROOT + path, body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def take(self) -> HTTPResponse:
        self.api.hand(WORK)
        answer, _ = self.call("GET", "/invocation/next")
        assert self.said() == Said("ready")
        return answer

    def said(self) -> Said:
        return self.heard.get(timeout=10)


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    made = Runtime()
    yield made
    made.connection.close()
    made.api.close()


def test_an_event_comes_with_all_that_a_context_needs(runtime: Runtime) -> None:
    runtime.api.hand(WORK)
    answer, body = runtime.call("GET", "/invocation/next")
    assert (answer.status, body) == (200, WORK.event)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Lambda-Runtime-Aws-Request-Id"] == "the-id"
    assert answer.headers["Lambda-Runtime-Deadline-Ms"] == "1234"
    assert answer.headers["Lambda-Runtime-Invoked-Function-Arn"] == WORK.arn
    assert answer.headers["Lambda-Runtime-Trace-Id"] == WORK.trace


def test_an_answer_is_heard_once(runtime: Runtime) -> None:
    runtime.take()
    assert runtime.call("POST", "/invocation/the-id/response", b'"ok"')[0].status == 202
    assert runtime.said() == Said("answered", "the-id", b'"ok"')
    assert runtime.call("POST", "/invocation/the-id/response", b'"again"')[0].status == 400
    assert runtime.heard.empty()


def test_an_answer_in_chunks_is_heard_whole(runtime: Runtime) -> None:
    runtime.take()
    answer, _ = runtime.call("POST", "/invocation/the-id/response", iter([b'"o', b'k"']))
    assert answer.status == 202
    assert runtime.said().body == b'"ok"'


def test_errors_are_heard_with_their_type(runtime: Runtime) -> None:
    kind = "Lambda-Runtime-Function-Error-Type"
    assert runtime.call("POST", "/init/error", b"{}", {kind: "Runtime.X"})[0].status == 202
    assert runtime.said() == Said("not started", "", b"{}", "Runtime.X")
    runtime.take()
    assert runtime.call("POST", "/invocation/the-id/error", b"{}", {kind: "Y"})[0].status == 202
    assert runtime.said() == Said("failed", "the-id", b"{}", "Y")


def test_an_answer_that_lambda_would_not_take_is_refused(runtime: Runtime) -> None:
    runtime.take()
    answer, body = runtime.call("POST", "/invocation/the-id/response", b"x" * (RESPONSE_LIMIT + 1))
    assert (answer.status, json.loads(body)["errorType"]) == (413, "RequestEntityTooLarge")
    assert runtime.said() == Said("too large", "the-id")


def test_the_largest_answer_is_taken(runtime: Runtime) -> None:
    runtime.take()
    assert runtime.call("POST", "/invocation/the-id/response", b"x" * RESPONSE_LIMIT)[0].status == 202
    assert len(runtime.said().body) == RESPONSE_LIMIT


def test_a_streamed_answer_is_refused_in_words(runtime: Runtime) -> None:
    runtime.take()
    answer, body = runtime.call(
        "POST", "/invocation/the-id/response", b"x", {"Lambda-Runtime-Function-Response-Mode": "streaming"}
    )
    assert answer.status == 400
    assert "only whole ones" in json.loads(body)["errorMessage"]
    assert runtime.said() == Said("streamed", "the-id")


@pytest.mark.parametrize("path", ["/nothing", "/invocation/the-id", "/invocation/the-id/what"])
def test_what_it_has_not_is_said(runtime: Runtime, path: str) -> None:
    assert runtime.call("GET", path)[0].status == 404
    assert runtime.call("POST", path, b"")[0].status == 404


@pytest.mark.parametrize(
    "foreign", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_in_a_browser_gets_no_event(runtime: Runtime, foreign: dict[str, str]) -> None:
    runtime.api.hand(WORK)
    answer, body = runtime.call("GET", "/invocation/next", headers=foreign)
    assert (answer.status, b'"a"' in body) == (403, False)
    assert runtime.heard.empty()


def test_only_this_machine_reaches_it(runtime: Runtime) -> None:
    host, _, port = runtime.api.address.partition(":")
    assert host == "127.0.0.1"
    assert int(port) > 0


def test_a_large_answer_is_asked_for_at_once(runtime: Runtime) -> None:
    """libcurl waits a second for this, where it never comes."""
    runtime.take()
    host, _, port = runtime.api.address.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        head = f"POST {ROOT}/invocation/the-id/response HTTP/1.1\r\nHost: {runtime.api.address}\r\n"
        raw.sendall(f"{head}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 100")
        raw.sendall(b"{}")
        assert raw.recv(100).startswith(b"HTTP/1.1 202")


def test_closing_it_ends_a_runtime_that_waits(runtime: Runtime) -> None:
    runtime.connection.connect()
    runtime.connection.putrequest("GET", f"{ROOT}/invocation/next")
    runtime.connection.endheaders()
    assert runtime.said() == Said("ready")
    runtime.api.close()
    assert runtime.connection.sock.recv(1) == b""
