"""Dependencies that are too big for one layer, as several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genesys_tui.engine.functions.packing.archive import packed_sizes
from genesys_tui.engine.functions.packing.packages import Package
from genesys_tui.engine.local import DIRECT_LIMIT

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


def split(folder: Path, found: Sequence[Package], most: int = LAYERS) -> list[Part]:
    """The packages of a folder, all of them, as one part where its zip can be sent in one call, else as few parts as
    that takes, of whole packages, at most `most`. A part may be over that still: a package that is too big alone, or
    too many for `most`; such a zip goes through a bucket. Equal folders are split equally. Raises OSError, and
    GenesysError as `archive.packed_sizes` does."""
    unzipped = sum(one.size for one in found)
    if unzipped + _HEADERS * sum(len(one.files) for one in found) + _FRAME <= DIRECT_LIMIT:
        return [part_of(found)]
    packed = packed_sizes(folder)
    heavy = {one.files[0]: sum(packed[name] for name in one.files) for one in found}
    heaviest = sorted(found, key=lambda one: (-heavy[one.files[0]], one.files[0]))
    return [part_of(group) for group in _grouped(heaviest, heavy, most)]


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


def part_of(group: Sequence[Package]) -> Part:
    """These packages as one part."""
    biggest = sorted(group, key=lambda one: (-one.size, one.name))
    return Part(
        files=tuple(sorted(name for one in group for name in one.files)),
        unzipped=sum(one.size for one in group),
        contents=tuple((one.name, one.size) for one in biggest),
    )
