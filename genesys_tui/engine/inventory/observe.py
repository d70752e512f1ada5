"""Looking at what a plan is about: each thing by its id where we know it, else by its name; never more fields than
needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import AnyKind, Fields, Reading
from genesys_tui.engine.model.plan import Finding
from genesys_tui.engine.model.references import referred
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, split_address
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.session import Session


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to look at. `whole`: also what only the listing tells (the time of creation). `aws`: of the parameters
    by AWS's names, those that matter."""

    address: str
    kind: AnyKind
    name: str
    fields: Fields
    fragment: Fragment | None = None
    whole: bool = False
    aws: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str, Fields, bool, frozenset[str]]:
        """What makes two looks the same look."""
        return self.address, self.fragment.id if self.fragment else "", self.fields, self.whole, self.aws


Seen = Mapping[str, "Actual | CallError | None"]
"""By address: what is there, None where nothing is, the error where it could not be read."""


def observe(session: Session, subjects: Sequence[Subject]) -> Seen:
    """All side by side; calls that are the same are sent once."""
    answers = session.run([_look(subject) for subject in subjects])
    return {subject.address: _narrowed(subject, answer) for subject, answer in zip(subjects, answers, strict=True)}


def _narrowed(subject: Subject, answer: Actual | CallError | None) -> Actual | CallError | None:
    """Only what was asked about: a kind tells all that a call told."""
    if not isinstance(answer, Actual):
        return answer
    spec = {field: value for field, value in answer.spec.items() if field in subject.fields}
    raw = spec.get("aws")
    if isinstance(raw, Mapping):
        spec["aws"] = {key: value for key, value in raw.items() if key in subject.aws}
    return replace(answer, spec=spec)


def strangers(resources: Sequence[Desired], fragments: Mapping[str, Fragment]) -> list[Subject]:
    """What the wish refers to and what it neither wants nor we remember: looked for in the account by its name."""
    known = {desired.address for desired in resources} | fragments.keys()
    addresses = dict.fromkeys(
        str(output.address) for desired in resources for output in referred(desired.spec) if output.address not in known
    )
    named = ((address, *split_address(address)) for address in addresses)
    return [Subject(address, registry.kind(kind), name, frozenset()) for address, kind, name in named]


def outputs_of(
    named: Sequence[Subject], actuals: Mapping[str, Actual | None]
) -> tuple[dict[str, Mapping[str, str]], list[Finding]]:
    """What strangers have to tell, by address, and a finding that blocks for each that is not there."""
    there = {item.address: actual for item in named if (actual := actuals.get(item.address)) is not None}
    findings = [
        Finding("blocked", item.address, f"there is no {item.kind.title} '{item.name}' in this account", _SAY_WHAT)
        for item in named
        if item.address in actuals and item.address not in there
    ]
    found = {item.address: item.kind.outputs_of(there[item.address]) for item in named if item.address in there}
    return found, findings


_SAY_WHAT = "add it to the stack file, or write the id or ARN of what is meant"


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
