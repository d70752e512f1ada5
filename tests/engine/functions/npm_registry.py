"""A registry of npm's kind on this machine, with packages made for a test."""

from __future__ import annotations

import json
import tarfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha1, sha512
from io import BytesIO
from typing import Any

from tests.served import Asked, Reply, served

Manifest = Mapping[str, Any]
Package = tuple[Manifest, Mapping[str, str]]
"""A package.json, with name and version, and the other files."""


@contextmanager
def serving(*packages: Package) -> Iterator[str]:
    """The URL of a registry that has these."""
    balls = {f"/{one['name']}/-/{one['name']}-{one['version']}.tgz": _tarball(one, files) for one, files in packages}

    def answer(asked: Asked) -> Reply:
        name = asked.path.strip("/")
        found = [one for one, _ in packages if one["name"] == name]
        content = balls.get(asked.path) or (_document(found, asked.headers["Host"], balls) if found else b"")
        return Reply(content) if content else Reply(status=404)

    with served(answer) as place:
        yield f"http://{place}/"


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
