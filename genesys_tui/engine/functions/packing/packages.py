"""The packages in a folder as it stands under /opt (`python/...`, `nodejs/node_modules/...`).

What belongs to one distribution of Python is one package, as its RECORD tells it, else as the names do (`numpy`,
`numpy.libs`, `numpy-2.3.0.dist-info`); distributions that share a folder (a namespace) are one package too.
"""

from __future__ import annotations

import csv
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from genesys_tui.engine.functions.packing.archive import files_in

_PLACE = re.compile(
    r"(?P<root>python/lib/python[\d.]+/site-packages|python|nodejs/(?:node\d+/)?node_modules)/(?P<entry>@[^/]+/[^/]+|[^/]+)"
)
_ABOUT = (".dist-info", ".egg-info", ".libs", ".data")
_SHARED = ("../", "bin/")
"""Where many distributions put something, and which makes them no one package."""
_REQUIRES = re.compile(r"^Requires-Dist: *([A-Za-z0-9._-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """`files`: their names in the folder, sorted; `size`: their bytes. `distributions`: the normalised names of those
    in it; `modules`: what it is imported by; `needs`: normalised names of distributions that it may need."""

    name: str
    files: tuple[str, ...]
    size: int
    distributions: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


def packages(folder: Path) -> list[Package]:
    """Those of a folder, the biggest first. Raises OSError, and GenesysError as `archive.files_in` does."""
    entries: defaultdict[str, list[str]] = defaultdict(list)
    for name in files_in(folder):
        entries[_entry(name)].append(name)
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for entry, group in _together(folder, entries).items():
        grouped[group].append(entry)
    found = [_package(folder, {entry: entries[entry] for entry in group}) for group in grouped.values()]
    return sorted(found, key=lambda one: (-one.size, one.name))


def kept_packages(folder: Path, kept: Path) -> list[Package]:
    """The same of a folder that never changes: told once, then read from that file. Raises as `packages` does."""
    listing = TypeAdapter(list[Package])
    with suppress(OSError, ValidationError):
        return listing.validate_json(kept.read_bytes())
    found = packages(folder)
    with suppress(OSError):
        beside = kept.with_suffix(f".{os.getpid()}")
        beside.write_bytes(listing.dump_json(found))
        beside.replace(kept)
    return found


def normalised(name: str) -> str:
    """A distribution's name in one form only (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _entry(name: str) -> str:
    """What of a path stays together: a folder or a file at the top of where packages are."""
    place = _PLACE.match(name)
    return place[0] if place else name.partition("/")[0]


def _together(folder: Path, entries: Mapping[str, Iterable[str]]) -> Mapping[str, str]:
    """Which entries are one package: each with the first of its group."""
    group = {entry: entry for entry in entries}

    def first(entry: str) -> str:
        while group[entry] != entry:
            entry = group[entry]
        return entry

    for entry in sorted(entries):
        for other in _kin(folder, entry):
            if other in group:
                a, b = sorted((first(entry), first(other)))
                group[b] = a
    return {entry: first(entry) for entry in entries}


def _kin(folder: Path, entry: str) -> Iterator[str]:
    """Other entries of the same package, as far as this one tells."""
    if not entry.endswith(_ABOUT) or "/" not in entry:
        return
    root, _, name = entry.rpartition("/")
    record = folder / entry / "RECORD"
    if record.is_file():
        with record.open(encoding="utf-8", newline="") as lines:
            paths = [row[0] for row in csv.reader(lines) if row]
        yield from {_entry(f"{root}/{path}") for path in paths if not path.startswith(_SHARED)}
    module = re.split(r"[-.]", name)[0]
    yield from (f"{root}/{module}", f"{root}/{module.lower()}", f"{root}/{module}.py")


def _package(folder: Path, entries: Mapping[str, list[str]]) -> Package:
    files = tuple(sorted(name for names in entries.values() for name in names))
    about = [entry for entry in entries if entry.endswith(".dist-info")]
    code = [entry for entry in entries if not entry.endswith(_ABOUT)]
    names = {entry: sum((folder / name).stat().st_size for name in entries[entry]) for entry in entries}
    if len(about) == 1:
        name = _last(about[0]).partition("-")[0]
    else:
        name = _last(max(sorted(code or entries), key=names.__getitem__))
    return Package(
        name=name,
        files=files,
        size=sum(names.values()),
        distributions=frozenset(normalised(_last(entry).partition("-")[0]) for entry in about),
        modules=frozenset(_last(entry).partition(".")[0] for entry in code),
        needs=frozenset(need for entry in about for need in _needs(folder / entry / "METADATA")),
    )


def _needs(metadata: Path) -> Iterator[str]:
    if metadata.is_file():
        head = metadata.read_text("utf-8", errors="replace").partition("\n\n")[0]
        yield from map(normalised, _REQUIRES.findall(head))


def _last(entry: str) -> str:
    """The name of an entry, with its scope."""
    place = _PLACE.match(entry)
    return place["entry"] if place else entry
