"""What a resource is to be: the wish, laid over what we remember of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from genesys_tui.engine.model.document import Document, Leaf, Path, Unset, leaves, lookup, nest, overlay, paths
from genesys_tui.engine.model.kind import AnyKind
from genesys_tui.engine.model.resource import Desired, Fragment


@dataclass(frozen=True, slots=True)
class Wanted:
    """`spec`: every managed field. `asked`: those asked for. `dropped`: those that go back to their default or away,
    and of which only the ones with a default stay managed."""

    spec: Document
    asked: frozenset[Path]
    dropped: frozenset[Path] = frozenset()

    @property
    def remembered(self) -> Document:
        """What of it we will manage from now on."""
        return nest((path, value) for path, value in leaves(self.spec) if not (path in self.dropped and value is None))


def wanted(kind: AnyKind, desired: Desired, fragment: Fragment | None) -> Wanted:
    """Words are a patch on what we remember; a stack file is the whole wish, and a field that it drops is reset."""
    asked = paths(desired.spec)
    if fragment is None:
        return Wanted(desired.spec, asked)
    if not desired.complete:
        return Wanted(overlay(fragment.spec, desired.spec), asked | fragment.asked)
    resets = dict(_resets(kind, fragment, asked))
    if not resets:
        return Wanted(overlay(fragment.spec, desired.spec), asked)
    kept = nest((path, value) for path, value in leaves(fragment.spec) if not _within(path, resets))
    spec = overlay(overlay(kept, nest(resets.items())), desired.spec)
    return Wanted(spec, asked, frozenset(resets))


def _resets(kind: AnyKind, fragment: Fragment, asked: frozenset[Path]) -> list[tuple[Path, Leaf]]:
    """The managed fields that were asked for and are not any more, with what they go back to. What can't change in
    place is kept. A record that lost all its fields goes as a whole."""
    resets: list[tuple[Path, Leaf]] = []
    for path in sorted(fragment.asked - asked):
        if path[0] in kind.create_only | kind.kept or _within(path, dict(resets)):
            continue
        if path[0] in kind.spec.records and not any(other[:2] == path[:2] for other in asked):
            resets.append((path[:2], None))
            continue
        default = lookup(kind.defaults, path)
        resets.append((path, None if isinstance(default, Unset) else default))
    return resets


def _within(path: Path, places: Mapping[Path, Leaf]) -> bool:
    return any(path[:length] in places for length in range(1, len(path) + 1))
