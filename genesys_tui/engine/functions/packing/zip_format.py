"""The bytes of a zip (PKWARE APPNOTE 6.3) and its one compressor.

libdeflate is the compressor: it gives the same bytes on every processor, four times faster than zlib. (ISA-L, twice as
fast again, gives other bytes on arm64 than on x86_64: two colleagues would update each other's code for ever.) Where it
is not installed zlib does it; the bytes of zlib differ from build to build, and so it is another recipe.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import pack

try:
    from deflate import crc32, deflate_compress
except ImportError:
    RECIPE = "zlib-1"
else:
    RECIPE = "libdeflate-1"
"""Which compressor it is; a part of what decides a layer's key."""

_MANY = 0xFFFF
_DATE = 0x21
"""1980-01-01, the first day that a zip can tell."""
_UTF_8 = 0x800
_VERSION, _VERSION_64 = 20, 45
_UNIX = 3 << 8
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Packed:
    """A file as it lies in a zip. `size`: of what is in it, in bytes."""

    name: bytes
    executable: bool
    method: int
    crc: int
    size: int
    content: bytes

    @property
    def share(self) -> int:
        """What it adds to a zip, in bytes."""
        return len(_local(self)) + len(self.content) + len(_central(self, 0))


def packed(name: bytes, content: bytes, executable: bool) -> Packed:
    """Deflated where that is smaller, else as it is."""
    crc, deflated = _compressed(content)
    if len(deflated) < len(content):
        return Packed(name, executable, _DEFLATED, crc, len(content), deflated)
    return Packed(name, executable, _STORED, crc, len(content), content)


def pieces(files: Iterable[Packed]) -> Iterator[bytes]:
    """The zip of them, piece by piece."""
    index: list[bytes] = []
    offset = 0
    for one in files:
        index.append(_central(one, offset))
        yield (head := _local(one))
        yield one.content
        offset += len(head) + len(one.content)
    yield (central := b"".join(index))
    yield _end(len(index), len(central), offset)


def _local(one: Packed) -> bytes:
    return pack("<4s2H", b"PK\3\4", _VERSION, _flags(one)) + _facts(one) + one.name


def _central(one: Packed, offset: int) -> bytes:
    mode = stat.S_IFREG | (0o755 if one.executable else 0o644)
    start = pack("<4s3H", b"PK\1\2", _UNIX | _VERSION, _VERSION, _flags(one))
    return start + _facts(one) + pack("<3H2L", 0, 0, 0, mode << 16, offset) + one.name


def _facts(one: Packed) -> bytes:
    """What the two headers of a file have in common."""
    return pack("<3H3L2H", one.method, 0, _DATE, one.crc, len(one.content), one.size, len(one.name), 0)


def _flags(one: Packed) -> int:
    return 0 if one.name.isascii() else _UTF_8


def _end(count: int, size: int, offset: int) -> bytes:
    """The end of the zip; with the 64-bit one where there are more files than 16 bits count."""
    long = b""
    if count > _MANY:
        long = pack("<4sQ2H2L4Q", b"PK\6\6", 44, _UNIX | _VERSION_64, _VERSION_64, 0, 0, count, count, size, offset)
        long += pack("<4sLQL", b"PK\6\7", 0, offset + size, 1)
    few = min(count, _MANY)
    return long + pack("<4s4H2LH", b"PK\5\6", 0, 0, few, few, size, offset, 0)


def _by_libdeflate(content: bytes) -> tuple[int, bytes]:
    return crc32(content), bytes(deflate_compress(content, 1))


def _by_zlib(content: bytes) -> tuple[int, bytes]:
    return zlib.crc32(content), zlib.compress(content, 6, -15)


_compressed = _by_zlib if RECIPE == "zlib-1" else _by_libdeflate
"""CRC-32 of a content, and itself deflated."""
