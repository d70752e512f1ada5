"""Settings in a plan's sentences. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from genesys_tui.engine.model.document import Document, Leaf, leaves
from genesys_tui.engine.model.resource import Reference


def settings_in_words(changed: Document, names: Mapping[str, str] | None = None) -> str:
    """`memory to 512 and timeout to 30`. `names`: what a field is called where its own word will not do."""
    said = [f"{_name(path, names or {})} {_value(value)}" for path, value in leaves(changed)]
    return " and ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))


def _name(path: tuple[str, ...], names: Mapping[str, str]) -> str:
    first = names.get(path[0], path[0].replace("_", " "))
    return " ".join((first, *path[1:]))


def _value(value: Leaf) -> str:
    match value:
        case None:
            return "to nothing"
        case bool():
            return "on" if value else "off"
        case Reference():
            return f"to {plain(value)}"
        case str() | int() | float():
            return f"to {value}"
        case _:
            return f"to {', '.join(map(str, value)) or 'nothing'}"


def plain(text: str) -> str:
    """A text with its references by address: `the arn of queue.jobs` is `queue.jobs.arn`."""
    return text.replace("${", "").replace("}", "")
