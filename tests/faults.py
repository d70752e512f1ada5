"""A proxy in front of an endpoint that fails on purpose, and remembers what passed.

with FaultProxy(upstream) as proxy:            # or the fixture `proxy`
    proxy.fault = nth_write(2, LOSE)           # the second write happens, and its answer is lost
    ...                                        # AWS_ENDPOINT_URL = proxy.url
    assert [request.operation for request in proxy.writes] == ["CreateVpc", "CreateSubnet"]
"""

from __future__ import annotations

import json
import os
import re
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from math import inf
from threading import Event, Lock, Thread
from types import TracebackType
from typing import ClassVar, Self, TypeAlias
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.sax.saxutils import escape

from genesys_tui.engine.providers.aws.reads import is_read


@dataclass(frozen=True)
class Request:
    """A request as it came. `number` and `write_number` count from 1; `write_number` is 0 for a read."""

    number: int
    write_number: int
    service: str
    operation: str
    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_write(self) -> bool:
        return self.write_number > 0

    @property
    def name(self) -> str:
        """`s3:CreateBucket`"""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Fault:
    """What is done to a request, in this order: call `before`, wait `delay` seconds; then, if `forward`, let the
    upstream do it and call `after`; then `reset` the connection, or answer `status` with an error of this `code`, or
    `cut` the upstream's answer off halfway, or (none of these) give it whole."""

    forward: bool = True
    delay: float = 0.0
    status: int = 0
    code: str = ""
    message: str = ""
    reset: bool = False
    cut: bool = False
    before: Callable[[Request], object] | None = None
    after: Callable[[Request], object] | None = None


Faults: TypeAlias = Callable[[Request], "Fault | None"]

SLOW_DOWN = Fault(forward=False, status=503, code="SlowDown", message="Please reduce your request rate.")
THROTTLE = Fault(forward=False, status=400, code="Throttling", message="Rate exceeded")
SERVER_ERROR = Fault(forward=False, status=500, code="InternalError", message="We encountered an internal error.")
RESET = Fault(forward=False, reset=True)
"""The connection is reset before the upstream sees the request."""
LOSE = Fault(reset=True)
"""It is done, and its answer is lost."""
CUT = Fault(cut=True)
"""It is done, and the connection ends halfway through the answer."""
FAIL_AFTER = Fault(status=500, code="InternalError", message="We encountered an internal error.")
"""It is done, and answered with 500."""
EXPIRED = Fault(forward=False, status=403, code="ExpiredToken", message="The security token has expired")


def deny(message: str = "Access Denied") -> Fault:
    """AccessDenied, by the code that the service uses."""
    return Fault(forward=False, status=403, code="AccessDenied", message=message)


def hang(before: Callable[[Request], object] | None = None) -> Fault:
    """No answer until the proxy is closed."""
    return Fault(forward=False, delay=3_600, reset=True, before=before)


def _no_fault(_: Request) -> Fault | None:
    return None


def nth_write(number: int, fault: Fault) -> Faults:
    """The fault for the n-th write (from 1) alone."""
    return lambda request: fault if request.write_number == number else None


def on(operation: str, fault: Fault, times: int | None = None) -> Faults:
    """The fault for an operation (`CreateVpc`), the first so many times."""
    seen = count()  # taking the next is atomic; requests come side by side
    limit = inf if times is None else times
    return lambda request: fault if request.operation == operation and next(seen) < limit else None


class FaultProxy:
    """An HTTP proxy on loopback before `upstream` (an endpoint URL). Everything passes as it is, but for `fault`."""

    def __init__(self, upstream: str) -> None:
        self.fault: Faults = _no_fault
        self.requests: list[Request] = []
        self._upstream = urlsplit(upstream).netloc
        self._lock = Lock()
        self._closing = Event()
        self._writes = 0
        self._sockets: set[socket.socket] = set()
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def writes(self) -> list[Request]:
        """The requests that the read table does not hold, in order."""
        return [request for request in self.requests if request.is_write]

    @property
    def names(self) -> list[str]:
        """The names of all requests (`s3:CreateBucket`), in order."""
        return [request.name for request in self.requests]

    def clear(self) -> None:
        """Forget what passed, count from 1 again, and do no more harm."""
        with self._lock:
            self.fault = _no_fault
            self.requests.clear()
            self._writes = 0

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            for each in self._sockets:
                _shut(each)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # for the handlers ---------------------------------------------------------------------------------------------
    def _record(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Request:
        service, operation = identify(method, path, headers, body)
        read = is_read(service, operation) if operation != "?" else method in {"GET", "HEAD"}
        with self._lock:
            self._writes += not read
            number = 0 if read else self._writes
            request = Request(len(self.requests) + 1, number, service, operation, method, path, headers, body)
            self.requests.append(request)
        return request

    def _forward(self, request: Request) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = HTTPConnection(self._upstream, timeout=60)
        try:
            connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers.items():
                if name.lower() not in _FRAMING:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


_FRAMING = {"connection", "content-length", "transfer-encoding", "expect"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    proxy: ClassVar[FaultProxy]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120

    def setup(self) -> None:
        super().setup()
        with self.proxy._lock:
            self.proxy._sockets.add(self.connection)

    def finish(self) -> None:
        super().finish()
        with self.proxy._lock:
            self.proxy._sockets.discard(self.connection)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self) -> None:
        request = self.proxy._record(self.command, self.path, dict(self.headers.items()), self._body())
        fault = self.proxy.fault(request) or Fault()
        if fault.before:
            fault.before(request)
        if fault.delay:
            self.proxy._closing.wait(fault.delay)
        status, headers, body = 502, list[tuple[str, str]](), b""
        if fault.forward:
            try:
                status, headers, body = self.proxy._forward(request)
            except (OSError, HTTPException):
                self._reset()
                return
            if fault.after:
                fault.after(request)
        if fault.reset:
            self._reset()
        elif fault.status:
            kind, body = error_body(request, fault)
            self._answer(fault.status, [("Content-Type", kind)], body)
        else:
            self._answer(status, headers, body, cut=fault.cut)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = _serve  # noqa: N815 - the names that http.server looks for

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return body

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, cut: bool = False) -> None:
        """In one write, as the upstream had it: a HEAD keeps the length of the body that it does not have."""
        framing = {"connection", "transfer-encoding"} if self.command == "HEAD" else _FRAMING
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in framing]
        if self.command == "HEAD":
            body = b""
        elif status not in {204, 304}:
            lines.append(f"Content-Length: {len(body)}")
        if cut:
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def _reset(self) -> None:
        """End the connection by RST: what a client sees when a server or the network dies."""
        self.close_connection = True
        with self.proxy._lock:
            self.proxy._sockets.discard(self.connection)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


# who is asked what ----------------------------------------------------------------------------------------------------
_SIGNED_AS = {
    "servicequotas": "service-quotas",
    "apigateway": "apigatewayv2",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
}


def identify(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """Service and operation of a request to AWS: by the scope of its signature, and by its protocol's way to say it.
    The operation is `?` where it can't be told."""
    names = {name.lower(): value for name, value in headers.items()}
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", names.get("authorization", ""))
    service = _SIGNED_AS.get(scope[1], scope[1]) if scope else "?"
    if target := names.get("x-amz-target"):
        return service, target.rpartition(".")[2]
    if "smithy-protocol" in names:
        return service, path.rpartition("/")[2]
    if names.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return service, parse_qs(body.decode()).get("Action", ["?"])[0]
    return service, _by_path(service, method, path) if scope else "?"


def _by_path(service: str, method: str, path: str) -> str:
    url = urlsplit(path)
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    for verb, pattern, fixed, operation in _routes(service):
        if verb == method and pattern.fullmatch(url.path) and fixed.items() <= query.items():
            return operation
    return "?"


@cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], dict[str, str], str]]:
    """Method, path, and fixed query of each operation of a REST service, the most specific first."""
    import botocore.session
    from botocore.exceptions import UnknownServiceError

    try:
        model = botocore.session.Session().get_service_model(service)
    except UnknownServiceError:
        return []
    routes = []
    for name in model.operation_names:
        if model.operation_model(name).deprecated:  # the same path as its successor: GetBucketLifecycle
            continue
        http = model.operation_model(name).http
        url = urlsplit(http["requestUri"])
        parts = re.split(r"(\{[^}]+\})", url.path.rstrip("/"))
        pattern = "".join(
            re.escape(part) if part[:1] != "{" else "(.+)" if part.endswith("+}") else "([^/]+)" for part in parts
        )
        fixed = dict(parse_qsl(url.query, keep_blank_values=True))
        routes.append((http["method"], re.compile(pattern + "/?"), fixed, name))
    return sorted(routes, key=lambda route: (-len(route[2]), route[1].groups, route[3]))


# errors, as each protocol says them -----------------------------------------------------------------------------------
def error_body(request: Request, fault: Fault) -> tuple[str, bytes]:
    """The content type and the body of an error, as the service asked would send it."""
    code, message = fault.code, fault.message
    if request.service == "ec2" and code == "AccessDenied":
        code = "UnauthorizedOperation"
    xml = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    names = {name.lower() for name in request.headers}
    if "smithy-protocol" in names:
        return "application/cbor", _cbor({"__type": code, "message": message})
    if "x-amz-target" in names or request.service == "lambda":
        return "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message}).encode()
    if request.service == "s3":
        return "application/xml", f"<Error>{xml}</Error>".encode()
    if request.service == "ec2":
        errors = f"<Response><Errors><Error>{xml}</Error></Errors><RequestID>0</RequestID></Response>"
        return "text/xml", errors.encode()
    return "text/xml", f"<ErrorResponse><Error>{xml}</Error><RequestId>0</RequestId></ErrorResponse>".encode()


def _cbor(texts: Mapping[str, str]) -> bytes:
    """A small map of texts in CBOR (RFC 8949)."""
    pairs = b"".join(_cbor_text(key) + _cbor_text(value) for key, value in texts.items())
    return bytes([0xA0 + len(texts)]) + pairs


def _cbor_text(text: str) -> bytes:
    data = text.encode()
    return b"\x79" + struct.pack(">H", len(data)) + data
