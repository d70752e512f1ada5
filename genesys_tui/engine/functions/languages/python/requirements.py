"""Reads a requirements.txt as far as is needed to know what else it is about: other files, and local packages.

What a requirement means is uv's business. Source: "Requirements file format" of pip's documentation.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from genesys_tui.engine.model.source_error import SourceError

_COMMENT = re.compile(r"(^|\s+)#.*$")
_OPTION = re.compile(r"^(--?[a-z][a-z-]*)(?:[ =]\s*|(?<=^-[rcef]))(\S.*)$")
_NAMED = re.compile(r"^[A-Za-z0-9][\w.-]*\s*(?:\[[^]]*\])?\s*@\s*(\S+)")
"""`name[extras] @ where`."""
_PATH = re.compile(r"^(?:\.{1,2}(?:/|$|\[)|[^\s;\[=<>~!@]*/|[^\s;]+\.(?:whl|tar\.gz|zip)(?:\s|;|$))")
_PLACES = frozenset(
    {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--trusted-host", "--pre"}
)


@dataclass
class Requirements:
    """`files`: what was read, without comments, and `packages`: local ones; by their path from the first file's folder.
    `options`: the lines that say where packages come from."""

    files: dict[str, bytes] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)

    @property
    def packages(self) -> frozenset[str]:
        return frozenset(self.found)

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(self.lines)


def read_requirements(path: Path) -> Requirements:
    """A file and those that it names (`-r`, `-c`). Raises SourceError for one that is not there."""
    read = Requirements()
    _read(path, path.parent, read)
    return read


def _read(path: Path, root: Path, read: Requirements) -> None:
    name = _from(root, path)
    if name in read.files:
        return
    try:
        lines = list(_lines(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise SourceError(name, 0, f"it can't be read: {why}") from error
    read.files[name] = "".join(f"{line}\n" for line in lines).encode()
    for line in lines:
        option = _OPTION.match(line)
        if option and option[1] in ("-r", "--requirement", "-c", "--constraint"):
            _read(path.parent / option[2].strip("\"'"), root, read)
        elif re.split(r"[=\s]", line, maxsplit=1)[0] in _PLACES:
            read.lines.append(line)
            if option and option[1] in ("-f", "--find-links") and "://" not in option[2]:
                read.found.add(_from(root, path.parent / option[2]))
        elif place := _local(option[2] if option and option[1] in ("-e", "--editable") else line):
            read.found.add(_from(root, path.parent / place))


def _lines(text: str) -> Iterator[str]:
    """Logical lines: joined where one ends with a backslash, without comments and what stands around."""
    for line in re.sub(r"[ \t]*\\\r?\n[ \t]*", " ", text).splitlines():
        if said := _COMMENT.sub("", line).strip():
            yield said


def _local(requirement: str) -> str | None:
    """The path of a requirement that is of this machine; None for others. Absolute ones are left as they are."""
    named = _NAMED.match(requirement)
    where = named[1] if named else requirement
    if where.startswith("file:"):
        path = unquote(urlsplit(where).path)
        return None if path.startswith("/") else path
    if "://" in where or where.startswith(("/", "-", "git+")) or not _PATH.match(where):
        return None
    return re.split(r"[\s;\[]", where, maxsplit=1)[0]


def _from(root: Path, path: Path) -> str:
    return PurePosixPath(os.path.relpath(path, root)).as_posix()
