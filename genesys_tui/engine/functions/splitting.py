"""Dependencies that are too big for one layer, as several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genesys_tui.engine.functions.archive import MB, UNZIPPED_LIMIT, packed_sizes
from genesys_tui.engine.functions.packages import Package
from genesys_tui.engine.local import DIRECT_LIMIT
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.shown import shown

LAYERS = 5
"""How many a function has at most (Lambda quotas)."""
_FRAME = 1024
"""Bytes: more than what a zip has beside its files."""
_HEADERS = 500
"""Bytes: more than what a zip says of a file, with a name of usual length."""


@dataclass(frozen=True, slots=True)
class Part:
    """What makes one layer. `files`: their names in the folder, sorted. `unzipped` in bytes; `contents`: packages and
    their bytes, the biggest first."""

    files: tuple[str, ...]
    unzipped: int
    contents: tuple[tuple[str, int], ...]


def sizes(found: Sequence[Package]) -> tuple[tuple[str, int], ...]:
    """Packages and their bytes, the biggest first."""
    return tuple((one.name, one.size) for one in found)


def whole(found: Sequence[Package], code: int = 0) -> Part:
    """All packages of a folder as one part. Raises GenesysError as `split` does."""
    _check_fitting(found, code)
    return _part(found)


def split(folder: Path, found: Sequence[Package], code: int = 0, most: int = LAYERS) -> list[Part]:
    """The packages of a folder, all of them, as one part where its zip can be sent in one call, else as few parts as
    that takes, of whole packages, at most `most`. A part may be over that still: a package that is too big alone, or
    too many for `most`; such a zip goes through a bucket. Equal folders are split equally. `code`: bytes of the code
    beside them. Raises OSError, and GenesysError where all of it is more than Lambda unzips."""
    _check_fitting(found, code)
    unzipped = sum(one.size for one in found)
    if unzipped + _HEADERS * sum(len(one.files) for one in found) + _FRAME <= DIRECT_LIMIT:
        return [_part(found)]
    packed = packed_sizes(folder)
    heavy = {one.files[0]: sum(packed[name] for name in one.files) for one in found}
    heaviest = sorted(found, key=lambda one: (-heavy[one.files[0]], one.files[0]))
    return [_part(group) for group in _grouped(heaviest, heavy, most)]


def _check_fitting(found: Sequence[Package], code: int) -> None:
    if (unzipped := sum(one.size for one in found) + code) > UNZIPPED_LIMIT:
        raise _too_big(found, unzipped)


def _grouped(found: Sequence[Package], heavy: Mapping[str, int], most: int) -> list[list[Package]]:
    """First fit, the heaviest first; where `most` groups are not enough, the lightest group takes the rest."""
    groups: list[list[Package]] = []
    weights: list[int] = []
    for package in found:
        weight = heavy[package.files[0]]
        fits = (at for at, has in enumerate(weights) if has + weight + _FRAME <= DIRECT_LIMIT)
        at = next(fits, None)
        if at is None and len(groups) < most:
            groups.append([])
            weights.append(0)
            at = len(groups) - 1
        elif at is None:
            at = weights.index(min(weights))
        groups[at].append(package)
        weights[at] += weight
    return groups


def _part(group: Sequence[Package]) -> Part:
    biggest = sorted(group, key=lambda one: (-one.size, one.name))
    return Part(
        files=tuple(sorted(name for one in group for name in one.files)),
        unzipped=sum(one.size for one in group),
        contents=tuple((one.name, one.size) for one in biggest),
    )


def _too_big(found: Sequence[Package], size: int) -> GenesysError:
    biggest = ", ".join(f"{shown(one.name)} {one.size / MB:.0f} MB" for one in found[:5])
    return GenesysError(
        f"the dependencies are {size / MB:.0f} MB unzipped, with the code",
        why=f"Lambda unzips {UNZIPPED_LIMIT / MB:.0f} MB at most; the biggest are {biggest}",
        todo="leave out what it does not need, or make it a container image, which may hold 10 GB: `package: image`",
    )
