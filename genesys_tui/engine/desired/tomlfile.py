"""TOML, read by tomllib, with the lines that tomllib does not keep found by a scan of our own.

The scan trusts that tomllib accepted the text, and so only has to follow it: tables, keys, arrays, inline tables.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TypeAlias

from genesys_tui.engine.desired.tree import DEPTH_LIMIT, Node, Source, Trail

Place: TypeAlias = tuple[int, int]

_TOKEN = re.compile(
    r'''(?P<text>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<newline>\n)|(?P<mark>[\[\]{},=])|(?P<bare>[^\s\[\]{},="'\#]+)|\#[^\n]*""",
    re.DOTALL,
)
_DEEP_KEY = re.compile(
    rf"""(?:^|[{{,])[ \t\[]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{DEPTH_LIMIT}}}""", re.MULTILINE
)
"""A key of more parts than may be nested, for which tomllib takes quadratic time and memory."""
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_toml(text: str, source: Source) -> Node:
    """The tree of `text`. Raises WishError for syntax."""
    text = text.replace("\r\n", "\n")
    if deep := _DEEP_KEY.search(text):
        raise source.stop(text[: deep.start()].count("\n") + 1, f"nested deeper than {DEPTH_LIMIT} levels")
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise source.stop(1, f"nested deeper than {DEPTH_LIMIT} levels") from None
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.search(str(error))
        last = text.rstrip().count("\n") + 1
        line, column = (int(found[1]), int(found[2])) if found and found[1] else (last, 1)
        what = f"this is not TOML: {_POSITION.sub('', str(error))}"
        raise source.stop(line, what, "check the quotes, brackets and `=` of this line", column) from None
    except ValueError:  # of int(), which takes 4300 digits
        long = re.search(r"[0-9_]{4000}", text)
        line = text[: long.start() if long else 0].count("\n") + 1
        raise source.stop(line, "a number is too long", "put a text of digits in quotes") from None
    return _Tree(_Scan(text).places, source).node(document, (), (1, 1))


class _Tree:
    """Values and places put together."""

    def __init__(self, places: Mapping[Trail, Place], source: Source) -> None:
        self._places = places
        self._source = source

    def node(self, value: object, trail: Trail, above: Place) -> Node:
        place = self._places.get(trail, above)
        if len(trail) > DEPTH_LIMIT:
            raise self._source.stop(place[0], f"nested deeper than {DEPTH_LIMIT} levels", column=place[1])
        match value:
            case dict():
                return Node({key: self.node(inner, (*trail, key), place) for key, inner in value.items()}, *place)
            case list():
                return Node([self.node(inner, (*trail, index), place) for index, inner in enumerate(value)], *place)
            case bool():
                return Node(value, *place, text="true" if value else "false")
            case int() | float():
                return Node(value, *place, text=str(value))
            case _:  # a text, or a date or time, which stays the text that it looks like
                return Node(str(value), *place, text=str(value))


class _Scan:
    """Where every key and every array element stands."""

    def __init__(self, text: str) -> None:
        self.places: dict[Trail, Place] = {}
        self._text = text
        self._tokens = _TOKEN.finditer(text)
        self._line = 1
        self._line_start = 0
        self._here: Place = (1, 1)
        self._kind = ""
        self._token = ""
        self._tables: dict[Trail, int] = {}
        """The newest element of each array of tables."""
        self._next()
        self._document()

    def _next(self) -> None:
        """Step to the next token that is no comment; at the end both kind and token are empty."""
        for found in self._tokens:
            self._here = (self._line, found.start() - self._line_start + 1)
            if breaks := found[0].count("\n"):
                self._line += breaks
                self._line_start = found.start() + found[0].rindex("\n") + 1
            if found.lastgroup:
                self._kind, self._token = found.lastgroup, found[0]
                return
        self._kind = self._token = ""

    def _skip_lines(self) -> None:
        while self._kind == "newline":
            self._next()

    def _document(self) -> None:
        table: Trail = ()
        self._skip_lines()
        while self._kind:
            if self._token == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_lines()

    def _header(self) -> Trail:
        """`[a.b]` or `[[a.b]]`: the trail of the table that starts here."""
        here = self._here
        self._next()
        many = self._token == "["
        if many:
            self._next()
        *parents, last = self._key()
        while self._kind and self._kind != "newline":
            self._next()
        trail: Trail = ()
        for part in parents:
            trail = self._entered((*trail, part), here)
        trail = (*trail, last)
        if many:
            self._tables[trail] = self._tables.get(trail, -1) + 1
        trail = self._entered(trail, here)
        self.places[trail] = here
        return trail

    def _entered(self, trail: Trail, here: Place) -> Trail:
        """The trail, within the newest element where it is an array of tables."""
        self.places.setdefault(trail, here)
        return (*trail, self._tables[trail]) if trail in self._tables else trail

    def _pair(self, table: Trail) -> None:
        """`key.key = value`"""
        here = self._here
        trail = table
        for part in self._key():
            trail = (*trail, part)
            self.places.setdefault(trail, here)
        self._next()  # `=`
        self._value(trail)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while self._kind in {"bare", "text"}:
            if self._kind == "text":
                parts.append(tomllib.loads(f"key = {self._token}")["key"])
            else:
                parts += filter(None, self._token.split("."))
            self._next()
        return parts

    def _value(self, trail: Trail) -> None:
        match self._token if self._kind == "mark" else "":
            case "[":
                self._array(trail)
            case "{":
                self._inline_table(trail)
            case _:
                while self._kind in {"bare", "text"}:  # two, for a date and a time
                    self._next()

    def _array(self, trail: Trail) -> None:
        self._next()
        index = 0
        while self._kind and not self._at("]"):
            if self._kind == "newline" or self._at(","):
                self._next()
                continue
            self.places[(*trail, index)] = self._here
            self._value((*trail, index))
            index += 1
        self._next()

    def _inline_table(self, trail: Trail) -> None:
        self._next()
        while self._kind and not self._at("}"):
            if self._kind == "newline" or self._at(","):
                self._next()
            else:
                self._pair(trail)
        self._next()

    def _at(self, mark: str) -> bool:
        return self._kind == "mark" and self._token == mark
