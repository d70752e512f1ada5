"""The Runtime API that a process of a function asks for its events. Source: "Using the Lambda runtime API for custom
runtimes", Lambda developer guide (2018-06-01)."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socketserver import BaseServer

REQUEST_LIMIT = 6 * 1024 * 1024
"""Bytes of an event. Source: Lambda quotas."""
RESPONSE_LIMIT = REQUEST_LIMIT + 100
"""Bytes of an answer, as Lambda says it in its own message."""
_ROOT = "/2018-06-01/runtime"
_INVOCATION = f"{_ROOT}/invocation/"

Saying = Literal["ready", "answered", "failed", "not started", "too large", "streamed"]


class Said(NamedTuple):
    """What a process said. `ready`: it asks for its next event. `type`: of an error, where the process names it."""

    what: Saying
    request: str = ""
    body: bytes = b""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """An event on its way to the process. `deadline_ms`: milliseconds since 1970."""

    request: str
    event: bytes
    deadline_ms: int
    arn: str
    trace: str


class RuntimeApi:
    """The API for one process, on a port of its own of the loopback, so that a process of older code never gets an
    event. `said` is called, on threads of its own, with what the process says."""

    def __init__(self, said: Callable[[Said], None]) -> None:
        self.said = said
        self.current = ""
        self._work: SimpleQueue[Work | None] = SimpleQueue()
        self._closed = Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._listening.getsockname())
        Thread(target=self._accept, name="runtime-api", daemon=True).start()

    def hand(self, work: Work) -> None:
        """Give the process an event, at its next asking."""
        self._work.put(work)

    def taken(self) -> Work | None:
        """The event to give now, waited for; None when the API is closed."""
        work = self._work.get()
        self.current = work.request if work else ""
        return work

    def close(self) -> None:
        """Answer nobody any more."""
        if not self._closed.is_set():
            self._closed.set()
            self._work.put(None)
            with suppress(OSError):  # wakes the thread that accepts
                socket.create_connection(self._listening.getsockname(), timeout=1).close()

    def _accept(self) -> None:
        with self._listening:
            while not self._closed.is_set():
                try:
                    connection, peer = self._listening.accept()
                except OSError:
                    return
                Thread(target=self._serve, args=(connection, peer), name="runtime-api-call", daemon=True).start()

    def _serve(self, connection: socket.socket, peer: tuple[str, int]) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, suppress(ConnectionError, ValueError):  # what is no HTTP gets no answer
            _Conversation(connection, peer, self)


class _Conversation(BaseHTTPRequestHandler):
    """One connection, kept open over many calls."""

    protocol_version = "HTTP/1.1"

    def __init__(self, connection: socket.socket, peer: tuple[str, int], api: RuntimeApi) -> None:
        self.api = api
        super().__init__(connection, peer, cast("BaseServer", api))  # it only keeps it

    def do_GET(self) -> None:
        if self._from_the_process():
            if self.path == f"{_INVOCATION}next":
                self._next()
            else:
                self._refuse(404, "NotFound", f"this API has no {self.path}")

    def do_POST(self) -> None:
        if self._from_the_process():
            self._outcome()

    def _next(self) -> None:
        self.api.said(Said("ready"))
        if (work := self.api.taken()) is None:
            self.close_connection = True
            return
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Lambda-Runtime-Aws-Request-Id", work.request)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(work.deadline_ms))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", work.arn)
        self.send_header("Lambda-Runtime-Trace-Id", work.trace)
        self._send(work.event)

    def _outcome(self) -> None:
        body = self._body()
        kind = self.headers.get("Lambda-Runtime-Function-Error-Type", "")
        if self.path == f"{_ROOT}/init/error":
            return self._heard(Said("not started", "", body or b"", kind))
        request, _, what = self.path.removeprefix(_INVOCATION).partition("/")
        if not self.path.startswith(_INVOCATION) or what not in {"response", "error"}:
            return self._refuse(404, "NotFound", f"this API has no {self.path}")
        if request != self.api.current:
            return self._refuse(400, "InvalidRequestID", "this request is not the one that runs")
        if self.headers.get("Lambda-Runtime-Function-Response-Mode", "").lower() == "streaming":
            self.api.said(Said("streamed", request))
            return self._refuse(400, "StreamingNotSupported", "answers in parts are not taken here, only whole ones")
        if body is None:
            self.api.said(Said("too large", request))
            return self._refuse(413, "RequestEntityTooLarge", f"an answer has at most {RESPONSE_LIMIT} bytes")
        return self._heard(Said("answered" if what == "response" else "failed", request, body, kind))

    def handle_expect_100(self) -> bool:
        return True if self._too_long() else super().handle_expect_100()

    def log_message(self, format: str, *args: object) -> None:
        """The calls of a process are nobody's reading."""

    def _from_the_process(self) -> bool:
        """A page in a browser may call this port too, and is refused: it can't hide what it is."""
        foreign = self.headers.get("Host") != self.api.address or "Sec-Fetch-Site" in self.headers
        if foreign or "Origin" in self.headers:
            self.close_connection = True
            self._refuse(403, "Forbidden", "only the process of the function is answered here")
            return False
        return True

    def _too_long(self) -> bool:
        return int(self.headers.get("Content-Length") or 0) > RESPONSE_LIMIT

    def _body(self) -> bytes | None:
        """What was sent; None where it is too large (it is read, and thrown away)."""
        parts = _chunks(self) if "chunked" in self.headers.get("Transfer-Encoding", "").lower() else _whole(self)
        kept = bytearray()
        for part in parts:
            if len(kept) <= RESPONSE_LIMIT:
                kept += part
        return None if len(kept) > RESPONSE_LIMIT else bytes(kept)

    def _heard(self, said: Said) -> None:
        self.api.current = ""
        self.api.said(said)
        self.send_response_only(202)
        self._send(b'{"status":"OK"}')

    def _refuse(self, status: int, kind: str, why: str) -> None:
        self.send_response_only(status)
        self._send(json.dumps({"errorType": kind, "errorMessage": why}).encode())

    def _send(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _whole(call: BaseHTTPRequestHandler) -> Iterator[bytes]:
    left = int(call.headers.get("Content-Length") or 0)
    while left and (part := call.rfile.read(min(left, 1 << 16))):
        left -= len(part)
        yield part


def _chunks(call: BaseHTTPRequestHandler) -> Iterator[bytes]:
    """The parts of a chunked body. Source: RFC 9112, 7.1."""
    while size := int(call.rfile.readline().partition(b";")[0] or b"0", 16):
        yield call.rfile.read(size)
        call.rfile.readline()
    while call.rfile.readline().strip():
        pass
