"""Layers of a container image: tars whose bytes tell what is in them and nothing else, compressed. Source: the OCI
image specification, "Image Layer Filesystem Changeset"."""

from __future__ import annotations

import stat
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from genesys_tui.engine.functions.packing.archive import files_in, in_order
from genesys_tui.engine.model.build import Member

_GZIP = 31
"""The window bits of zlib for a gzip header, which then has no date."""
_LEVEL = 5
_END = bytes(2 * tarfile.BLOCKSIZE)


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """A layer that lies among the artifacts. `diff_id`: SHA-256 of the tar, `sha256`: of the compressed one, both in
    hexadecimal. `size` and `unpacked`: bytes of these two."""

    diff_id: str
    sha256: str
    size: int
    unpacked: int


class Compressed:
    """A file that is written compressed, and counted on both sides."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        self._inside, self._outside = sha256(), sha256()
        self._size = self._unpacked = 0

    def write(self, content: bytes) -> None:
        self._inside.update(content)
        self._unpacked += len(content)
        self._out(self._packer.compress(content))

    def end(self) -> ImageLayer:
        """Nothing is written after it."""
        self._out(self._packer.flush())
        return ImageLayer(self._inside.hexdigest(), self._outside.hexdigest(), self._size, self._unpacked)

    def _out(self, content: bytes) -> None:
        self._outside.update(content)
        self._size += len(content)
        self._file.write(content)


def keep_layer(members: Iterable[Member | tuple[str, Path]], artifacts: Path, staging: Path) -> ImageLayer:
    """Write these files, by their names from the root of the image on, as a layer, and put it among the artifacts.
    `staging`: a path for what is not whole yet, on the same disk. Raises GenesysError for a name that can't be one,
    OSError."""
    things: Iterator[tuple[str, Member | Path]] = (
        (one.name, one) if isinstance(one, Member) else one for one in members
    )
    named = in_order(things)
    with staging.open("wb") as file:
        packed = Compressed(file)
        for name, one in named:
            for piece in _packed(name.decode(), one):
                packed.write(piece)
        packed.write(_END)
        layer = packed.end()
    return kept(layer, staging, artifacts)


def kept(layer: ImageLayer, staging: Path, artifacts: Path) -> ImageLayer:
    """The layer, moved to where artifacts lie. Raises OSError."""
    artifacts.mkdir(parents=True, exist_ok=True)
    staging.replace(artifacts / layer.sha256)
    return layer


def below(folder: Path, place: str) -> Iterator[tuple[str, Path]]:
    """The files of a folder by what they are called in an image where the folder stands at `place`. Raises OSError, and
    GenesysError for a link that leads out of it."""
    for name in files_in(folder):
        yield f"{place}/{name}", folder / name


def _packed(name: str, one: Member | Path) -> Iterator[bytes]:
    """A file as it stands in a tar: its header, its content, and zeros to the end of a block."""
    if isinstance(one, Member):
        content, executable = one.content, one.executable
    else:
        content, executable = one.read_bytes(), bool(one.stat().st_mode & stat.S_IXUSR)
    yield _entry(name, len(content), executable=executable).tobuf(tarfile.PAX_FORMAT)
    yield content
    yield bytes(-len(content) % tarfile.BLOCKSIZE)


def _entry(name: str, size: int, *, executable: bool) -> tarfile.TarInfo:
    """Of nobody in particular, and of no date: what TarInfo begins with."""
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o755 if executable else 0o644
    return entry
