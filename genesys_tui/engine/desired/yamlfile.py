"""YAML, read from libyaml's events into a tree that knows its lines.

Events and not composed nodes, because the C composer overflows the stack on deep nesting and follows recursive aliases.
Scalars are read as YAML 1.1 reads switches (`on`, `yes`) and as YAML 1.2 reads the rest, so that a date, `12:30` or
`0123` stays the text that it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genesys_tui.engine.desired.tree import DEPTH_LIMIT, SIZE_LIMIT, Node, Scalar, Source

if TYPE_CHECKING:
    import yaml

_SWITCHES = {
    spelling: value
    for word, value in {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}.items()
    for spelling in (word, word.title(), word.upper())
}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+(?:[eE][-+]?[0-9]{1,3})?|[eE][-+]?[0-9]{1,3})")
_STANDARD = "tag:yaml.org,2002:"
_TEXT = frozenset({None, "!", _STANDARD + "str"})
_COLLECTION = frozenset({None, "!", _STANDARD + "map", _STANDARD + "seq"})
_RESOLVED = frozenset(_STANDARD + word for word in ("int", "float", "bool", "null"))


def scalar(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _NOTHING:
        return None
    if text in _SWITCHES:
        return _SWITCHES[text]
    if text[0] not in "+-0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def read_yaml(text: str, source: Source) -> Node:
    """The one document of `text`. Mistakes that can be read past go to `source`. Raises WishError for syntax."""
    import yaml

    loader: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Reader(yaml.parse(text, Loader=loader), source).document()
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        line, column = (place.line + 1, place.column + 1) if place else (1, 1)
        raise source.stop(
            line, f"this is not YAML: {error.problem or error.context}", _advice(error, text, line), column
        ) from None


def _advice(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    around = text.split("\n")[max(line - 2, 0) : line]
    if any("\t" in one[: len(one) - len(one.lstrip())] for one in around):
        return "indent with spaces, not with tabs"
    if "mapping values are not allowed" in str(error.problem):
        return "check the indentation, and put a text that holds ': ' in quotes"
    if "start any token" in str(error.problem):
        return "put a text that starts with this character in quotes"
    return "check the indentation and the quotes of this line and the one before"


def _place(event: yaml.Event) -> tuple[int, int]:
    """Line and column, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Reader:
    """Builds the tree from events, one pass."""

    def __init__(self, events: Iterator[yaml.Event], source: Source) -> None:
        self._events = events
        self._source = source
        self._anchors: dict[str, Node | None] = {}
        """None while the anchored value is still being read."""
        self._count = 0

    def document(self) -> Node:
        import yaml

        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise self._source.stop(1, "the file is empty", "a stack file needs at least `resources:`")
        node = self._node(next(self._events), 0)
        next(self._events)  # the document's end
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            line, _ = _place(following)
            raise self._source.stop(line, "a second document starts here", "a stack file is one YAML document")
        return node

    def _node(self, event: yaml.Event, depth: int) -> Node:
        import yaml

        line, column = _place(event)
        if depth > DEPTH_LIMIT:
            raise self._source.stop(line, f"nested deeper than {DEPTH_LIMIT} levels", column=column)
        anchor: str | None = getattr(event, "anchor", None)
        if anchor and isinstance(event, yaml.AliasEvent):
            return self._alias(anchor, line, column)
        self._grow(1, line)
        if anchor:
            self._anchors[anchor] = None
        match event:
            case yaml.ScalarEvent():
                node = self._scalar(event, line, column)
            case yaml.SequenceStartEvent():
                node = self._sequence(event.tag, Node(None, line, column), depth)
            case _:
                node = self._mapping(getattr(event, "tag", None), Node(None, line, column), depth)
        if anchor:
            self._anchors[anchor] = node
        return node

    def _grow(self, size: int, line: int) -> None:
        self._count += size
        if self._count > SIZE_LIMIT:
            raise self._source.stop(line, f"the file comes to more than {SIZE_LIMIT:,} values", "use fewer aliases")

    def _alias(self, anchor: str, line: int, column: int) -> Node:
        target = self._anchors.get(anchor)
        if target is None:
            inside = anchor in self._anchors
            what = "stands inside the value that it names" if inside else "names nothing that came before"
            fix = "a value can't hold itself" if inside else f"write &{anchor} before the value it should name"
            raise self._source.stop(line, f"the alias *{anchor} {what}", fix, column)
        self._grow(target.size, line)
        return target.at(line, column)

    def _scalar(self, event: yaml.ScalarEvent, line: int, column: int) -> Node:
        plain = event.implicit[0] or event.tag in _RESOLVED
        if not plain and event.tag not in _TEXT:
            self._refuse_tag(event.tag, line, column)
        return Node(scalar(event.value) if plain else event.value, line, column, event.value)

    def _sequence(self, tag: str | None, node: Node, depth: int) -> Node:
        import yaml

        self._check_collection(tag, node)
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        node.value = items
        node.size += sum(item.size for item in items)
        return node

    def _mapping(self, tag: str | None, node: Node, depth: int) -> Node:
        import yaml

        self._check_collection(tag, node)
        entries: dict[str, Node] = {}
        merged: list[Node] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1).at(key.line, key.column)
            if isinstance(key.value, list | dict):
                self._problem(key.line, key.column, "a key must be a word", "write it as `key: value`")
            elif key.text == "<<" and isinstance(event, yaml.ScalarEvent) and event.implicit[0]:
                merged.append(value)
            elif key.text in entries:
                first = entries[key.text].line
                self._problem(
                    key.line, key.column, f"{key.text!r} is here twice: first in line {first}", "keep one of them"
                )
            else:
                entries[key.text] = value
        for value in merged:
            self._merge(entries, value)
        node.value = entries
        node.size += sum(inner.size for inner in entries.values())
        return node

    def _merge(self, entries: dict[str, Node], value: Node) -> None:
        """`<<: *defaults`, or a list of such: what is there already wins."""
        for source in value.value if isinstance(value.value, list) else [value]:
            if not isinstance(source.value, dict):
                self._problem(value.line, value.column, "`<<` merges mappings only", "write `<<: *anchor`")
                return
            for key, inner in source.value.items():
                entries.setdefault(key, inner)

    def _check_collection(self, tag: str | None, node: Node) -> None:
        if tag not in _COLLECTION:
            self._refuse_tag(tag, node.line, node.column)

    def _refuse_tag(self, tag: str | None, line: int, column: int) -> None:
        self._problem(line, column, f"the YAML tag {tag!r} has no meaning here", "take it away")

    def _problem(self, line: int, column: int, what: str, fix: str) -> None:
        self._source.problem(Node(None, line, column), (), what, fix)
