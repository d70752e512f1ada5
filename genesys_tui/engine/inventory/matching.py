"""What of an existing account is meant by the resources of a stack, though it is called otherwise. Pure.

Pairs are scored by the words of their names, their environments, tags and settings; then it is decided over the whole
stack: an existing resource is meant by at most one wanted. What is as likely meant by two is proposed for none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Final

from genesys_tui.engine.inventory.naming import Words, environment_in, words_of
from genesys_tui.engine.model.document import UNSET, Document, leaves, lookup, same
from genesys_tui.engine.model.resource import Actual

LIKELY: Final = 0.7
"""From here on a match is proposed."""
CLEAR: Final = 0.03
"""By how much the best must be better than the next that is still free."""
_NAMING: Final = re.compile(
    r"(?i)aws:cloudformation:logical-id|name|component|copilot-service|service|function|purpose"
)

IDENTITY: Final[Mapping[str, tuple[str, ...]]] = {"network": ("cidr",)}
"""Settings that no two of an account share: what has the same is the same."""


@dataclass(frozen=True, slots=True)
class Want:
    """A resource of a stack file."""

    address: str
    kind: str
    name: str
    spec: Document


@dataclass(frozen=True, slots=True)
class Match:
    """`exact`: it bears the very name. Else it is likely, by `score`, for the reasons `why`."""

    actual: Actual
    score: float
    exact: bool = False
    why: tuple[str, ...] = ()


def matches(wanted: Sequence[Want], existing: Iterable[Actual]) -> dict[str, Match]:
    """By address; what nothing is likely meant by is left out."""
    there = [actual for actual in existing if not actual.of_aws]
    stage = _Stage(wanted, there)
    found: dict[str, Match] = {}
    taken: set[int] = set()
    for want in wanted:
        for place, actual in enumerate(there):
            if actual.kind == want.kind and want.name in (actual.name, actual.id) and place not in taken:
                found[want.address] = Match(actual, 1.0, exact=True)
                taken.add(place)
                break
    pairs = [pair for want in wanted if want.address not in found for pair in stage.pairs(want)]
    for score, address, place, why in sorted(pairs, key=lambda pair: -pair[0]):
        if score < LIKELY or address in found or place in taken:
            continue
        rivals = [
            other
            for other, its_address, its_place, _ in pairs
            if (its_address == address) != (its_place == place) and its_address not in found and its_place not in taken
        ]
        if any(score - other < CLEAR for other in rivals):
            continue
        found[address] = Match(there[place], round(min(score, 0.99), 2), why=why)
        taken.add(place)
    return found


Pair = tuple[float, str, int, tuple[str, ...]]
"""Score, address of the wanted, place of the existing, and why."""


class _Stage:
    """What all pairs are scored against: how telling each word is in this account, and the stack's environment."""

    def __init__(self, wanted: Sequence[Want], existing: Sequence[Actual]) -> None:
        self._existing = existing
        self._words = [words_of(_telling_name(actual)) for actual in existing]
        self._counts = Counter(word for words in self._words for word in words.core)
        named = [one for want in wanted if (one := _environment(want, words_of(want.name)))]
        self._environment = Counter(named).most_common(1)[0][0] if named else ""
        self._wanted = frozenset(word for want in wanted for word in words_of(want.name).core)

    def pairs(self, want: Want) -> Iterator[Pair]:
        mine = words_of(want.name)
        for place, (actual, theirs) in enumerate(zip(self._existing, self._words, strict=True)):
            if actual.kind == want.kind and (scored := self._score(want, mine, actual, theirs)):
                yield scored[0], want.address, place, scored[1]

    def _score(self, want: Want, mine: Words, actual: Actual, theirs: Words) -> tuple[float, tuple[str, ...]] | None:
        names, why = self._alike(mine.core, theirs.core), f"its name is {actual.name}"
        for key, text in _called(actual):
            if (alike := 0.95 * self._alike(mine.core, words_of(text).core)) > names:
                names, why = alike, f"its tag {key} is {text}"
        if self._identical(want, actual):
            names, why = max(names, 0.9), f"its {' and '.join(IDENTITY[want.kind])} is the same"
        place = self._same_place(want, mine, actual, theirs)
        if names == 0 or place is None:
            return None
        return names + place + _settings(want, actual) + _tags(want, actual), (why,)

    def _alike(self, mine: frozenset[str], theirs: frozenset[str]) -> float:
        """How much of what each name tells the other tells too. A word that many names of the account bear tells
        little, and the name of the stack's whole least."""
        shared = self._weight(mine & theirs)
        if not shared:
            return 0.0
        return 0.6 * shared / self._weight(mine) + 0.3 * shared / self._weight(theirs)

    def _weight(self, words: Iterable[str]) -> float:
        return sum(1 / (1 + log(max(1, self._counts[word]))) for word in words)

    def _identical(self, want: Want, actual: Actual) -> bool:
        fields = IDENTITY.get(want.kind, ())
        return bool(fields) and all(
            field in want.spec and same(lookup(actual.spec, (field,)), want.spec[field]) for field in fields
        )

    def _same_place(self, want: Want, mine: Words, actual: Actual, theirs: Words) -> float | None:
        """For the same environment; None for another one. Of what names none, production is meant first."""
        asked = _environment(want, mine) or self._environment
        there = theirs.environment or environment_in(actual.tags)
        if asked and there:
            return 0.1 if asked == there else None
        if not there:
            return 0.02 if asked else 0.06
        return 0.0 if there == "prod" else -0.15


def _environment(want: Want, words: Words) -> str:
    tags = want.spec.get("tags")
    told = environment_in({key: str(value) for key, value in tags.items()}) if isinstance(tags, Mapping) else ""
    return words.environment or told


def _telling_name(actual: Actual) -> str:
    """Of what stands in something else (`cluster/service`), its own."""
    return actual.name.rpartition("/")[2] if actual.kind == "container-service" else actual.name


def _called(actual: Actual) -> Iterator[tuple[str, str]]:
    """What its tags call it."""
    return ((key, text) for key, text in actual.tags.items() if _NAMING.fullmatch(key) and text)


def _tags(want: Want, actual: Actual) -> float:
    """For tags that are as wanted, and against those that are others."""
    asked: Any = want.spec.get("tags") or {}
    told = [same(actual.tags[key], value) for key, value in asked.items() if key in actual.tags]
    return 0.06 * sum(told) - 0.12 * (len(told) - sum(told))


def _settings(want: Want, actual: Actual) -> float:
    """For settings that are as wanted, and more against those that are others."""
    asked = [(path, value) for path, value in leaves(want.spec) if path[0] != "tags"]
    told = [(path, value, there) for path, value in asked if (there := lookup(actual.spec, path)) is not UNSET]
    if not told:
        return 0.02
    right = sum(same(value, there) for _, value, there in told)
    return 0.1 * right / len(told) - 0.25 * (len(told) - right) / len(told)
