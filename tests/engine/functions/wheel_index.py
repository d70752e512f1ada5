"""A package index on this machine, with a wheel made for a test."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from zipfile import ZipFile

NAME = "lib-1.0-py3-none-any.whl"


def wheel(word: str) -> bytes:
    """One whose module says a word."""
    about = "lib-1.0.dist-info"
    buffer = BytesIO()
    with ZipFile(buffer, "w") as zip:
        zip.writestr("lib.py", f"WORD = {word!r}\n")
        zip.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: lib\nVersion: 1.0\n")
        zip.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        zip.writestr(f"{about}/RECORD", f"lib.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n")
    return buffer.getvalue()


class Index:
    """`files`: the folder of its files as it stands in URLs; `content`: the wheel; `needs`: user and password."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.files = "files"
        self.content = wheel("first")
        self.needs = ""
        self.asked: list[str] = []

    def answer(self, path: str, authorization: str) -> tuple[int, str, bytes]:
        self.asked.append(path)
        if self.needs and authorization != f"Basic {b64encode(self.needs.encode()).decode()}":
            return 401, "text/plain", b""
        if path == "/simple/lib/":
            place = f"/{self.files}/{NAME}#sha256={sha256(self.content).hexdigest()}"
            return 200, "text/html", f'<!DOCTYPE html><a href="{place}">{NAME}</a>'.encode()
        if path == f"/{self.files}/{NAME}":
            return 200, "application/octet-stream", self.content
        return 404, "text/plain", b""


@contextmanager
def serving() -> Iterator[Index]:
    """An index that has the one wheel."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            code, type, content = index.answer(self.path, self.headers.get("authorization", ""))
            self.send_response(code)
            self.send_header("content-type", type)
            self.send_header("content-length", str(len(content)))
            if code == 401:
                self.send_header("www-authenticate", 'Basic realm="x"')
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    index = Index(f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
