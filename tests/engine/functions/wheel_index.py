"""A package index on this machine, with a wheel made for a test."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

from tests.served import Asked, Reply, served

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
    """`url`: host and port; `files`: the folder of its files as it stands in URLs; `content`: the wheel; `needs`: user
    and password."""

    def __init__(self) -> None:
        self.url = ""
        self.files = "files"
        self.content = wheel("first")
        self.needs = ""
        self.asked: list[str] = []

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked.path)
        if self.needs and asked.headers["authorization"] != f"Basic {b64encode(self.needs.encode()).decode()}":
            return Reply(status=401, headers={"www-authenticate": 'Basic realm="x"'})
        if asked.path == "/simple/lib/":
            place = f"/{self.files}/{NAME}#sha256={sha256(self.content).hexdigest()}"
            page = f'<!DOCTYPE html><a href="{place}">{NAME}</a>'
            return Reply(page.encode(), headers={"content-type": "text/html"})
        return Reply(self.content) if asked.path == f"/{self.files}/{NAME}" else Reply(status=404)


@contextmanager
def serving() -> Iterator[Index]:
    """An index that has the one wheel."""
    index = Index()
    with served(index.answer) as index.url:
        yield index
