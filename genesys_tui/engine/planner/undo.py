"""Taking an execution back, field by field: where the actual value is still what the execution left, its earlier value
is written; where others changed it since, it is left alone and reported. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from genesys_tui.engine.model.document import (
    UNSET,
    Change,
    Document,
    Leaf,
    Path,
    Unset,
    differences,
    dotted,
    leaves,
    lookup,
    nest,
    overlay,
    paths,
    same,
    without_absent,
)
from genesys_tui.engine.model.history import StepRecord
from genesys_tui.engine.model.kind import AnyKind
from genesys_tui.engine.model.plan import Conflict
from genesys_tui.engine.model.references import holds_reference
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual, Desired, Fragment, split_address
from genesys_tui.engine.planner.decide import Decision, Verdict
from genesys_tui.engine.planner.wanted import Wanted

NOT_OURS = "it is no longer managed by this stack, so it is left as it is"
ANOTHER = "it is another one now, made since under the same name; it is left as it is"


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking one step back comes to. `restore`: the fragment as it was before, to be remembered again (None:
    nothing remembered); it replaces what lowering would remember."""

    decision: Decision | None
    restore: Fragment | None = None
    conflicts: tuple[Conflict, ...] = ()


def undo(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None, token: str) -> Undone:
    """`now`: what we remember today. `actual`: what is there, with all fields of its spec. `token`: the step's own."""
    match record.action:
        case "create":
            return _undo_create(kind, record, now, actual, token)
        case "update" | "replace":
            return _undo_update(kind, record, now, actual)
        case "adopt":
            return _undo_adopt(kind, record, now, actual)
        case "delete":
            return _undo_delete(kind, record, now, actual)
        case "use":
            return _undo_use(kind, record, now, actual)
        case "forget":
            return _undo_forget(kind, record, now, actual)


def _undo_create(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None, token: str) -> Undone:
    if now is None:
        return _left(record, NOT_OURS) if actual else Undone(None)
    if actual is None:
        return Undone(_decision("forget", kind, record, now, None))
    if now.adopted or not now.owned or not kind.made_by(actual, token):
        return _left(record, ANOTHER)
    if _another(now, actual) or _another(record.remember, actual):
        return _left(record, ANOTHER)
    hidden = kind.spec.write_only
    made = nest((change.path, change.after) for change in record.changes if change.path[0] not in hidden)
    left_so = overlay(kind.blank(), made)
    foreign = _foreign(left_so, actual.spec, tolerant=record.status != "done") or kind.foreign(actual)
    if foreign:
        return _left(record, f"{foreign} changed since; it is left as it is. Delete it with `genesys destroy`")
    return Undone(_decision("delete", kind, record, now, actual))


def _undo_update(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    if now is None or actual is None:
        return _left(record, "it is no longer there or no longer managed, so nothing of it is taken back")
    if _another(now, actual):
        return _left(record, ANOTHER)
    found = _restores(kind, record, actual)
    restore = _memory_after(record, now, found.left)
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
        return _left(record, NOT_OURS)
    if actual is None:
        return Undone(_decision("forget", kind, record, now, None))
    if not now.adopted or _another(now, actual):
        return _left(record, ANOTHER)
    found = _restores(kind, record, actual)
    decision = replace(_decision("forget", kind, record, now, actual), changes=found.changes)
    return Undone(decision, None, found.conflicts)


def _undo_delete(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    """As it was; but what referred to others refers to them as they are now."""
    if actual is not None:
        return _left(record, "there is another one of that name now; it is left as it is")
    before = record.remembered
    if record.had is None or before is None:
        return _left(record, "what it was is not on record")
    hidden = {field: value for field, value in before.spec.items() if field in kind.spec.write_only}
    off = {field: None for field in kind.defaults if field in record.had.spec}  # what was off does not get a default
    there = overlay({**off, **without_absent(record.had.spec)}, hidden)
    refers = nest(
        (path, value)
        for path, value in leaves(before.spec)
        if holds_reference(value) and lookup(there, path) not in (None, UNSET)
    )
    spec = overlay(there, refers)
    decision = replace(
        _decision("create", kind, record, now, None),
        wanted=Wanted(spec, before.asked),
        desired=_wish(record, spec, before.needs),
    )
    return Undone(decision, before)


def _undo_use(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    if now is None or now.owned:
        return Undone(None, now)
    return Undone(_decision("forget", kind, record, now, actual))


def _undo_forget(kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None) -> Undone:
    """What was adopted is adopted again, with what forgetting it had put back."""
    before = record.remembered
    if before is None or actual is None or now is not None:
        return _left(record, "it is not there any more, or is remembered again already")
    if _another(before, actual):
        return _left(record, ANOTHER)
    bore = record.had is None or any(key.startswith(MARK_PREFIX) for key in record.had.tags)
    desired = replace(_wish(record, before.spec, before.needs), tagged=bore)
    if not before.owned:
        return Undone(replace(_decision("use", kind, record, None, actual), desired=desired), before)
    found = _restores(kind, record, actual)
    decision = replace(_decision("adopt", kind, record, None, actual), changes=found.changes, desired=desired)
    return Undone(decision, before, found.conflicts)


@dataclass(frozen=True, slots=True)
class _Restores:
    """Of the fields that a step changed: those to be put back, and those that are left, since others changed them."""

    changes: tuple[Change, ...]
    left: frozenset[Path]
    conflicts: tuple[Conflict, ...]


def _restores(kind: AnyKind, record: StepRecord, actual: Actual) -> _Restores:
    changes: list[Change] = []
    left: set[Path] = set()
    conflicts: list[Conflict] = []
    for change in record.changes:
        before = None if isinstance(change.before, Unset) else change.before
        there = lookup(actual.spec, change.path)
        if change.path[0] in kind.spec.write_only | kind.spec.one_way:
            left.add(change.path)
            what = f"{dotted(change.path)} can't be put back, so it stays as it is"
            conflicts.append(Conflict(record.address, what))
            continue
        if same(there, before):
            continue
        if same(there, change.after):
            changes.append(Change(change.path, there, before))
            continue
        left.add(change.path)
        what = f"{dotted(change.path)} is {there!r} now, changed since; it is left as it is"
        conflicts.append(Conflict(record.address, what))
    return _Restores(_whole_records(kind, actual, changes), frozenset(left), tuple(conflicts))


def _whole_records(kind: AnyKind, actual: Actual, changes: list[Change]) -> tuple[Change, ...]:
    """A record (a subnet) of which nothing is to be left goes as a whole."""
    whole: dict[Path, Change] = {}
    for change in changes:
        record = change.path[:2]
        there = lookup(actual.spec, record)
        emptied = {change.path[2:] for change in changes if change.path[:2] == record and change.after is None}
        kept = paths(without_absent(there)) - emptied if isinstance(there, Mapping) else {record}
        if change.path[0] in kind.spec.records and not kept:
            whole[record] = Change(record, there, None)
        else:
            whole[change.path] = change
    return tuple(whole.values())


def _memory_after(record: StepRecord, now: Fragment, left: frozenset[Path]) -> Fragment:
    """What we remember is taken back as what is there is: where it still is what the step left, it is again what it was
    before; but not where the field itself is left as it is."""
    before, after = record.remembered, record.remember
    if before is None or after is None:
        return now
    specs = [dict(leaves(fragment.spec)) for fragment in (before, after, now)]
    spec: list[tuple[Path, Leaf]] = []
    asked: set[Path] = set()
    for path in sorted({path for each in specs for path in each}, key=len):
        still = _memory(after, path) == _memory(now, path) and not any(_overlap(path, other) for other in left)
        source, values = (before, specs[0]) if still else (now, specs[2])
        if path in values:
            spec.append((path, values[path]))
        if path in source.asked:
            asked.add(path)
    return replace(
        now,
        spec=nest(spec),
        asked=frozenset(asked),
        origin=before.origin if now.origin == after.origin else now.origin,
        needs=before.needs if now.needs == after.needs else now.needs,
    )


def _memory(fragment: Fragment, path: Path) -> tuple[Leaf | Unset, bool]:
    """The value that is remembered, and whether it was asked for."""
    return next((value for leaf, value in leaves(fragment.spec) if leaf == path), UNSET), path in fragment.asked


def _overlap(one: Path, other: Path) -> bool:
    """Whether one lies in the other."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _foreign(left_so: Document, there: Document, *, tolerant: bool) -> str:
    """The fields that are not as the execution left them. `tolerant`: it was cut off, so that a field may also be as
    it is in a new thing (absent or off)."""
    extra = [path for path, value in leaves(there) if value is not None and same(lookup(left_so, path), None)]
    other = [change.path for change in differences(left_so, there) if not (tolerant and not _set(change.before))]
    known = {path for path in extra if path[0] in left_so}
    return ", ".join(sorted({dotted(path) for path in known.union(other)}))


def _set(value: object) -> bool:
    return not isinstance(value, Unset) and bool(value)


def _another(remembered: Fragment | None, actual: Actual) -> bool:
    """Whether what is there is not what was remembered then, but came later under its name."""
    if remembered is None:
        return False
    if remembered.id and remembered.id != actual.id:
        return True
    return None not in (remembered.created, actual.created) and remembered.created != actual.created


def _decision(
    verdict: Verdict, kind: AnyKind, record: StepRecord, now: Fragment | None, actual: Actual | None
) -> Decision:
    name = _name(record, now)
    wanted = Wanted(now.spec, now.asked) if now else Wanted({}, frozenset())
    return Decision(verdict, record.address, kind, name, wanted, None, now, actual)


def _wish(record: StepRecord, spec: Document, needs: tuple[str, ...]) -> Desired:
    return Desired(record.address, record.kind, _name(record, None), spec, needs=needs)


def _name(record: StepRecord, now: Fragment | None) -> str:
    """What it is called in the cloud; what was taken over may have another name than its address."""
    known = now or record.remembered or record.remember
    return known.name if known else split_address(record.address)[1]


def _left(record: StepRecord, why: str) -> Undone:
    return Undone(None, record.remembered, (Conflict(record.address, why),))
