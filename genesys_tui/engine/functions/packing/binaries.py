"""What the binaries among files need: their machine, and the newest symbols that they ask the C library for.

Only headers are read. Source: the System V ABI (ELF), and "Symbol Versioning" of the Linux Standard Base.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from genesys_tui.engine.functions.langpack import Runtime
from genesys_tui.engine.functions.packing.walk import walk
from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.errors import GenesysError

_MAGIC = b"\x7fELF"
_MACHINES: Mapping[Architecture, int] = {"x86_64": 62, "arm64": 183}
_NAMES: Mapping[int, str] = {3: "x86 (32 bits)", 40: "arm (32 bits)", 62: "x86_64", 183: "arm64", 243: "RISC-V"}
_SOURCE = (".py", ".pyi")
"""What nobody runs but an interpreter that reads text: most of the files of a layer."""
_VERNEED = 0x6FFFFFFE
"""The type of the section that holds the versions that a file needs (SHT_GNU_verneed)."""
_GLIBC = re.compile(rb"GLIBC_(?:(\d+)\.(\d+)|(ABI_DT_RELR))")
_RELR = (2, 36)
"""The first glibc that knows compact relocations, which binaries ask for by a word."""


@dataclass(frozen=True, slots=True)
class Binary:
    """An ELF file. `machine`: as ELF numbers it. `glibc`: the newest version that it asks for, else (0, 0)."""

    machine: int
    glibc: tuple[int, int]


def check_binaries(folder: Path, runtime: Runtime, architecture: Architecture) -> None:
    """Whether every binary below a folder can run there. Raises GenesysError that names the first that can't."""
    allowed = _version(runtime.glibc)
    files = sorted((name, entry.path) for name, entry in walk(folder) if entry.is_file(follow_symlinks=False))
    for name, place in files:
        path = Path(place)
        if name.endswith(_SOURCE) or (found := binary(path)) is None:
            continue
        if found.machine != _MACHINES[architecture]:
            machine = _NAMES.get(found.machine, f"machine {found.machine}")
            why = f"{_of_package(path, folder)} is built for {machine}, and the function runs on {architecture}"
            raise GenesysError(f"{name} can't run there", why=why, todo=_ANOTHER)
        if found.glibc > allowed:
            asked = ".".join(map(str, found.glibc))
            why = f"{_of_package(path, folder)} asks for glibc {asked}, and {runtime.name} has {runtime.glibc}"
            raise GenesysError(f"{name} can't run there", why=why, todo=_OLDER)


_ANOTHER = "take a package that has a wheel for this architecture, or build it in a container of it"
_OLDER = "build it in a container that is like the runtime, take a newer runtime, or an older version of the package"


def binary(path: Path) -> Binary | None:
    """What a file needs; None where it is no ELF file. Raises GenesysError for one that can't be read."""
    try:
        with path.open("rb", buffering=0) as file:
            if file.read(4) != _MAGIC:
                return None
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _read(data)
    except (OSError, ValueError, struct.error, IndexError) as error:
        why = "its headers are broken" if not isinstance(error, OSError) else error.strerror or str(error)
        raise GenesysError(f"{path.name} can't be read", why=why, todo="install its package anew") from error


def _read(data: mmap.mmap) -> Binary:
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    (machine,) = struct.unpack_from(f"{order}H", data, 18)
    needed = [version for section in _sections(data, wide, order) for version in _needed(data, order, *section)]
    return Binary(machine, max(needed, default=(0, 0)))


def _sections(data: mmap.mmap, wide: bool, order: str) -> Iterator[tuple[int, int]]:
    """Where each section of needed versions starts, and the section of its strings."""
    start, size, count = (
        struct.unpack_from(f"{order}{form}", data, place)[0]
        for form, place in ((("Q", 40), ("H", 58), ("H", 60)) if wide else (("I", 32), ("H", 46), ("H", 48)))
    )
    places = []
    for index in range(count if start else 0):
        at = start + index * size
        (kind,) = struct.unpack_from(f"{order}I", data, at + 4)
        offset, link = (
            (struct.unpack_from(f"{order}Q", data, at + 24)[0], struct.unpack_from(f"{order}I", data, at + 40)[0])
            if wide
            else struct.unpack_from(f"{order}I4xI", data, at + 16)
        )
        places.append((kind, offset, link))
    for kind, offset, link in places:
        if kind == _VERNEED:
            yield offset, places[link][1]


def _needed(data: mmap.mmap, order: str, offset: int, strings: int) -> Iterator[tuple[int, int]]:
    """The GLIBC versions of one section: a chain of files, each with a chain of versions."""
    while True:
        _, count, _, first, following = struct.unpack_from(f"{order}HHIII", data, offset)
        at = offset + first
        for _ in range(count):
            _, _, _, name, after = struct.unpack_from(f"{order}IHHII", data, at)
            if match := _GLIBC.match(data, strings + name):
                yield _RELR if match[3] else (int(match[1]), int(match[2]))
            at += after
        if not following:
            return
        offset += following


def _of_package(path: Path, folder: Path) -> str:
    """`numpy` of python/numpy/core/x.so or python/numpy.libs/x.so, in words."""
    parts = path.relative_to(folder).parts
    parts = parts[1:] if parts[0] in ("python", "nodejs") and len(parts) > 1 else parts
    parts = parts[1:] if parts[0] == "node_modules" and len(parts) > 1 else parts
    return f"the package {parts[0].removesuffix('.libs').split('.')[0]}"


def _version(text: str) -> tuple[int, int]:
    major, minor = text.split(".")
    return int(major), int(minor)
