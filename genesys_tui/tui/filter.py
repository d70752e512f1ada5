"""What is typed after `/`: terms that must all hold. Pure.

`text` stands anywhere in name, kind, id, owner or tags; `kind:bucket`, `region:eu`, `account:1234`, `owner:shop`,
`adopt:high` and `name:x` look into one column; `tag:env` asks for a tag, `tag:env=prod` for its value's beginning;
`managed:yes` or `managed:no`. `!` before a term turns it round; quotes keep spaces in one. Case never matters. A term
not yet finished (`kind:`) holds for everything, so that the list does not blink while it is typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

_WORD = re.compile(r'(?:[^\s"]|"[^"]*(?:"|$))+')
COLUMNS = ("kind", "region", "account", "owner", "name", "adopt")


class Subject(Protocol):
    """What can be filtered."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def adopt(self) -> str: ...
    @property
    def managed(self) -> bool: ...
    @property
    def tags(self) -> Mapping[str, str]: ...
    @property
    def haystack(self) -> str:
        """All that plain text is looked for in, casefolded."""


Test = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """Terms that must all hold; an empty one holds for everything."""

    text: str = ""
    tests: tuple[Test, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tests)

    def __call__(self, subject: Subject) -> bool:
        return all(test(subject) for test in self.tests)


def parse(text: str) -> Filter:
    """Never fails: what is no known term is looked for as text."""
    terms = (_term(word.replace('"', "")) for word in _WORD.findall(text))
    return Filter(text.strip(), tuple(term for term in terms if term is not None))


def _term(word: str) -> Test | None:
    if word.startswith("!"):
        inner = _term(word[1:])
        return None if inner is None else lambda subject: not inner(subject)
    field, colon, wanted = word.casefold().partition(":")
    if not colon:
        return _has_text(field) if field else None
    if field in COLUMNS:
        return _has(field, wanted) if wanted else None
    if field == "tag":
        return _tagged(*wanted.partition("=")) if wanted else None
    if field == "managed":
        return _managed(wanted) if wanted else None
    return _has_text(word.casefold())


def _has_text(wanted: str) -> Test:
    return lambda subject: wanted in subject.haystack


def _has(column: str, wanted: str) -> Test:
    return lambda subject: wanted in str(getattr(subject, column)).casefold()


def _managed(wanted: str) -> Test:
    yes = "yes".startswith(wanted) or wanted in ("true", "on", "1")
    return lambda subject: subject.managed == yes


def _tagged(key: str, equals: str, start: str) -> Test:
    def test(subject: Subject) -> bool:
        return any(
            name.casefold() == key and (not equals or value.casefold().startswith(start))
            for name, value in subject.tags.items()
        )

    return test
