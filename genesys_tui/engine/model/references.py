"""References to the outputs of other resources: `${kind.name.output}`. `$${` is a plain `${`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesys_tui.engine.model.document import Document, Leaf, leaves, nest
from genesys_tui.engine.model.resource import Reference

Outputs = Mapping[str, Mapping[str, str]]
"""What is known of the outputs of each address."""

_PIECE = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*)(?P<end>\}?)")
_SHAPE = "a reference is written ${kind.name.output}; write $${ for a plain ${"


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a resource: of `address`, else of the one that it is named by."""

    name: str
    address: str | None = None


class BadReferenceError(ValueError):
    """What is wrong with a reference, and in `fix` what would be right."""

    def __init__(self, what: str, fix: str = _SHAPE) -> None:
        super().__init__(what)
        self.fix = fix


def pieces(text: str) -> Iterator[str | Output]:
    """The plain parts, unescaped, and the references, in order. A name may hold dots. Raises BadReferenceError."""
    end = 0
    for found in _PIECE.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        end = found.end()
        if found["inside"] is None:
            yield "${"
            continue
        if not found["end"]:
            raise BadReferenceError(f"{found[0][:60]!r} has no closing brace")
        address, _, output = found["inside"].strip().rpartition(".")
        if not output or not all(address.partition(".")):
            raise BadReferenceError(f"{found[0]!r} names no output of a resource")
        yield Output(output, address)
    if end < len(text):
        yield text[end:]


def references(text: str) -> tuple[Output, ...]:
    """The outputs that `text` refers to, in order. Raises BadReferenceError."""
    return tuple(piece for piece in pieces(text) if isinstance(piece, Output))


def written(output: Output) -> str:
    """`${bucket.app-data.arn}`: how a reference stands in a text."""
    return f"${{{output.address}.{output.name}}}"


def escaped(text: str) -> str:
    """A plain text as it must be written beside references."""
    return text.replace("${", "$${")


def name_in(text: str) -> str:
    """The name of what a text names: of a reference the resource's, of an ARN its last word, else the text itself."""
    found = references(text) if "${" in text else ()
    if found:
        return str(found[0].address).partition(".")[2]
    return text.rpartition(":")[2].rpartition("/")[2] if text.startswith("arn:") else text


def referred(document: Document) -> tuple[Output, ...]:
    """Every output that a document refers to, in order, each once."""
    texts = (text for _, value in leaves(document) for text in _texts(value))
    return tuple(dict.fromkeys(output for text in texts for output in references(text)))


def _texts(value: Leaf) -> Iterator[Reference]:
    match value:
        case Reference():
            yield value
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case _:
            pass


# what they come to ---------------------------------------------------------------------------------------------------
def resolved(document: Document, outputs: Outputs) -> Document:
    """The document with every reference whose outputs are all known replaced by its text."""
    if not any(holds_reference(value) for _, value in leaves(document)):
        return document
    return nest((path, resolve(value, outputs)) for path, value in leaves(document))


def resolve(value: Leaf, outputs: Outputs) -> Leaf:
    """One value; a `Reference` stays one while an output of it is not known yet."""
    if isinstance(value, list | tuple):
        return [resolve(inner, outputs) for inner in value]
    if isinstance(value, Mapping):
        return {key: resolve(inner, outputs) for key, inner in value.items()}
    if not isinstance(value, Reference):
        return value
    parts = [_part(piece, outputs) for piece in pieces(value)]
    known = [part for part in parts if part is not None]
    return "".join(known) if len(known) == len(parts) else value


def holds_reference(value: Leaf) -> bool:
    """Whether it is a reference, or holds one."""
    if isinstance(value, list | tuple):
        return any(map(holds_reference, value))
    if isinstance(value, Mapping):
        return any(map(holds_reference, value.values()))
    return isinstance(value, Reference)


def _part(piece: str | Output, outputs: Outputs) -> str | None:
    return piece if isinstance(piece, str) else outputs.get(piece.address or "", {}).get(piece.name)
