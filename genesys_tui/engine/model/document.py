"""Specs as documents: nested mappings in which a missing field is *unset*, None is *absent*, all else a value.

Only a top field can be unset in what was read: once a field was read, whatever is not in it is absent. Lists are
values, and sets: their order means nothing. What has keys (tags, rules, subnets) is a mapping by key, so that each
element is managed, compared and undone alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

Leaf: TypeAlias = "bool | int | float | str | Sequence[Leaf] | Mapping[str, Leaf] | None"
Document: TypeAlias = Mapping[str, Leaf]
Path: TypeAlias = tuple[str, ...]
Json: TypeAlias = dict[str, object]
"""What is printed: `json.dumps` takes it."""


class Unset:
    """The value of what was not read, or is not managed."""

    def __repr__(self) -> str:
        return "unset"


UNSET: Final = Unset()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `before` is what is there (UNSET where nothing was), `after` what is wanted."""

    path: Path
    before: Leaf | Unset
    after: Leaf


def leaves(document: Document, prefix: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """Every path that holds a value, in order. An empty mapping holds none."""
    for key, value in document.items():
        path = (*prefix, key)
        if isinstance(value, Mapping):
            yield from leaves(value, path)
        else:
            yield path, value


def paths(document: Document) -> frozenset[Path]:
    """The paths of all leaves."""
    return frozenset(path for path, _ in leaves(document))


def lookup(document: Document, path: Path) -> Leaf | Unset:
    """The value at `path`; UNSET where the top field is missing, None where only what is below it is."""
    if path[0] not in document:
        return UNSET
    value: Leaf = document[path[0]]
    for key in path[1:]:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def nest(items: Iterable[tuple[Path, Leaf]]) -> dict[str, Leaf]:
    """The document that has these values at these paths."""
    document: dict[str, Leaf] = {}
    for path, value in items:
        place = document
        for key in path[:-1]:
            inner = place.get(key)
            if not isinstance(inner, dict):
                inner = place[key] = {}
            place = inner
        place[path[-1]] = value
    return document


def overlay(base: Document, top: Document) -> dict[str, Leaf]:
    """`base` with every value of `top` laid over it. None in `top` stands; it does not remove."""
    merged = dict(base)
    for key, value in top.items():
        under = merged.get(key)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            merged[key] = overlay(under, value)
        else:
            merged[key] = value
    return merged


def without_absent(document: Document) -> dict[str, Leaf]:
    """The document less everything that is None: what is really there."""
    return {
        key: without_absent(value) if isinstance(value, Mapping) else value
        for key, value in document.items()
        if value is not None
    }


def differences(want: Document, have: Document) -> tuple[Change, ...]:
    """Every value of `want` that `have` does not hold. What `want` does not name is not looked at."""
    changes = ((path, lookup(have, path), value) for path, value in leaves(want))
    return tuple(Change(path, before, after) for path, before, after in changes if not same(before, after))


def same(one: Leaf | Unset, other: Leaf | Unset) -> bool:
    """Equal, with nothing distinguished between unset and absent. Lists are sets: their order means nothing (what has
    an order, such as the words of a command, is one text)."""
    return _plain(one) == _plain(other)


def _plain(value: Leaf | Unset) -> Leaf:
    match value:
        case Unset():
            return None
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items() if inner is not None} or None
        case str() | None | bool() | int() | float():
            return value
        case _:
            return sorted((_plain(inner) for inner in value), key=repr)


def dotted(path: Path) -> str:
    """`lifecycle.delete_after_days`: a path for people."""
    return ".".join(path)
