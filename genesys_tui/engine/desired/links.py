"""How the resources of a file point at each other: `depends_on`, and references in texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from genesys_tui.engine.desired.tree import Node, Plain, Source, Trail, shown
from genesys_tui.engine.desired.vocabulary import (
    meant,
    sections,
    suggestion,
)
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.references import BadReferenceError, Output, escaped, pieces, referred, written
from genesys_tui.engine.model.resource import Reference, address_of, split_address
from genesys_tui.engine.providers import registry

_COURTESY = 50
"""Mistakes after which no near name is searched any more: difflib is slow among thousands of names."""


class Links:
    """Every address of a file, and what points at it. Mistakes go to `source`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._lines: dict[str, int] = {}
        """The line of each address."""
        self._entries: dict[str, tuple[str, ...]] = {}
        """The addresses of each entry, by kind and written name: several with `count`."""
        self._unsure: set[str] = set()
        """Names of entries whose addresses are not known, for mistakes reported elsewhere."""

    def add(self, kind: str, name: str, addresses: Sequence[str], node: Node, trail: Trail) -> None:
        if not kind or not addresses:
            self._unsure.add(name)
        for address in addresses:
            if first := self._lines.get(address):
                self._source.problem(
                    node, trail, f"{shown(address)} is here twice: first in line {first}", "give one another name"
                )
            self._lines.setdefault(address, node.line)
        self._entries.setdefault(address_of(kind, name), tuple(addresses))

    def depends_on(self, node: Node | None, trail: Trail, own: Iterable[str]) -> list[str]:
        """The addresses that a `depends_on` names: addresses, section aliases, or bare names."""
        if node is None or node.value is None:
            return []
        if not isinstance(node.value, str | list):
            self._source.problem(node, trail, f"`depends_on` can't be {node}", "it takes a list of names or addresses")
            return []
        needs: dict[str, None] = {}
        for place, one in enumerate(node.value if isinstance(node.value, list) else [node]):
            at = (*trail, place) if isinstance(node.value, list) else trail
            if not isinstance(one.value, str):
                self._source.problem(one, at, f"`depends_on` can't hold {one}", "write a name or an address")
                continue
            found = self._named(one.value)
            if set(found) & set(own):
                self._source.problem(one, at, f"{shown(one.value)} depends on itself", "take it away")
            elif len({split_address(address)[0] for address in found}) > 1:
                self._source.problem(
                    one, at, f"{shown(one.value)} could be any of {', '.join(found)}", "write one of them"
                )
            elif not found and one.value not in self._unsure:
                self._source.problem(one, at, f"nothing here is named {shown(one.value)}", self._near(one.value))
            needs.update(dict.fromkeys(found))
        return list(needs)

    def _named(self, text: str) -> tuple[str, ...]:
        """The addresses of an address, an alias or a bare name."""
        target, name = split_address(text)
        for kind in _kinds(target):
            address = address_of(kind, name)
            if address in self._lines:
                return (address,)
            if address in self._entries:
                return self._entries[address]
        bare = (address_of(kind, text) for kind in registry.names())
        return tuple(found for one in bare for found in self._entries.get(one, (one,) if one in self._lines else ()))

    def resolved(self, node: Node, trail: Trail, own: Sequence[str], needs: list[str]) -> Plain:
        """The plain value of a field, with its references checked and normalised. What they name goes to `needs`."""
        match node.value:
            case dict():
                return {key: self.resolved(inner, (*trail, key), own, needs) for key, inner in node.value.items()}
            case list():
                return [self.resolved(inner, (*trail, place), own, needs) for place, inner in enumerate(node.value)]
            case str() if "${" in node.value:
                return self._text(node, node.value, trail, own, needs)
            case _:
                return node.value

    def needed(self, document: Document, needs: list[str]) -> None:
        """The resources of this file that a document refers to by bare names."""
        for output in referred(document):
            if output.address in self._lines and output.address not in needs:
                needs.append(str(output.address))

    def _text(self, node: Node, text: str, trail: Trail, own: Sequence[str], needs: list[str]) -> str:
        try:
            parts = [self._normal(part) if isinstance(part, Output) else part for part in pieces(text)]
        except BadReferenceError as mistake:
            self._source.problem(node, trail, str(mistake), mistake.fix)
            return text
        outputs = [part for part in parts if isinstance(part, Output)]
        for output in outputs:
            address = str(output.address)
            if address in own:
                self._source.problem(node, trail, f"{written(output)} refers to itself", "name another resource")
            if address in self._lines and address not in needs:
                needs.append(address)
        if not outputs:
            return "".join(map(str, parts))
        return Reference("".join(written(part) if isinstance(part, Output) else escaped(part) for part in parts))

    def _normal(self, reference: Output) -> Output:
        """The reference by kind instead of section. Raises BadReferenceError."""
        target, name = split_address(str(reference.address))
        if not _kinds(target):
            words = {*registry.names(), *sections()}
            raise BadReferenceError(
                f"{written(reference)}: {shown(target)} is no kind", suggestion(target, words, "kinds")
            )
        kind = next((kind for kind in _kinds(target) if address_of(kind, name) in self._lines), None)
        if kind is None:
            if self._is_unsure(name):
                return reference
            raise BadReferenceError(f"{written(reference)}: no {target} here is named {shown(name)}", self._near(name))
        if not registry.kind(kind).has_output(reference.name):
            fix = suggestion(reference.name, registry.kind(kind).outputs, "outputs")
            raise BadReferenceError(f"{written(reference)}: a {kind} has no output {shown(reference.name)}", fix)
        return Output(reference.name, address_of(kind, name))

    def _is_unsure(self, name: str) -> bool:
        return name in self._unsure or name.rpartition("-")[0] in self._unsure

    def _near(self, text: str) -> str:
        """The address that was probably meant."""
        if len(self._source.problems) > _COURTESY:
            return "add it, or correct the name"
        names = {split_address(address)[1]: address for address in self._lines}
        near = meant(text, self._lines) or names.get(meant(text, names), "")
        return f"did you mean {near!r}?" if near else "add it, or correct the name"


def _kinds(target: str) -> tuple[str, ...]:
    """The kinds that a reference's first word may mean: a kind, or a section's."""
    own = (target,) if target in registry.names() else ()
    return tuple(dict.fromkeys((*own, *sections().get(target, ()))))
