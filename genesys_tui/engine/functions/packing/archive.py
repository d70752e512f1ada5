"""Zips whose bytes tell what is in them and nothing else: sorted names, one date, two modes, no folders, one
compressor. And how to unzip what a stranger made."""

from __future__ import annotations

import os
import posixpath
import re
import stat
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from zipfile import BadZipFile, ZipFile, ZipInfo

from genesys_tui.engine.functions.packing import zip_format
from genesys_tui.engine.functions.packing.walk import walk
from genesys_tui.engine.functions.packing.zip_format import Packed, packed, pieces
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

RECIPE = zip_format.RECIPE
"""Which compressor it is; a part of what decides a layer's key."""

MB = 1 << 20
UNZIPPED_LIMIT = 250 * MB
"""Bytes: what Lambda unzips of a function with all its layers (Lambda quotas)."""

BROKEN = (BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error)
"""What reading a zip raises that is none, is cut off, has a password, or a method that we don't know."""

_LONGEST_PATH = 4096

WORKERS = min(4, os.cpu_count() or 1)
AHEAD = 48 * MB
"""Bytes of files that may be packed and not written yet: what keeps all workers busy beside a large one."""
BATCH = MB // 2
"""Bytes of files that one worker packs in one go."""

T = TypeVar("T")

_File: TypeAlias = tuple[bytes, int, Path]
"""Its name in the zip, its size, and where it is."""


@dataclass(frozen=True, slots=True)
class Zip:
    """A zip that was written. `sha256` in hexadecimal; `size` and `unzipped` in bytes."""

    sha256: str
    size: int
    unzipped: int


# making one -------------------------------------------------------------------------------------------------------
def zipped(members: Iterable[Member], known: dict[Member, Packed] | None = None) -> bytes:
    """The zip of them, whatever their order. `known`: those that are packed already; the others are added to it. Raises
    GenesysError for names that can't be in one, and for more than Lambda unzips."""
    ordered = in_order((member.name, member) for member in members)
    _check_unzipped(sum(len(member.content) for _, member in ordered))
    known = {} if known is None else known
    for name, one in ordered:
        if one not in known:
            known[one] = packed(name, one.content, one.executable)
    return b"".join(pieces(known[one] for _, one in ordered))


def write_zip(folder: Path, path: Path, names: Iterable[str] | None = None) -> Zip:
    """Write the zip of a folder, or of those files of it that are named, at this path; it is never in memory as a
    whole. Raises GenesysError as `zipped` does, for a link that leads out of the folder, and where the disk says no."""
    from concurrent.futures import ThreadPoolExecutor

    try:
        found = _found(folder, names)
        _check_unzipped(unzipped := sum(size for _, size, _ in found))
        digest, size = sha256(), 0
        with path.open("wb") as file, ThreadPoolExecutor(WORKERS, "genesys-zip") as pool:
            for piece in pieces(_ahead(pool, found)):
                file.write(piece)
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        why = f"{shown(str(error.filename or path))}: {error.strerror or error}"
        raise GenesysError(f"the zip of {shown(str(folder))} can't be written", why=why) from error
    return Zip(digest.hexdigest(), size, unzipped)


def packed_sizes(folder: Path) -> Mapping[str, int]:
    """What each file of a folder adds to a zip, in bytes. Raises OSError, and GenesysError as `write_zip` does."""
    return {name.decode(): _packed_file(name, path).share for name, _, path in _found(folder, None)}


def files_in(folder: Path) -> Iterator[str]:
    """The names of the files of a folder, in no order. Raises OSError, and GenesysError for a link that leads out of
    it or to a folder."""
    for name, entry in walk(folder):
        if entry.is_symlink():
            _check_link(Path(entry.path), folder)
        yield name


def in_order(things: Iterable[tuple[str, T]]) -> list[tuple[bytes, T]]:
    """Things sorted by their names in a zip. Raises GenesysError for a name that can't be one: no UTF-8, absolute,
    upwards, twice, or that of a folder too."""
    named: dict[bytes, T] = {}
    folders: set[bytes] = set()
    for name, thing in things:
        if (encoded := checked(name)) in named:
            raise _wrong(name, "is in it twice")
        named[encoded] = thing
        while (encoded := encoded.rpartition(b"/")[0]) and encoded not in folders:
            folders.add(encoded)
    if clash := folders & named.keys():
        raise _wrong(min(clash).decode(), "is a file and a folder")
    return sorted(named.items(), key=lambda item: item[0])


_DRIVE = re.compile(r"[A-Za-z]:")


def checked(name: str) -> bytes:
    """A name as it is in a zip. Raises GenesysError for one that could lead out of the folder it is unzipped into, or
    that is no UTF-8."""
    if "\\" in name or "\0" in name or _DRIVE.match(name) or not {"", ".", ".."}.isdisjoint(name.split("/")):
        raise _wrong(name, "could lead out of its folder")
    try:
        return name.encode()
    except UnicodeEncodeError as error:
        raise _wrong(name, "is no text in UTF-8", "rename it") from error


def _found(folder: Path, names: Iterable[str] | None) -> list[_File]:
    files = in_order((name, folder / name) for name in (files_in(folder) if names is None else names))
    return [(name, path.stat().st_size, path) for name, path in files]


def _ahead(pool: Executor, files: Iterable[_File]) -> Iterator[Packed]:
    """In order, while some that come after are packed side by side."""
    coming: deque[tuple[int, Future[list[Packed]]]] = deque()
    waiting = 0
    for size, batch in _batches(files):
        coming.append((size, pool.submit(_packed_files, batch)))
        waiting += size
        while waiting > AHEAD:
            first, done = coming.popleft()
            waiting -= first
            yield from done.result()
    for _, done in coming:
        yield from done.result()


def _batches(files: Iterable[_File]) -> Iterator[tuple[int, list[_File]]]:
    """Files that follow one another, and their bytes together: to hand over each small one alone takes longer than to
    pack it."""
    size, batch = 0, list[_File]()
    for file in files:
        batch.append(file)
        size += file[1]
        if size >= BATCH:
            yield size, batch
            size, batch = 0, []
    yield size, batch


def _packed_files(files: Iterable[_File]) -> list[Packed]:
    return [_packed_file(name, path) for name, _, path in files]


def _packed_file(name: bytes, path: Path) -> Packed:
    with path.open("rb", buffering=0) as file:
        executable = bool(os.fstat(file.fileno()).st_mode & stat.S_IXUSR)
        return packed(name, file.read(), executable)


# taking one apart -------------------------------------------------------------------------------------------------
def unzip(path: Path, into: Path, limit: int = UNZIPPED_LIMIT) -> None:
    """Unzip it into a folder, which is made. Only files come out, with two modes; a link to a file of the zip becomes
    that file. Raises GenesysError for what is no zip, for a name or a link that leads out of it, and for more than
    `limit` bytes; what came out before stays."""
    try:
        with ZipFile(path) as zip:
            out = files_of(zip)
            if (size := sum(info.file_size for _, info in out)) > limit:
                raise _broken(path, f"it unzips to {size / MB:.0f} MB, more than {limit / MB:.0f} MB")
            into.mkdir(parents=True, exist_ok=True)
            for name, info in out:
                _put(zip, info, into / name.decode())
    except BROKEN as error:
        raise _broken(path, str(error) or "its end is missing") from error
    except OSError as error:
        raise _broken(path, f"{shown(str(error.filename or into))}: {error.strerror or error}") from error


def files_of(zip: ZipFile) -> list[tuple[bytes, ZipInfo]]:
    """Its files by name, sorted; a link is the file that it leads to. Raises GenesysError for a name or a link that
    leads out of it."""
    files = in_order((info.filename, info) for info in zip.infolist() if not info.is_dir())
    targets = {info.filename: info for _, info in files if not _is_link(info)}
    return [(name, _followed(zip, info, targets)) for name, info in files]


def _followed(zip: ZipFile, info: ZipInfo, targets: Mapping[str, ZipInfo]) -> ZipInfo:
    if not _is_link(info):
        return info
    leads = zip.read(info) if info.file_size <= _LONGEST_PATH else b""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(info.filename), os.fsdecode(leads)))
    if target not in targets:
        raise _wrong(info.filename, "is a link to no file of the zip")
    return targets[target]


def _put(zip: ZipFile, info: ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zip.open(info) as content, path.open("xb") as file:
        copyfileobj(content, file, MB)
    path.chmod(0o755 if info.external_attr >> 16 & stat.S_IXUSR else 0o644)


def _is_link(info: ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


# what can't be ----------------------------------------------------------------------------------------------------
def _check_unzipped(size: int) -> None:
    if size > UNZIPPED_LIMIT:
        why = (
            f"it holds {size / MB:.0f} MB; Lambda unzips {UNZIPPED_LIMIT / MB:.0f} MB at most, layers and code together"
        )
        raise GenesysError(
            "this is too big for a zip", why=why, todo="leave out what it does not need, or say `package: image`"
        )


def _check_link(link: Path, folder: Path) -> None:
    target = link.resolve()
    if not target.is_relative_to(folder.resolve()):
        raise _wrong(str(link), "is a link that leads out of its folder")
    if not target.is_file():
        raise _wrong(str(link), "is a link to a folder, or to nothing")


def _wrong(name: str, why: str, todo: str = "rename it, or leave it out") -> GenesysError:
    return GenesysError("this can't be zipped", why=f"{shown(name)} {why}", todo=todo)


def _broken(path: Path, why: str) -> GenesysError:
    return GenesysError(f"{shown(str(path))} can't be unzipped", why=why, todo="make it anew")
