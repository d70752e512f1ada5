"""Filling in a call's params: outputs of what was done before, the token of this execution, and what this machine
gives (artifacts, secrets)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from pathlib import Path

from genesys_tui.engine.local import read_artifact, read_piece, read_secret
from genesys_tui.engine.model.call import Blob, Capture, Each, Joined, Json, Params, Secret, Token, Value
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.references import Output, Outputs, resolve
from genesys_tui.engine.model.resource import Reference


@dataclass(frozen=True, slots=True)
class Context:
    """What a step knows when it sends: its own outputs so far, those of other addresses, its token, and where the
    artifacts of this machine are."""

    address: str
    token: str
    own: Mapping[str, str]
    others: Outputs
    artifacts: Path | None = None
    each: Value = None
    """What the read of a repeated call found."""

    def fill(self, params: Params) -> dict[str, Value]:
        """The params as they are sent. Raises GenesysError for an output that nothing made."""
        return {key: self._value(value) for key, value in params.items()}

    def _value(self, value: Value) -> Value:
        match value:
            case Reference():
                return self._reference(value)
            case Mapping():
                return self.fill(value)
            case list() | tuple():
                return [self._value(inner) for inner in value]
            case Json(document):
                return dumps(self._value(document), separators=(",", ":"))
            case Joined(parts):
                return "".join(str(self._value(part)) for part in parts)
            case Output() | Token() | Blob() | Secret() | Each():
                return self._made(value)
            case _:
                return value

    def _made(self, value: Output | Token | Blob | Secret | Each) -> Value:
        """What only this moment knows."""
        match value:
            case Output(name, address):
                return self._output(name, address)
            case Token(digest):
                return sha256(self.token.encode()).hexdigest()[:32] if digest else self.token
            case Blob(digest, start, int(size)):
                return read_piece(self.artifacts, digest, start, size)
            case Blob(digest):
                return read_artifact(self.artifacts, digest)
            case Secret(source):
                return read_secret(source)
            case Each():
                return self.each

    def _output(self, name: str, address: str | None) -> str:
        known = self.own if address in (None, self.address) else self.others.get(address or "", {})
        if name not in known:
            raise GenesysError(f"{address or self.address} has no output '{name}'", why="nothing made it yet")
        return known[name]

    def _reference(self, text: Reference) -> str:
        filled = resolve(text, self.others)
        if isinstance(filled, Reference):
            raise GenesysError(f"{text} can't be resolved", why="no output of that name was made")
        return str(filled)


def captured(captures: Mapping[str, Capture], answer: object) -> dict[str, str] | None:
    """The outputs that stand in an answer; None when a required one is missing."""
    from jmespath import search

    found: dict[str, str] = {}
    for name, capture in captures.items():
        value = search(capture.expression, answer)
        if value is None:
            if capture.required:
                return None
            continue
        found[name] = str(value).removeprefix(capture.drop)
    return found


def holds(expression: str, answer: object) -> bool:
    """Whether a JMESPath expression is true of an answer."""
    from jmespath import search

    return bool(search(expression, answer or {}))
