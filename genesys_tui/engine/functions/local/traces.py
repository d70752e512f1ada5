"""What went wrong in a function, read from the documents that its runtime tells, as places in the user's own source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from linecache import checkcache, getline
from pathlib import Path
from urllib.parse import unquote, urlsplit

from genesys_tui.engine.model.invocation import Failure, Frame, Json

_PYTHON = re.compile(r'^\s*File "(?P<file>[^"]+)",? [Ll]ine (?P<line>\d{1,9})\b(?:,? in (?P<what>.+))?')
_NODE = re.compile(r"^\s+at (?:(?P<what>.+?) \()?(?P<file>[^()\s][^()]*?):(?P<line>\d{1,9}):\d+\)?$")
_NODE_SYNTAX = re.compile(r"^(?P<file>(?:file://)?/.+):(?P<line>\d{1,9})$")
_LIBRARIES = frozenset({"node_modules", "site-packages", "dist-packages"})


def failure(document: bytes, kind: str, roots: Iterable[Path]) -> tuple[Failure, Json]:
    """The failure that a document of a runtime tells, and the document as callers see it. `kind`: its type as the
    header named it. `roots`: where the user's own source lies."""
    told = _document(document)
    lines = _lines(told.get("stackTrace") or told.get("trace"))
    frames = tuple(_folded(_frames(lines), tuple(roots))) or tuple(Frame("", 0, line.strip()) for line in lines)
    message = str(told.get("errorMessage", ""))
    return Failure(str(told.get("errorType") or kind), message, frames), told


def places(lines: Iterable[str], roots: Iterable[Path]) -> tuple[Frame, ...]:
    """The places that lines of a trace name."""
    return tuple(_folded(_frames(list(lines)), tuple(roots)))


def _lines(trace: Json) -> list[str]:
    return [line for entry in trace for line in _entry(entry).splitlines()] if isinstance(trace, list) else []


def _entry(entry: Json) -> str:
    """Most runtimes tell lines; that of Go `{path, line, label}`."""
    if isinstance(entry, Mapping):
        return f"{entry.get('path', '')}:{entry.get('line', '')} in {entry.get('label', '')}"
    return str(entry)


def _document(content: bytes) -> Mapping[str, Json]:
    try:
        told = json.loads(content)
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {"errorMessage": content.decode("utf-8", "replace"), "errorType": ""}


def _frames(lines: list[str]) -> Iterator[Frame]:
    for place, line in enumerate(lines):
        if found := _PYTHON.match(line):
            text = lines[place + 1].strip() if place + 1 < len(lines) and not _PYTHON.match(lines[place + 1]) else ""
            yield Frame(found["file"], int(found["line"]), found["what"] or "the module", text)
    node = [found for line in lines if (found := _NODE.match(line) or _NODE_SYNTAX.match(line))]
    for found in reversed(node):  # they tell the innermost first
        yield Frame(found["file"], int(found["line"]), found.groupdict().get("what") or "the module")


def _folded(frames: Iterable[Frame], roots: tuple[Path, ...]) -> Iterator[Frame]:
    """The user's own places; of those after them only how many they are. Those before are the runtime's own."""
    checkcache()
    others, seen = 0, False
    for frame in frames:
        if found := _own(frame.file, roots):
            if others and seen:
                yield _fold(others)
            others, seen = 0, True
            file, path = found
            yield Frame(file, frame.line, frame.what, frame.text or getline(str(path), frame.line).strip())
        else:
            others += 1
    if others:
        yield _fold(others)


def _fold(count: int) -> Frame:
    return Frame("", 0, f"{count} place{'' if count == 1 else 's'} in libraries")


def _own(file: str, roots: tuple[Path, ...]) -> tuple[str, Path] | None:
    """The path in the user's source, and in full; None for what is not the user's."""
    path = Path(unquote(urlsplit(file).path) if file.startswith("file:") else file)
    if not path.is_absolute() or "\0" in file:
        return None
    for root in roots:
        for one, base in ((path, root), (path.resolve(), root.resolve())):
            if one.is_relative_to(base) and not _LIBRARIES & set(one.relative_to(base).parts):
                return one.relative_to(base).as_posix(), one
    return None
