"""Taking an execution back, field by field: where the actual value is still what the execution left, its earlier value
is written; where others changed it since, it is left alone and reported. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from genesys_tui.engine.model.document import (
    Change,
    Document,
    Path,
    Unset,
    differences,
    dotted,
    leaves,
    lookup,
    nest,
    overlay,
    same,
    without_absent,
)
from genesys_tui.engine.model.history import StepRecord
from genesys_tui.engine.model.kind import AnyKind
from genesys_tui.engine.model.plan import Conflict
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, split_address
from genesys_tui.engine.planner.decide import Decision, Verdict
from genesys_tui.engine.planner.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking one step back comes to. `restore`: the fragment as it was before, to be remembered again (None:
    nothing remembered); it replaces what lowering would remember."""

    decision: Decision | None
    restore: Fragment | None = None
    conflicts: tuple[Conflict, ...] = ()


def undo(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    """`now`: what we remember today. `actual`: what is there, with all fields of its spec."""
    match record.action:
        case "create":
            return _undo_create(kind, record, now, actual)
        case "update" | "replace":
            return _undo_update(kind, record, now, actual)
        case "adopt":
            return _undo_adopt(kind, record, now, actual)
        case "delete":
            return _undo_delete(kind, record, actual)
        case "use" | "forget":
            return _undo_memory(kind, record, now, actual)


def _undo_create(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    if now is None:
        return _left(record, "it is no longer managed by this stack, so it is left as it is")
    if actual is None:
        return Undone(_decision("forget", kind, record, now, None))
    if now.adopted or _another(now, actual):
        return _left(record, "it is another one now, made since under the same name; it is left as it is")
    left_so = overlay(kind.blank(), nest((change.path, change.after) for change in record.changes))
    foreign = _foreign(left_so, actual.spec, tolerant=record.status != "done") or kind.foreign(actual)
    if foreign:
        return _left(record, f"{foreign} changed since; it is left as it is. Delete it with `genesys destroy`")
    return Undone(_decision("delete", kind, record, now, actual))


def _undo_update(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    if now is None or actual is None:
        return _left(record, "it is no longer there or no longer managed, so nothing of it is taken back")
    found = _restores(kind, record, actual)
    restore = _memory_after(record, now, found.back)
    if not found.changes and restore == now:
        return Undone(None, now, found.conflicts)
    spec = nest(leaves(overlay(now.spec, nest((change.path, change.after) for change in found.changes))))
    verdict: Verdict = "replace" if any(change.path[0] in kind.create_only for change in found.changes) else "update"
    decision = replace(
        _decision(verdict, kind, record, now, actual), changes=found.changes, wanted=Wanted(spec, now.asked)
    )
    return Undone(decision, restore, found.conflicts)


def _undo_adopt(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    if now is None:
        return _left(record, "it is no longer managed by this stack, so it is left as it is")
    if actual is None:
        return Undone(_decision("forget", kind, record, now, None))
    found = _restores(kind, record, actual)
    decision = replace(_decision("forget", kind, record, now, actual), changes=found.changes)
    return Undone(decision, None, found.conflicts)


def _undo_delete(kind: AnyKind, record: StepRecord, actual: Actual | None) -> Undone:
    if actual is not None:
        return _left(record, "there is another one of that name now; it is left as it is")
    if record.had is None or record.remembered is None:
        return _left(record, "what it was is not on record")
    spec = without_absent(record.had.spec)
    decision = replace(
        _decision("create", kind, record, None, None),
        wanted=Wanted(spec, record.remembered.asked),
        desired=_wish(record, spec),
    )
    return Undone(decision, record.remembered)


def _undo_memory(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    if record.action == "use":
        return Undone(_decision("forget", kind, record, now, actual) if now else None)
    if record.remembered is None or actual is None or now is not None:
        return _left(record, "it is not there any more, or is remembered again already")
    decision = replace(_decision("use", kind, record, None, actual), desired=_wish(record, record.remembered.spec))
    return Undone(decision, record.remembered)


@dataclass(frozen=True, slots=True)
class _Restores:
    """Of the fields that a step changed: those to be put back, all that then are as before, and those that others
    changed since."""

    changes: tuple[Change, ...]
    back: frozenset[Path]
    conflicts: tuple[Conflict, ...]


def _restores(kind: AnyKind, record: StepRecord, actual: Actual) -> _Restores:
    changes: list[Change] = []
    back: set[Path] = set()
    conflicts: list[Conflict] = []
    for change in record.changes:
        before = None if isinstance(change.before, Unset) else change.before
        there = lookup(actual.spec, change.path)
        if not same(there, before) and not same(there, change.after):
            what = f"{dotted(change.path)} is {there!r} now, changed since; it is left as it is"
            conflicts.append(Conflict(record.address, what))
            continue
        back.add(change.path)
        if not same(there, before):
            changes.append(Change(change.path, there, before))
    return _Restores(_whole_records(kind, actual, changes), frozenset(back), tuple(conflicts))


def _whole_records(kind: AnyKind, actual: Actual, changes: list[Change]) -> tuple[Change, ...]:
    """A record (a subnet) of which nothing is to be left goes as a whole."""
    whole: dict[Path, Change] = {}
    for change in changes:
        record = change.path[:2]
        there = lookup(actual.spec, record)
        emptied = {other.path[2] for other in changes if other.path[:2] == record and other.after is None}
        if change.path[0] in kind.spec.records and isinstance(there, Mapping) and emptied >= set(without_absent(there)):
            whole[record] = Change(record, there, None)
        else:
            whole[change.path] = change
    return tuple(whole.values())


def _memory_after(record: StepRecord, now: Fragment, back: frozenset[Path]) -> Fragment:
    """What we remember once these fields are back: for them what we remembered before, else what we do now."""
    before = record.remembered
    kept = [(path, value) for path, value in leaves(now.spec) if path not in back]
    earlier = [(path, value) for path, value in leaves(before.spec if before else {}) if path in back]
    asked = (now.asked - back) | ((before.asked if before else frozenset()) & back)
    return replace(now, spec=nest(kept + earlier), asked=asked)


def _foreign(left_so: Document, there: Document, *, tolerant: bool) -> str:
    """The fields that are not as the execution left them. `tolerant`: it was cut off, so that a field may also be as
    it is in a new thing (absent or off)."""
    extra = [path for path, value in leaves(there) if value is not None and same(lookup(left_so, path), None)]
    other = [change.path for change in differences(left_so, there) if not (tolerant and not _set(change.before))]
    known = {path for path in extra if path[0] in left_so}
    return ", ".join(sorted({dotted(path) for path in known.union(other)}))


def _set(value: object) -> bool:
    return not isinstance(value, Unset) and bool(value)


def _another(now: Fragment, actual: Actual) -> bool:
    if now.id and now.id != actual.id:
        return True
    return now.created is not None and actual.created is not None and now.created != actual.created


def _decision(
    verdict: Verdict, kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None
) -> Decision:
    name = split_address(record.address)[1]
    wanted = Wanted(now.spec, now.asked) if now else Wanted({}, frozenset())
    return Decision(verdict, record.address, kind, name, wanted, None, now, actual)


def _wish(record: StepRecord, spec: Document) -> Desired:
    return Desired(record.address, record.kind, split_address(record.address)[1], spec)


def _left(record: StepRecord, why: str) -> Undone:
    return Undone(None, record.remembered, (Conflict(record.address, why),))
