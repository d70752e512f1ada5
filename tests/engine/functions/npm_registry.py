"""A registry of npm's kind on this machine, with packages made for a test."""

from __future__ import annotations

import json
import tarfile
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha1, sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

Manifest = Mapping[str, Any]
Package = tuple[Manifest, Mapping[str, str]]
"""A package.json, with name and version, and the other files."""


@contextmanager
def serving(*packages: Package) -> Iterator[str]:
    """The URL of a registry that has these."""
    balls = {f"/{one['name']}/-/{one['name']}-{one['version']}.tgz": _tarball(one, files) for one, files in packages}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            found = [one for one, _ in packages if one["name"] == name]
            content = balls.get(self.path) or (_document(found, self.headers["Host"], balls) if found else b"")
            self.send_response(200 if content else 404)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _tarball(manifest: Manifest, files: Mapping[str, str]) -> bytes:
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, text in {"package.json": json.dumps(manifest), **files}.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(text.encode())
            tar.addfile(info, BytesIO(text.encode()))
    return buffer.getvalue()


def _document(versions: list[Manifest], host: str, balls: Mapping[str, bytes]) -> bytes:
    def told(one: Manifest) -> Manifest:
        path = f"/{one['name']}/-/{one['name']}-{one['version']}.tgz"
        integrity = "sha512-" + b64encode(sha512(balls[path]).digest()).decode()
        dist = {"tarball": f"http://{host}{path}", "integrity": integrity, "shasum": sha1(balls[path]).hexdigest()}
        return {**one, "dist": dist, "hasInstallScript": bool(one.get("scripts"))}

    latest = versions[-1]
    document = {
        "name": latest["name"],
        "dist-tags": {"latest": latest["version"]},
        "versions": {one["version"]: told(one) for one in versions},
    }
    return json.dumps(document).encode()
