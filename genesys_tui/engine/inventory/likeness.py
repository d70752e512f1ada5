"""How likely one wanted resource is one existing resource of another name: by the words of their names, what their tags
call them, their environments, tags and settings. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Final

from genesys_tui.engine.inventory.naming import QUALIFIERS, Words, environment_in, parted, telling_in, words_of
from genesys_tui.engine.model.document import UNSET, Document, leaves, lookup, same
from genesys_tui.engine.model.resource import Actual, Reference

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

    @property
    def tags(self) -> dict[str, str]:
        """Those that are asked for; one that names another resource tells nothing yet."""
        tags = self.spec.get("tags")
        found = tags.items() if isinstance(tags, Mapping) else ()
        return {key: str(value) for key, value in found if value is not None and not isinstance(value, Reference)}


@dataclass(frozen=True, slots=True)
class Pair:
    """A wanted and an existing resource (by its place), and how likely they are the same. `borne_out`: something beside
    the names says so too."""

    score: float
    address: str
    place: int
    why: tuple[str, ...]
    borne_out: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """What the name of one side tells, the words of its tags' values, and its environment."""

    words: Words
    tags: frozenset[str]
    environment: str


class Likeness:
    """What all pairs are scored against: how telling each word is in this account, and the stack's environment."""

    def __init__(self, wanted: Sequence[Want], existing: Sequence[Actual]) -> None:
        self._existing = existing
        self._told = [_told(_own_name(actual), actual.tags) for actual in existing]
        counts = Counter(word for told in self._told for word in told.words.core)
        self._weights = {word: 1 / (1 + log(count)) for word, count in counts.items()}
        named = [one for want in wanted if (one := _told(want.name, want.tags).environment)]
        self._environment = Counter(named).most_common(1)[0][0] if named else ""
        self._bearing: dict[str, dict[str, list[int]]] = {}
        for place, actual in enumerate(existing):
            bearing = self._bearing.setdefault(actual.kind, {})
            called = (words_of(text).core for _, text in _called(actual))
            for word in self._told[place].words.core.union(*called):
                bearing.setdefault(word, []).append(place)

    def pairs(self, want: Want) -> Iterator[Pair]:
        """With all of its kind for which as much speaks that it matters."""
        mine, tags, bearing = _told(want.name, want.tags), want.tags, self._bearing.get(want.kind, {})
        akin = {word for word in bearing if any(one in word or word in one for one in mine.words.core)}
        places = {place for word in (bearing if want.kind in IDENTITY else akin) for place in bearing[word]}
        for place in sorted(places):
            theirs = self._told[place]
            together = not theirs.words.core.isdisjoint(akin - mine.words.core)
            pair = self._pair(want, tags, *(_apart(mine, theirs) if together else (mine, theirs)), place)
            if pair is not None and pair.score >= WORTH:
                yield pair

    def _pair(self, want: Want, asked: Mapping[str, str], mine: _Told, theirs: _Told, place: int) -> Pair | None:
        actual = self._existing[place]
        names, why = self._names(mine, theirs, actual)
        if _identical(want, actual):
            names, why = max(names, 0.9), f"its {' and '.join(IDENTITY[want.kind])} is the same"
        environment = self._same_environment(mine, theirs)
        if names == 0 or environment is None:
            return None
        settings, tags = _settings(want, actual), _tags(asked, actual)
        score = names + environment + settings + tags
        borne_out = environment >= SAME_ENVIRONMENT or settings >= ALL_SETTINGS or tags > 0
        return Pair(score, want.address, place, (why,), borne_out)

    def _names(self, mine: _Told, theirs: _Told, actual: Actual) -> tuple[float, str]:
        """How alike the names are, or what the tags call it."""
        score, why = self._alike(mine, theirs), f"its name is {actual.name}"
        for key, text in _called(actual):
            called = replace(theirs, words=parted(words_of(text), mine.words.core))
            if (alike := 0.95 * self._alike(mine, called)) > score:
                score, why = alike, f"its tag {key} is {text}"
        return score, why

    def _alike(self, mine: _Told, theirs: _Told) -> float:
        """How much of what each name tells the other tells too, or leaves to its tags. A word that many names of the
        account bear tells little. One that says that it is another one of the same (a copy) tells against it."""
        one, other = mine.words.core, theirs.words.core
        shared = self._weight(one & other)
        if not shared:
            return 0.0
        missing, more = self._untold(one - other, theirs.tags), self._untold(other - one, mine.tags)
        apart = APART if not QUALIFIERS.isdisjoint(one ^ other) else 0.0
        return 0.55 * shared / (shared + missing) + 0.35 * shared / (shared + more) - apart

    def _untold(self, words: frozenset[str], tags: frozenset[str]) -> float:
        """What the other's name does not tell; a word that its tags tell is told, though not as well."""
        return self._weight(words - tags) + IN_TAGS * self._weight(words & tags) if words else 0.0

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self._weights.get(word, 1.0) for word in words)

    def _same_environment(self, mine: _Told, theirs: _Told) -> float | None:
        """For the same environment; None for another one. Of what names none, production is meant first."""
        asked, there = mine.environment or self._environment, theirs.environment
        if asked and there:
            return SAME_ENVIRONMENT if asked == there else None
        if not there:
            return 0.02 if asked else 0.06
        return 0.0 if there == "prod" else -0.15


WORTH: Final = 0.3
"""What scores less is not even a rival of what is likely."""
APART: Final = 0.2
"""What it costs that one of two names is that of a copy."""
IN_TAGS: Final = 0.3
"""How much of a word is still missing from a name where the tags say it."""
SAME_ENVIRONMENT: Final = 0.1
ALL_SETTINGS: Final = 0.1
"""What it is worth that both speak of one environment; that every setting which is asked for is so already."""


def _told(name: str, tags: Mapping[str, str]) -> _Told:
    words = words_of(name)
    return _Told(words, telling_in(tags), words.environment or environment_in(tags))


def _apart(mine: _Told, theirs: _Told) -> tuple[_Told, _Told]:
    """Both, with what one name writes together taken apart where the other knows a part of it."""
    one, other = parted(mine.words, theirs.words.core), parted(theirs.words, mine.words.core)
    return (
        _Told(one, mine.tags, one.environment or mine.environment),
        _Told(other, theirs.tags, other.environment or theirs.environment),
    )


def _own_name(actual: Actual) -> str:
    """Of what stands in something else (`cluster/service`), its own."""
    return actual.name.rpartition("/")[2] if actual.kind == "container-service" else actual.name


def _called(actual: Actual) -> Iterator[tuple[str, str]]:
    """What its tags call it."""
    return ((key, text) for key, text in actual.tags.items() if _NAMING.fullmatch(key) and text)


def _identical(want: Want, actual: Actual) -> bool:
    fields = IDENTITY.get(want.kind, ())
    return bool(fields) and all(
        field in want.spec and same(lookup(actual.spec, (field,)), want.spec[field]) for field in fields
    )


def _tags(asked: Mapping[str, str], actual: Actual) -> float:
    """For tags that are as wanted, and against those that are others."""
    told = [actual.tags[key] == value for key, value in asked.items() if key in actual.tags]
    return 0.06 * sum(told) - 0.25 * (len(told) - sum(told))


def _settings(want: Want, actual: Actual) -> float:
    """For settings that are as wanted, and more against those that are others. A reference is known only later."""
    asked = [(path, value) for path, value in leaves(want.spec) if path[0] != "tags"]
    told = [
        (value, there)
        for path, value in asked
        if not isinstance(value, Reference) and (there := lookup(actual.spec, path)) is not UNSET
    ]
    if not told:
        return 0.02
    right = sum(same(value, there) for value, there in told)
    return ALL_SETTINGS * right / len(told) - 0.25 * (len(told) - right) / len(told)
