"""The files of a function's source: what is sent of a folder, and what is left out of it.

A folder is listed before anything of it is read, so that too much is refused at once. What did not change since it was
read last is not read again.
"""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from genesys_tui.engine.functions.packing.archive import MB, UNZIPPED_LIMIT, checked
from genesys_tui.engine.functions.source.ignoring import (
    GIT,
    OWN,
    Level,
    enclosing,
    is_secret,
    left_out,
    never,
    read_level,
)
from genesys_tui.engine.model.build import Member, Project
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.shown import shown

FILES_LIMIT = 50_000
"""Ours, not Lambda's: so many files are data, or dependencies, and no source."""

_SETTLED = 2_000_000_000
"""Nanoseconds: what changed later than this before it was read may have changed again without showing it, since the
clocks of file systems are coarse (2 s at worst)."""
_RENAMING = 0.02
"""Seconds that an editor may need to put a new file in an old one's place."""

_Stamp = tuple[int, int, int, int]
_NO_STAMP: _Stamp = (0, 0, 0, -1)


@dataclass(frozen=True, slots=True)
class _Listed:
    name: str
    path: str
    facts: os.stat_result


@dataclass(frozen=True, slots=True)
class _Folder:
    """`levels`: the rules that hold in it; `above`: the real folders that it is in, against loops."""

    name: str
    path: str
    levels: tuple[Level, ...]
    above: frozenset[str]


class Sources:
    """The files of a source, again and again."""

    def __init__(self, project: Project) -> None:
        self._source = project.source
        self._read: dict[str, tuple[_Stamp, Member]] = {}
        self._levels: dict[str, tuple[_Stamp, Level]] = {}
        self._verdicts: dict[str, tuple[tuple[Level, ...], dict[str, bool]]] = {}
        self.left_out: tuple[str, ...] = ()
        """What the last listing left out because it looks like a secret, by name; a folder's ends with `/`."""

    def files(self) -> list[Member]:
        """What is sent now, sorted. Raises GenesysError for a source that is not there, is empty or too big, has a link
        that leads out of it, a name that is no UTF-8, or what can't be read."""
        try:
            listed = self._listed()
            read = {one.name: found for one in listed if (found := self._member(one))}
        except OSError as error:
            where = shown(str(error.filename or self._source))
            todo = f"make it readable, or name it in {OWN}"
            raise _unusable(self._source, f"{where}: {error.strerror or error}", todo) from error
        if not read:
            kept = ", ".join(map(shown, self.left_out))
            why = f"there is nothing in it but what looks like secrets: {kept}" if kept else "there is nothing in it"
            raise _unusable(self._source, why, f"choose another folder, or say in {OWN} what to send")
        self._read = read
        return [member for _, (_, member) in sorted(read.items())]

    # listing ------------------------------------------------------------------------------------------------------
    def _listed(self) -> list[_Listed]:
        self.left_out = ()
        source = self._source
        try:
            root = Path(os.path.realpath(source, strict=True))
        except OSError as error:
            raise _unusable(
                source, "it is not there" if not os.path.lexists(source) else str(error.strerror)
            ) from error
        if root.is_file():
            return [_Listed(source.name, os.fspath(root), root.stat())]
        listed: list[_Listed] = []
        secrets: list[str] = []
        total = 0
        for one in self._walk(root, secrets):
            checked(one.name)
            listed.append(one)
            total += one.facts.st_size
            if len(listed) > FILES_LIMIT or total > UNZIPPED_LIMIT:
                raise _too_much(source, listed)
        self.left_out = tuple(sorted(secrets))
        return listed

    def _walk(self, root: Path, secrets: list[str]) -> Iterator[_Listed]:
        outer = (self._level(os.fspath(path), path.stat(), above=way) for path, way in enclosing(root))
        # Who names a folder that is left out of its repository means it.
        levels = tuple(level for level in outer if not level.verdict(""))
        top = os.fspath(root)
        todo = [_Folder("", top, levels, frozenset({top}))]
        while todo:
            folder = todo.pop()
            entries = _entries(folder.path)
            levels = (*folder.levels, *self._own_levels(folder, entries))
            for entry in self._sent(folder, entries, levels, secrets):
                name = folder.name + entry.name
                path = _target(entry, name, top, secrets) if entry.is_symlink() else entry.path
                if not path or not (facts := _facts(entry)):
                    continue
                if stat.S_ISREG(facts.st_mode):
                    yield _Listed(name, path, facts)
                elif stat.S_ISDIR(facts.st_mode) and path not in folder.above:
                    todo.append(_Folder(f"{name}/", path, levels, folder.above | {path}))

    def _sent(
        self, folder: _Folder, entries: Sequence[os.DirEntry[str]], levels: tuple[Level, ...], secrets: list[str]
    ) -> Iterator[os.DirEntry[str]]:
        """What the rules leave of a folder."""
        beside = frozenset(entry.name for entry in entries)
        if folder.name and "pyvenv.cfg" in beside:
            return
        known, verdicts = self._verdicts.get(folder.name, (None, {}))
        if known != levels:
            verdicts = {}
            self._verdicts[folder.name] = (levels, verdicts)
        for entry in entries:
            if never(entry.name, beside):
                continue
            path = folder.name + entry.name + ("/" if entry.is_dir() else "")
            if path not in verdicts:
                verdicts[path] = left_out(path, levels)
            if not verdicts[path]:
                yield entry
            elif is_secret(path):
                secrets.append(path)

    def _own_levels(self, folder: _Folder, entries: Sequence[os.DirEntry[str]]) -> Iterator[Level]:
        for entry in entries:
            if entry.name in (GIT, OWN) and (facts := _facts(entry)) and stat.S_ISREG(facts.st_mode):
                yield self._level(entry.path, facts, at=folder.name)

    def _level(self, path: str, facts: os.stat_result, above: str = "", at: str = "") -> Level:
        key, stamp = f"{at}:{path}", _stamp(facts)
        known = self._levels.get(key)
        if known is None or known[0] != stamp:
            level = read_level(Path(path), above, at)
            self._levels[key] = known = (stamp if _settled(facts) else _NO_STAMP, level)
        return known[1]

    # reading ------------------------------------------------------------------------------------------------------
    def _member(self, listed: _Listed) -> tuple[_Stamp, Member] | None:
        known = self._read.get(listed.name)
        if known and known[0] == _stamp(listed.facts):
            return known
        try:
            return _read(listed)
        except FileNotFoundError:
            time.sleep(_RENAMING)
        try:
            return _read(listed)
        except FileNotFoundError:
            return None


def _read(listed: _Listed) -> tuple[_Stamp, Member]:
    with Path(listed.path).open("rb") as file:
        content = file.read()
        facts = os.fstat(file.fileno())
    stamp = _stamp(facts) if _settled(facts) and len(content) == facts.st_size else _NO_STAMP
    return stamp, Member(listed.name, content, bool(facts.st_mode & stat.S_IXUSR))


def _stamp(facts: os.stat_result) -> _Stamp:
    return facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino


def _settled(facts: os.stat_result) -> bool:
    return max(facts.st_mtime_ns, facts.st_ctime_ns) < time.time_ns() - _SETTLED


def _entries(path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _facts(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Of what it is, or leads to; None for what is gone since it was listed."""
    try:
        return entry.stat()
    except FileNotFoundError:
        return None


def _target(link: os.DirEntry[str], name: str, root: str, secrets: list[str]) -> str | None:
    """Where a link leads to; None for one that leads nowhere, or to a secret."""
    path = os.path.realpath(link.path)
    if not os.path.lexists(path):
        return None
    if path != root and not path.startswith(root + os.sep):
        why = f"{shown(name)} is a link that leads out of it, to {shown(path)}"
        raise _unusable(Path(root), why, f"put a copy in its place, or name it in {OWN}")
    if is_secret(os.path.relpath(path, root).replace(os.sep, "/")):
        secrets.append(name)
        return None
    return path


def _too_much(source: Path, listed: Sequence[_Listed]) -> GenesysError:
    files: Counter[str] = Counter()
    for one in listed:
        files[one.name.partition("/")[0]] += 1 if len(listed) > FILES_LIMIT else one.facts.st_size
    [(where, share)] = files.most_common(1)
    if len(listed) > FILES_LIMIT:
        why = f"it has more than {FILES_LIMIT:,} files, {share:,} of them in {shown(where)}"
    else:
        limit = f"{UNZIPPED_LIMIT / MB:.0f} MB"
        why = f"it holds more than {limit}, the most Lambda unzips; {share / MB:.0f} MB of it are in {shown(where)}"
    return _unusable(source, why, f"name what it does not need in {OWN}, or read it from a bucket")


def _unusable(source: Path, why: str, todo: str = "correct `source`: a folder, file or .zip") -> GenesysError:
    return GenesysError(f"the code in {shown(str(source))} can't be sent", why=why, todo=todo)
