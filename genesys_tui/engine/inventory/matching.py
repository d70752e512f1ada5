"""What of an existing account is meant by the resources of a stack, though it is called otherwise. Pure.

Pairs are scored one by one (`likeness`); then it is decided over the whole stack: an existing resource is meant by at
most one wanted. What is as likely meant by two is proposed for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from genesys_tui.engine.inventory.likeness import Likeness, Pair, Want
from genesys_tui.engine.model.document import Leaf, Unset, leaves, lookup
from genesys_tui.engine.model.references import references
from genesys_tui.engine.model.resource import Actual, Reference

__all__ = ["Match", "Want", "matches"]

LIKELY: Final = 0.72
"""From here on a match is proposed."""
CLEAR: Final = 0.03
"""By how much the best must be better than the next that is still free."""
LINKED: Final = 0.85
"""The score of what is referred to by what was found, in the place where the stack refers to it."""
ALONE: Final = 0.25
"""By how much a pair that something beside the names bears out must be better than any other of either, to be worth
`LEAD` more."""
LEAD: Final = 0.08


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
    pairing = _Pairing(wanted, there)
    for want in wanted:
        place = next(pairing.called(want.name, want.kind), None)
        if place is not None:
            pairing.take(want.address, place, Match(there[place], 1.0, exact=True))
    for address in list(pairing.found):
        pairing.follow(address)
    likeness = Likeness(wanted, there)
    pairs = [pair for want in wanted if want.address not in pairing.found for pair in likeness.pairs(want)]
    pairing.choose(_with_lead(pairs))
    return pairing.found


class _Pairing:
    """What was found for whom, until now."""

    def __init__(self, wanted: Sequence[Want], there: Sequence[Actual]) -> None:
        self.found: dict[str, Match] = {}
        self.taken: set[int] = set()
        self._there = there
        self._wanted = {want.address: want for want in wanted}
        self._bearing: dict[str, list[int]] = {}
        for place, actual in enumerate(there):
            for text in {actual.id, actual.arn, actual.name} - {""}:
                self._bearing.setdefault(text, []).append(place)

    def called(self, text: str, kind: str) -> Iterator[int]:
        """The places of what bears this name, id or ARN and is still free."""
        places = self._bearing.get(text, ())
        return (place for place in places if self._there[place].kind == kind and place not in self.taken)

    def take(self, address: str, place: int, match: Match) -> None:
        """This is what is meant."""
        self.found[address] = match
        self.taken.add(place)

    def follow(self, address: str) -> None:
        """What a found one refers to, where the stack refers to something, is found too."""
        actual = self.found[address].actual
        for other, place in self._linked(self._wanted[address], actual):
            if other not in self.found:
                why = (f"{actual.kind} {actual.name} refers to it",)
                self.take(other, place, Match(self._there[place], LINKED, why=why))
                self.follow(other)

    def choose(self, pairs: Sequence[Pair]) -> None:
        """The best first, as long as no other is as good."""
        sides = _by_side(pairs)
        for pair in sorted(pairs, key=lambda pair: -pair.score):
            if pair.score < LIKELY:
                return
            rivals = (one for side in _sides(pair) for one in sides[side] if one is not pair and self._free(one))
            if not self._free(pair) or any(pair.score - rival.score < CLEAR for rival in rivals):
                continue
            match = Match(self._there[pair.place], round(min(pair.score, 0.99), 2), why=pair.why)
            self.take(pair.address, pair.place, match)
            self.follow(pair.address)

    def _free(self, pair: Pair) -> bool:
        return pair.address not in self.found and pair.place not in self.taken

    def _linked(self, want: Want, actual: Actual) -> Iterator[tuple[str, int]]:
        """What the stack refers to from here, and the one thing that is in its place there."""
        for path, value in leaves(want.spec):
            named = {str(output.address) for text in _references(value) for output in references(text)}
            texts = _texts(lookup(actual.spec, path))
            for address in sorted(named & self._wanted.keys()):
                places = {place for text in texts for place in self.called(text, self._wanted[address].kind)}
                if len(places) == 1:
                    yield address, places.pop()


def _with_lead(pairs: Sequence[Pair]) -> list[Pair]:
    """What stands far before all others of either side, and is borne out, is worth a little more."""
    sides = _by_side(pairs)
    return [
        replace(pair, score=pair.score + LEAD) if pair.borne_out and _leads(pair, sides) else pair for pair in pairs
    ]


def _leads(pair: Pair, sides: Mapping[str | int, Sequence[Pair]]) -> bool:
    others = (other for side in _sides(pair) for other in sides[side][:2] if other is not pair)
    return all(pair.score - other.score >= ALONE for other in others)


def _by_side(pairs: Sequence[Pair]) -> dict[str | int, list[Pair]]:
    """All pairs of each wanted and of each existing, the best first."""
    sides: dict[str | int, list[Pair]] = {}
    for pair in sorted(pairs, key=lambda pair: -pair.score):
        for side in _sides(pair):
            sides.setdefault(side, []).append(pair)
    return sides


def _sides(pair: Pair) -> tuple[str, int]:
    return pair.address, pair.place


def _references(value: Leaf) -> list[Reference]:
    several = value if isinstance(value, list | tuple) else [value]
    return [one for one in several if isinstance(one, Reference)]


def _texts(value: Leaf | Unset) -> list[str]:
    several = value if isinstance(value, list | tuple) else [value]
    return [one for one in several if isinstance(one, str)]
