"""One emulated AWS (moto's server) in a process of its own, which counts the calls it answers.

`python benchmarks/servers.py` serves until its standard input ends, so that it never outlives a benchmark.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

COUNT_PATH = "/-/calls"
"""No bucket can be called `-`, so this path is nobody's."""


class Server:
    """A running server, at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url

    def reset(self) -> None:
        """Empty the account, and count from zero."""
        _ask("POST", f"{self.url}/moto-api/reset")
        _ask("POST", self.url + COUNT_PATH)

    def calls(self) -> int:
        """The calls answered since the count was last asked for or reset."""
        count: int = json.loads(_ask("POST", self.url + COUNT_PATH))["calls"]
        return count


@contextmanager
def serving() -> Iterator[Server]:
    """The server, for as long as the block lasts."""
    command = [sys.executable, __file__]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin and process.stdout
        try:
            port = int(process.stdout.readline() or 0)
            if not port:
                raise SystemExit("The emulated AWS did not start: is `moto[server]` installed?")
            yield Server(f"http://127.0.0.1:{port}")
        finally:
            process.stdin.close()


def _ask(method: str, url: str) -> bytes:
    with urlopen(Request(url, method=method), timeout=60) as answer:
        body: bytes = answer.read()
        return body


class _Counting:
    """Counts what passes to the application under it. A POST to COUNT_PATH answers the count and starts anew."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.lock = threading.Lock()
        self.calls = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == COUNT_PATH:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({"calls": self.take()}).encode()]
        if not path.startswith("/moto-api"):
            with self.lock:
                self.calls += 1
        return self.application(environ, start_response)

    def take(self) -> int:
        with self.lock:
            calls, self.calls = self.calls, 0
        return calls


def main() -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    # AWS keeps connections open; a server that closes each would race the kernel, not the contestants.
    MotoRequestHandler.protocol_version = "HTTP/1.1"
    application = _Counting(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
