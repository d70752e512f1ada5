"""What most kinds of AWS have in common: a thing is told by one call, further fields by one more call each; tags are
written one by one."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from genesys_tui.engine.model.call import Answer, Batch, Call, Capture, Value
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Fields, Kind, Reading, S
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.tags import Tagging, mark_in_words, tags_in_words, written_together

Names = Mapping[str, str]
"""Our word for a setting, and AWS's: `{"memory": "MemorySize"}`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A call, or a reading, that tells something of a thing by its id; and the fields that only it tells."""

    call: Callable[[str], Call | Reading[Answer | None]]
    fields: frozenset[str] = frozenset()
    outputs: bool = False
    """Whether an output stands in it: then it is asked too when no field is, or only the tags are, which is to ask for
    the outputs, and to adopt."""


Told = Mapping[str, Answer | None]
"""What was answered, by the part's name; None where a code of `absent_on` came. What was not asked is missing."""


class Described(Kind[S], Generic[S]):
    """A kind that is read by `parts`: the first one says whether the thing exists; the others are asked side by side
    with it, and only for the fields they tell."""

    noun: ClassVar[str]
    """`queue`: what a sentence calls it."""
    parts: ClassVar[Mapping[str, Part]]
    tagging: ClassVar[Tagging]

    @abstractmethod
    def composed(self, id: str, told: Told) -> Actual | None:
        """The thing from what its parts told. Fields that no asked part tells are not in its spec."""

    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        first = next(iter(self.parts))
        asked = [
            name
            for name, part in self.parts.items()
            if name == first or part.fields & fields or (part.outputs and fields <= {"tags"})
        ]
        answers = yield [self.parts[name].call(id) for name in asked]
        if answers[0] is None:
            return None
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
        return self.composed(id, dict(zip(asked, answers, strict=True)))

    def fill(self, want: S, facts: Facts, siblings: Sequence[S]) -> S:
        return self.spec.of({**self.defaults, **want.document})

    # tags ---------------------------------------------------------------------------------------------------------
    def tag_target(self, have: Actual) -> Value:
        """What the tagging calls take to name the thing."""
        return have.arn

    def called(self, name: str) -> str:
        """`queue 'jobs'`"""
        return f"{self.noun} '{name}'"

    def mark(self, have: Actual, tags: Mapping[str, str | None], facts: Facts) -> Iterator[Line]:
        sentence, reason = mark_in_words(self.called(have.name), tags)
        if not self.spec.takes_tags:
            yield Line(f"Remember {self.called(have.name)} as ours", "AWS lets it bear no tags: nothing is sent")
            return
        yield Line(sentence, reason, self.tag_calls(have, tags))

    def marked_together(self, call: Call, have: Actual, tags: Mapping[str, str | None]) -> Batch | None:
        return written_together(call, have, tags)

    def retag(self, have: Actual, changed: S) -> Iterator[Line]:
        """The line that writes the tags of `changed`, if any."""
        if changed.has("tags") and changed.tags:
            yield Line(
                tags_in_words(changed.tags, self.called(have.name)), "Asked for", self.tag_calls(have, changed.tags)
            )

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        """The calls that write these tags; None removes."""
        return self.tagging.calls(self.tag_target(have), tags, on=(have.arn,))

    def removal_line(self, have: Actual, *calls: Call) -> Line:
        """`Delete queue 'jobs'`, by these calls."""
        return Line(f"Delete {self.called(have.name)}", "No longer wanted", calls)


def to_wire(document: Document, names: Names) -> dict[str, Value]:
    """The settings of a document by AWS's names: only those that are set. None stands."""
    return {wire: document[field] for field, wire in names.items() if field in document}


def from_wire(raw: Mapping[str, Any], names: Names) -> dict[str, Leaf]:
    """Every named setting of an answer; None where the answer lacks it."""
    return {field: raw.get(wire) for field, wire in names.items()}


def present(document: Mapping[str, Value]) -> dict[str, Value]:
    """Params without those that are None: what a create leaves out."""
    return {key: value for key, value in document.items() if value is not None}


def fixed(text: str) -> Capture:
    """An output that is known before the answer: JMESPath's literal, which takes JSON."""
    literal = json.dumps(text).replace("`", "\\`")
    return Capture(f"`{literal}`")
