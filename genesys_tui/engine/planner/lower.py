"""A decision becomes a step: the calls, their words, and what we will remember. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from genesys_tui.engine.model.document import differences, leaves, nest
from genesys_tui.engine.model.kind import Facts, Placement
from genesys_tui.engine.model.plan import Action, Finding, Line, Reversal, Step
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual, Fragment
from genesys_tui.engine.model.specs.base import Spec
from genesys_tui.engine.planner.decide import Decision, needs_of, origin_of


@dataclass(frozen=True, slots=True)
class Lowered:
    """The step (None where nothing is to be done), the filled spec it makes, and what is to be said about it."""

    step: Step | None
    filled: Spec | None = None
    findings: tuple[Finding, ...] = ()


def lower(decision: Decision, place: Placement, facts: Facts, siblings: Sequence[Any]) -> Lowered:
    """`siblings`: the filled specs of the same kind that this plan makes before it."""
    match decision.verdict:
        case "nothing":
            return Lowered(None)
        case "taken" | "missing":
            return Lowered(None, findings=(_in_the_way(decision),))
        case "create":
            return _create(decision, place, facts, siblings)
        case "replace":
            return _replace(decision, place, facts, siblings)
        case "update":
            return _update(decision, place, facts)
        case "adopt":
            return _adopt(decision, place, facts)
        case "use":
            return Lowered(_use(decision, place, _there(decision)))
        case "delete":
            return _delete(decision, place, facts)
        case "forget":
            return Lowered(_forget(decision, facts))


def _create(decision: Decision, place: Placement, facts: Facts, siblings: Sequence[Any]) -> Lowered:
    kind = decision.kind
    asked = kind.spec.of(decision.wanted.spec)
    if (used := kind.use(asked, facts)) is not None:
        return Lowered(_use(decision, place, used))
    filled = kind.fill(asked, facts, siblings)
    lines = list(kind.create(decision.name, filled, place, facts))
    if decision.fragment is not None and not decision.fragment.pending:
        was = (
            "we made was deleted outside Genesys" if decision.fragment.owned else "that was used does not suit any more"
        )
        lines[0] = replace(lines[0], reason=f"{lines[0].reason}; the one {was}")
    said = (*kind.clashes(decision.address, filled, facts, siblings), *kind.findings(decision.address, filled))
    return Lowered(_created(decision, place, lines, filled), filled, said)


def _created(decision: Decision, place: Placement, lines: Sequence[Line], filled: Spec) -> Step:
    remember = replace(_fragment(decision, place, ""), spec=nest(leaves(filled.document)))
    changes = differences(filled.document, {})
    return _step(decision, "create", lines, changes=changes, remember=remember)


def _replace(decision: Decision, place: Placement, facts: Facts, siblings: Sequence[Any]) -> Lowered:
    """Delete first, then create: the plan says so."""
    kind, there = decision.kind, _there(decision)
    filled = kind.fill(kind.spec.of(decision.wanted.spec), facts, siblings)
    lines = [*kind.delete(there, facts), *kind.create(decision.name, filled, place, facts)]
    remember = replace(_fragment(decision, place, ""), spec=nest(leaves(filled.document)))
    step = _step(decision, "replace", lines, changes=decision.changes, remember=remember)
    loses = Reversal("loses data", "it can't change in place: it is deleted, then made again with a new id")
    return Lowered(replace(step, reversal=loses, had=there), filled, _refused(decision, place, facts))


def _update(decision: Decision, place: Placement, facts: Facts) -> Lowered:
    kind, there = decision.kind, _there(decision)
    changed = kind.spec.of(decision.changed)
    lines = list(kind.update(there, changed, place, facts)) if decision.changes else []
    if not lines:
        lines = [Line(f"Remember what is asked of {kind.title} '{decision.name}'", "It is already so; nothing is sent")]
    step = _step(decision, "update", lines, changes=decision.changes, remember=_fragment(decision, place, there.id))
    want = kind.spec.of(decision.wanted.remembered)
    return Lowered(
        replace(step, reversal=kind.reversal(there, changed)), None, tuple(kind.findings(step.address, want))
    )


def _adopt(decision: Decision, place: Placement, facts: Facts) -> Lowered:
    """The tags are one document: those asked for are written together with our own, where these are wanted."""
    kind, there = decision.kind, _there(decision)
    changed = kind.spec.of(decision.changed)
    ours = decision.desired is None or decision.desired.tagged
    tags = {f"{MARK_PREFIX}stack": place.stack} if ours else {}
    tags |= changed.tags if changed.has("tags") else {}
    lines = list(_marked(decision, there, tags, facts)) if tags else [_only_remembered(decision)]
    rest = kind.spec.of({field: value for field, value in decision.changed.items() if field != "tags"})
    if rest.model_fields_set:
        lines += kind.update(there, rest, place, facts)
    remember = replace(_fragment(decision, place, there.id), adopted=True)
    step = _step(decision, "adopt", lines, changes=decision.changes, remember=remember)
    return Lowered(replace(step, reversal=kind.reversal(there, changed)))


def _marked(decision: Decision, there: Actual, tags: Mapping[str, str | None], facts: Facts) -> Iterator[Line]:
    """The lines that write these tags; where one call does, it may go together with those of other steps."""
    lines = list(decision.kind.mark(there, tags, facts))
    calls = [call for line in lines for call in line.calls]
    if len(calls) == 1 and (batch := decision.kind.marked_together(calls[0], there, tags)):
        return (replace(line, calls=tuple(replace(call, batch=batch) for call in line.calls)) for line in lines)
    return iter(lines)


def _only_remembered(decision: Decision) -> Line:
    what = f"{decision.kind.title} '{decision.name}'"
    return Line(f"Remember {what} as ours", "Without tags, as asked: nothing is sent")


def _use(decision: Decision, place: Placement, used: Actual) -> Step:
    kind = decision.kind
    line = Line(
        f"Use the existing {kind.title} '{used.name or used.id}'", "It suits; it stays as it is and is not ours"
    )
    outputs = dict(kind.outputs_of(used))
    remember = replace(_fragment(decision, place, ""), id=used.id, owned=False, outputs=outputs)
    return replace(_step(decision, "use", [line], remember=remember), id=used.id)


def _delete(decision: Decision, place: Placement, facts: Facts) -> Lowered:
    there = _there(decision)
    step = _step(decision, "delete", list(decision.kind.delete(there, facts)))
    return Lowered(replace(step, reversal=_loss(decision, facts), had=there), None, _refused(decision, place, facts))


def _forget(decision: Decision, facts: Facts) -> Step:
    """Of a thing that was adopted our own tags are taken off, and (in an undo) what we changed is put back."""
    kind, there = decision.kind, decision.actual
    ours = bool(there and decision.fragment and decision.fragment.adopted)
    reason = "It stays as it is, and is not ours any more" if there else "It is no longer there"
    lines = [Line(f"Forget {kind.title} '{decision.name}'", reason)]
    if there is not None and ours:
        lines += _unmark(decision, there, facts)
    had = replace(there, spec={}, provider_data={}) if there is not None else None  # whether it bore our tags
    return _step(decision, "forget", lines, changes=decision.changes, had=had)


def _unmark(decision: Decision, there: Actual, facts: Facts) -> Iterator[Line]:
    kind = decision.kind
    changed = kind.spec.of(decision.changed)
    tags = {key: None for key in there.tags if key.startswith(MARK_PREFIX)} | (
        changed.tags if changed.has("tags") else {}
    )
    if tags:
        yield from _marked(decision, there, tags, facts)
    rest = kind.spec.of({field: value for field, value in decision.changed.items() if field != "tags"})
    if rest.model_fields_set:
        yield from kind.update(there, rest, Placement(there.region, ""), facts)


def _step(decision: Decision, action: Action, lines: Sequence[Line], **more: Any) -> Step:
    actual = decision.actual
    return Step(
        action=action,
        address=decision.address,
        kind=decision.kind.name,
        id=actual.id if actual else None,
        lines=tuple(lines),
        remembered=decision.fragment,
        outcome=decision.desired.outcome if decision.desired else "",
        **more,
    )


def _fragment(decision: Decision, place: Placement, id: str) -> Fragment:
    before, desired = decision.fragment, decision.desired
    return Fragment(
        address=decision.address,
        kind=decision.kind.name,
        name=decision.name,
        id=id,
        region=place.region,
        spec=decision.wanted.remembered,
        asked=decision.wanted.asked,
        outputs=_outputs(decision) if id else {},
        origin=origin_of(desired, before),
        adopted=before.adopted if before and id else False,
        needs=needs_of(desired, before),
        created=before.created if before and id else None,
    )


def _outputs(decision: Decision) -> Mapping[str, str]:
    """Those that what is there has, and those we know of it: of a create whose end we never saw some are missing."""
    before, there = decision.fragment, _there(decision)
    known = before.outputs if before and before.id == there.id else {}
    return {**decision.kind.outputs_of(there), **known}


def _there(decision: Decision) -> Actual:
    if decision.actual is None:
        raise ValueError(f"{decision.verdict} of {decision.address} needs the actual resource")
    return decision.actual


def _refused(decision: Decision, place: Placement, facts: Facts) -> tuple[Finding, ...]:
    """What the cloud would refuse, and what we do: to delete data that nobody said should go."""
    there, what = _there(decision), f"{decision.kind.title} '{_there(decision).name}'"
    why = decision.kind.refuses_removal(there, facts)
    if why and decision.address in place.emptied:
        return (Finding("note", decision.address, f"{what}: {why}", "what this plan deletes first should set it free"),)
    if why:
        message = f"{what} can't be deleted: {why}"
        return (Finding("blocked", decision.address, message, "empty it first, then plan again"),)
    held = "" if place.delete_data else decision.kind.holds(there, facts)
    if held:
        message = f"{what} is not deleted, for it holds data: {held}"
        return (Finding("blocked", decision.address, message, "--allow-data-loss lets it go with what it holds"),)
    return ()


def _loss(decision: Decision, facts: Facts) -> Reversal:
    held = decision.kind.holds(_there(decision), facts)
    removal = decision.kind.removal(_there(decision), facts)
    return Reversal("loses data", f"it holds {held}" + (f"; {removal.why}" if removal.why else "")) if held else removal


def _in_the_way(decision: Decision) -> Finding:
    what = f"{decision.kind.title} '{decision.name}'"
    if decision.verdict == "missing":
        verb = "adopt" if decision.desired and decision.desired.adopt else "modify"
        return Finding("blocked", decision.address, f"there is no {what} to {verb}", f"leave `{verb}` out to create it")
    message = f"{what} exists already and is not managed by this stack"
    return Finding("blocked", decision.address, message, "--adopt takes it over as it is")
