"""What most kinds of AWS have in common: a thing is told by one call, further fields by one more call each."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from genesys_tui.engine.model.call import Answer, Call, Value
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Fields, Kind, Reading, S
from genesys_tui.engine.model.resource import Actual

Names = Mapping[str, str]
"""Our word for a setting, and AWS's: `{"memory": "MemorySize"}`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A call that tells something of a thing by its id, and the fields of the spec that it alone tells."""

    call: Callable[[str], Call]
    fields: frozenset[str] = frozenset()


Told = Mapping[str, Answer | None]
"""What was answered, by the part's name; None where a code of `absent_on` came. What was not asked is missing."""


class Described(Kind[S], Generic[S]):
    """A kind that is read by `parts`: the first one says whether the thing exists; the others are asked side by side
    with it, and only for the fields they tell."""

    parts: ClassVar[Mapping[str, Part]]

    @abstractmethod
    def composed(self, id: str, told: Told) -> Actual | None:
        """The thing from what its parts told. Fields that no asked part tells are not in its spec."""

    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        first = next(iter(self.parts))
        asked = [name for name, part in self.parts.items() if name == first or part.fields & fields]
        answers = yield [self.parts[name].call(id) for name in asked]
        if answers[0] is None:
            return None
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
        return self.composed(id, dict(zip(asked, answers, strict=True)))


def to_wire(document: Document, names: Names) -> dict[str, Value]:
    """The settings of a document by AWS's names: only those that are set. None stands."""
    return {wire: document[field] for field, wire in names.items() if field in document}


def from_wire(raw: Mapping[str, Any], names: Names) -> dict[str, Leaf]:
    """Every named setting of an answer; None where the answer lacks it."""
    return {field: raw.get(wire) for field, wire in names.items()}
