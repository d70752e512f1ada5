"""Looking at what a plan is about: each thing by its id where we know it, else by its name; never more fields than
needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import AnyKind, Fields, Reading
from genesys_tui.engine.model.resource import Actual, Fragment
from genesys_tui.engine.providers.aws.session import Session


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to look at. `whole`: also what only the listing tells (the time of creation)."""

    address: str
    kind: AnyKind
    name: str
    fields: Fields
    fragment: Fragment | None = None
    whole: bool = False

    @property
    def key(self) -> tuple[str, str, Fields, bool]:
        """What makes two looks the same look."""
        return self.address, self.fragment.id if self.fragment else "", self.fields, self.whole


Seen = Mapping[str, "Actual | CallError | None"]
"""By address: what is there, None where nothing is, the error where it could not be read."""


def observe(session: Session, subjects: Sequence[Subject]) -> Seen:
    """All side by side; calls that are the same are sent once."""
    answers = session.run([_look(subject) for subject in subjects])
    return {subject.address: answer for subject, answer in zip(subjects, answers, strict=True)}


def _look(subject: Subject) -> Reading[Actual | None]:
    kind, fragment = subject.kind, subject.fragment
    known = fragment.id if fragment else ""
    bare: Actual | None = None
    if known:
        actual = yield from kind.read(known, subject.fields)
        if actual is not None:
            if subject.whole:
                bare = yield from kind.locate(subject.name)
            return _with_created(actual, bare)
        if fragment is None or not fragment.pending:
            return None
    bare = yield from kind.locate(subject.name)
    if bare is None or (fragment and fragment.pending and not kind.made_by(bare, fragment.pending)):
        return None
    actual = yield from kind.read(bare.id, subject.fields)
    return _with_created(actual, bare) if actual else None


def _with_created(actual: Actual, bare: Actual | None) -> Actual:
    if bare is None or bare.id != actual.id:
        return actual
    return replace(actual, created=bare.created or actual.created, region=bare.region or actual.region)
