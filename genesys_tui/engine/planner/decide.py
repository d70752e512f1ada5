"""What is to be done with one resource: three specs (wanted, remembered, actual) become a decision. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from genesys_tui.engine.model.document import Change, Document, differences, lookup, nest, same
from genesys_tui.engine.model.kind import AnyKind, Fields
from genesys_tui.engine.model.plan import Action
from genesys_tui.engine.model.references import Outputs, resolved
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Origin
from genesys_tui.engine.planner.wanted import Wanted, wanted

Verdict = Action | Literal["nothing", "taken", "missing"]
"""`taken`: something unmanaged is there under this name, and adopting it was not asked for. `missing`: what is to be
modified or adopted is not there."""

NOTHING_WANTED = Wanted({}, frozenset())


@dataclass(frozen=True, slots=True)
class Decision:
    """What will be done, and all that lowering needs to do it. `changes`: the managed fields that differ."""

    verdict: Verdict
    address: str
    kind: AnyKind
    name: str
    wanted: Wanted
    desired: Desired | None = None
    fragment: Fragment | None = None
    actual: Actual | None = None
    changes: tuple[Change, ...] = ()

    @property
    def changed(self) -> Document:
        """Only what is to change, with what it is to be; and beside a change all that nobody can read, for a change may
        need it."""
        hidden = self.kind.spec.write_only if self.changes else ()
        unread = {field: self.wanted.spec[field] for field in hidden if field in self.wanted.spec}
        return {**unread, **nest((change.path, change.after) for change in self.changes)}


def fields_to_read(kind: AnyKind, desired: Desired | None, fragment: Fragment | None) -> Fields:
    """The least that must be read: what is managed or wanted; all before a delete, so that it can be undone; and the
    tags before they are written."""
    remembered = frozenset(fragment.spec) if fragment else frozenset()
    if desired is None:
        return kind.fields | (remembered & {"aws"})
    if fragment is None:
        return frozenset(desired.spec) | ({"tags"} if desired.adopt else frozenset())
    return frozenset(desired.spec) | remembered


def decide(
    kind: AnyKind, desired: Desired, fragment: Fragment | None, actual: Actual | None, outputs: Outputs
) -> Decision:
    """For a thing that is wanted."""
    want = wanted(kind, desired, fragment)
    if actual is None:
        verdict: Verdict = "missing" if desired.modify else "create"
        return Decision(verdict, desired.address, kind, desired.name, want, desired, fragment)
    if kind.shared and not (fragment and fragment.owned):
        known = fragment is not None and _remembers(fragment, want, desired)
        verdict = "nothing" if known else "use"
        return Decision(verdict, desired.address, kind, desired.name, want, desired, fragment, actual)
    if fragment is None and not desired.adopt:
        return Decision("taken", desired.address, kind, desired.name, want, desired, None, actual)
    if fragment is not None and not fragment.owned:
        chosen = _remembers(fragment, want, desired)  # else what is used may suit no more, and is chosen anew
        verdict = "nothing" if chosen else "create"
        return Decision(verdict, desired.address, kind, desired.name, want, desired, fragment)
    changes = _changes(kind, want.spec, outputs, fragment, actual)
    verdict = _verdict(kind, fragment, want, desired, actual, changes)
    return Decision(verdict, desired.address, kind, desired.name, want, desired, fragment, actual, changes)


def decide_removal(kind: AnyKind, fragment: Fragment, actual: Actual | None, *, spared: bool = False) -> Decision:
    """For a thing that we remember and that is wanted no more. `spared`: what is shared stays, for others."""
    gone = actual is not None and fragment.owned and not (spared and kind.shared)
    verdict: Verdict = "delete" if gone else "forget"
    return Decision(verdict, fragment.address, kind, fragment.name, NOTHING_WANTED, None, fragment, actual)


def _changes(
    kind: AnyKind, want: Document, outputs: Outputs, fragment: Fragment | None, actual: Actual
) -> tuple[Change, ...]:
    """What nobody can read differs only from what we remember of it."""
    remembered = fragment.spec if fragment else {}
    return tuple(
        change
        for change in differences(resolved(want, outputs), actual.spec)
        if change.path[0] not in kind.spec.write_only
        or not same(lookup(remembered, change.path), lookup(want, change.path))
    )


def _verdict(
    kind: AnyKind,
    fragment: Fragment | None,
    want: Wanted,
    desired: Desired,
    actual: Actual,
    changes: tuple[Change, ...],
) -> Verdict:
    """An output that nobody saw (the process died while a new thing was waited for) is remembered too."""
    if fragment is None:
        return "adopt"
    if any(change.path[0] in kind.create_only for change in changes):
        return "replace"
    if changes or kind.outputs_of(actual).keys() - fragment.outputs.keys():
        return "update"
    return "nothing" if _remembers(fragment, want, desired) else "update"


def _remembers(fragment: Fragment, want: Wanted, desired: Desired) -> bool:
    """Whether what we remember is already right; else only the memory changes, and nothing is sent."""
    return (
        not fragment.pending
        and fragment.spec == want.remembered
        and fragment.asked == want.asked
        and fragment.needs == needs_of(desired, fragment)
        and fragment.origin == origin_of(desired, fragment)
    )


def needs_of(desired: Desired | None, fragment: Fragment | None) -> tuple[str, ...]:
    """Words are a patch: what the stack file needs is still needed."""
    if desired is None:
        return ()
    if desired.complete or fragment is None:
        return desired.needs
    return tuple(dict.fromkeys((*fragment.needs, *desired.needs)))


def origin_of(desired: Desired | None, fragment: Fragment | None) -> Origin:
    """What a stack file once named stays its own, though words change it."""
    if fragment is not None and (desired is None or fragment.origin == "file"):
        return fragment.origin
    return desired.origin if desired else "words"
