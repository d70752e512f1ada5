"""Reads a pylock.toml: the packages of it that a target gets, and what of each may be installed there. And writes one
of these alone.

Source: "pylock.toml specification" of the Python packaging guide (PEP 751).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from genesys_tui.engine.model.errors import GenesysError

Source = Literal["wheel", "sdist", "vcs", "local"]


@dataclass(frozen=True, slots=True)
class File:
    """A wheel, or source. `url`: where it was found; empty where that is no URL, or one that is signed for a while."""

    sha256: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Package:
    """One package of a resolution. `where`: `name==version`, `name @ url`, or for a local one its path from the root.
    `files`: what may be installed for the target, by their hashes: its wheels, or its source where none fits."""

    name: str
    source: Source
    where: str
    files: tuple[File, ...] = ()

    @property
    def line(self) -> str:
        """As a line of a requirements.txt."""
        return " ".join((self.where, *(f"--hash=sha256:{one.sha256}" for one in self.files)))


def packages_in(pylock: str, version: str, platform: str, elsewhere: frozenset[str] = frozenset()) -> list[Package]:
    """Those that a Python (`3.13`) needs on a platform (`x86_64-manylinux_2_34`), sorted by name. `elsewhere`: names of
    those that have an index of their own, and so are named by their URL. Raises GenesysError for one that it can't
    have."""
    entries = tomllib.loads(pylock).get("packages", [])
    found = [package for one in entries if (package := _package(one, version, platform, elsewhere))]
    return sorted(found, key=lambda package: (package.name, package.where))


def pylock_of(wheels: Sequence[Package]) -> str | None:
    """A pylock.toml of these packages, which all come as wheels; None where one of them has no URL."""
    if not all(file.url for package in wheels for file in package.files):
        return None
    return "\n".join(('lock-version = "1.0"', 'created-by = "genesys"', *map(_entry, wheels), ""))


def _entry(package: Package) -> str:
    files = [f"{{ url = {_text(one.url)}, hashes = {{ sha256 = {_text(one.sha256)} }} }}" for one in package.files]
    if " @ " in package.where:
        about = [f"archive = {files[0]}"]
    else:
        about = [f"version = {_text(package.where.partition('==')[2])}", f"wheels = [{', '.join(files)}]"]
    return "\n".join(("[[packages]]", f"name = {_text(package.name)}", *about))


def _text(value: str) -> str:
    """As a basic string of TOML, of which those of JSON are a part; DEL alone is not allowed in it."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


# one package ------------------------------------------------------------------------------------------------------
def _package(entry: Mapping[str, Any], version: str, platform: str, elsewhere: frozenset[str]) -> Package | None:
    """None for one that the target does not need. Raises GenesysError for one that it can't have."""
    from packaging.markers import Marker

    name = str(entry["name"])
    if (marker := entry.get("marker")) and not Marker(marker).evaluate(_environment(version, platform)):
        return None
    if directory := entry.get("directory"):
        place = PurePosixPath(directory["path"]).as_posix()
        return Package(name, "local", place) if place != "." else None
    if vcs := entry.get("vcs"):
        return Package(name, "vcs", _checkout(name, vcs))
    if archive := entry.get("archive"):
        return _archive(name, archive)
    return _registered(name, entry, version, platform, elsewhere=name in elsewhere)


def _registered(name: str, entry: Mapping[str, Any], version: str, platform: str, *, elsewhere: bool) -> Package:
    tags = tags_of(version, platform)
    ranked = [(rank, wheel) for wheel in entry.get("wheels", ()) if (rank := _rank(_name_of(wheel), tags)) is not None]
    fitting = [wheel for _, wheel in ranked]
    where = f"{name}=={entry['version']}"
    if elsewhere:
        best = min(ranked, key=lambda one: one[0])[1] if ranked else entry.get("sdist", {})
        if "url" in best:
            return _archive(name, best)
    if fitting:
        return Package(name, "wheel", where, tuple(sorted(map(_file, fitting), key=lambda file: file.sha256)))
    if sdist := entry.get("sdist"):
        return Package(name, "sdist", where, (_file(sdist),))
    todo = "take another version of it, another runtime or another architecture"
    raise GenesysError(f"{where} can't be installed", why=f"no wheel fits Python {version} on {platform}", todo=todo)


def _archive(name: str, archive: Mapping[str, Any]) -> Package:
    """A file of a URL or of this machine. A wheel's tag is checked by uv when it is installed."""
    if url := archive.get("url"):
        source: Source = "wheel" if str(url).split("#")[0].endswith(".whl") else "sdist"
        return Package(name, source, f"{name} @ {url}", (_file(archive),))
    return Package(name, "local", PurePosixPath(archive["path"]).as_posix())


def _checkout(name: str, vcs: Mapping[str, Any]) -> str:
    below = f"#subdirectory={vcs['subdirectory']}" if vcs.get("subdirectory") else ""
    return f"{name} @ {vcs['type']}+{vcs.get('url') or vcs['path']}@{vcs['commit-id']}{below}"


def _file(entry: Mapping[str, Any]) -> File:
    url = entry.get("url", "")
    return File(entry["hashes"]["sha256"], "" if urlsplit(url).query else url)


def _name_of(wheel: Mapping[str, Any]) -> str:
    place = str(wheel.get("name") or wheel.get("url") or wheel.get("path"))
    return unquote(urlsplit(place).path).rpartition("/")[2]


# the target -------------------------------------------------------------------------------------------------------
@cache
def tags_of(version: str, platform: str) -> Mapping[str, int]:
    """The tags of wheels that a target takes, and their rank: the least fits best. Source: PEP 425, PEP 600."""
    from packaging.tags import compatible_tags, cpython_tags

    machine, _, glibc = platform.partition("-manylinux_2_")
    oldest = 5 if machine == "x86_64" else 17
    legacy = {"2014": 17, "2010": 12, "1": 5}
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(int(glibc), oldest - 1, -1)]
    platforms += [f"manylinux{name}_{machine}" for name, minor in legacy.items() if minor >= oldest]
    platforms.append(f"linux_{machine}")
    major, minor = map(int, version.split("."))
    found = list(cpython_tags((major, minor), platforms=platforms))
    found += compatible_tags((major, minor), f"cp{major}{minor}", platforms)
    return {str(tag): rank for rank, tag in reversed(list(enumerate(found)))}


def _rank(file: str, tags: Mapping[str, int]) -> int | None:
    """How well a wheel fits; None where it does not."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        return min((tags[str(tag)] for tag in parse_wheel_filename(file)[3] if str(tag) in tags), default=None)
    except InvalidWheelFilename:
        return None


def _environment(version: str, platform: str) -> dict[str, str]:
    """What markers ask of the target. The patch of its Python is Lambda's; as uv we take the first."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "posix",
        "platform_machine": platform.partition("-")[0],
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
        "extra": "",
    }
