"""Decisions become a plan: steps in order, titled. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from genesys_tui.engine.model.document import Leaf, Unset, lookup, nest, paths
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import AnyKind, Facts, Placement
from genesys_tui.engine.model.plan import Action, Conflict, Finding, Plan, Price, Step
from genesys_tui.engine.model.references import Outputs
from genesys_tui.engine.model.resource import Actual, Fragment, Wish
from genesys_tui.engine.planner.batches import gathered
from genesys_tui.engine.planner.called import as_called
from genesys_tui.engine.planner.decide import Decision, decide, decide_removal
from genesys_tui.engine.planner.graph import in_order, ordered
from genesys_tui.engine.planner.lower import lower
from genesys_tui.engine.planner.sharing import left_to_others
from genesys_tui.engine.planner.undo import Undone

VERBS: Mapping[Action, str] = {
    "create": "Deploy",
    "update": "Change",
    "replace": "Replace",
    "delete": "Delete",
    "adopt": "Adopt",
    "forget": "Forget",
    "use": "Use",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan whose permissions, cost and time are not forecast yet, and the prices of what it makes."""

    plan: Plan
    prices: tuple[tuple[str, tuple[Price, ...] | None], ...]


def decisions(
    wish: Wish,
    fragments: Mapping[str, Fragment],
    actuals: Mapping[str, Actual | None],
    kind_of: Callable[[str], AnyKind],
    outside: Outputs,
) -> list[Decision]:
    """For all that is wanted, then for what a stack file named once and names no more. Addresses that could not be
    read are missing in `actuals` and are passed over. Raises GenesysError for a cycle."""
    outputs = {**outside, **known_outputs(fragments)}
    decided = []
    for desired in in_order(as_called(wish.resources, fragments, actuals, kind_of)):
        if desired.address not in actuals:
            continue
        decision = decide(
            kind_of(desired.kind), desired, fragments.get(desired.address), actuals[desired.address], outputs
        )
        decided.append(decision)
        if decision.verdict in ("create", "replace"):  # what it was is not what it will be
            outputs.pop(desired.address, None)
        elif decision.verdict == "use" and decision.actual:
            outputs[desired.address] = decision.kind.outputs_of(decision.actual)
    removals = [fragment for fragment in dropped(wish, fragments) if fragment.address in actuals]
    return decided + [decide_removal(kind_of(item.kind), item, actuals[item.address], spared=True) for item in removals]


def dropped(wish: Wish, fragments: Mapping[str, Fragment]) -> list[Fragment]:
    """What a stack file named once and this one names no more. What words made is left alone."""
    if not wish.whole:
        return []
    named = {desired.address for desired in wish.resources}
    return [item for item in fragments.values() if item.origin == "file" and item.address not in named]


def known_outputs(fragments: Mapping[str, Fragment]) -> dict[str, Mapping[str, str]]:
    """The outputs that references may be resolved to already."""
    return {address: fragment.outputs for address, fragment in fragments.items()}


def draft(
    decided: Sequence[Decision],
    facts: Mapping[str, Facts],
    place: Placement,
    *,
    source: str,
    version: int,
    findings: Sequence[Finding] = (),
) -> Draft:
    """Lower every decision. A wish that a kind finds impossible is a finding that blocks, so that all are seen."""
    decided, left = left_to_others(decided, facts)
    said = [*findings, *left]
    steps: list[Step] = []
    prices: list[tuple[str, tuple[Price, ...] | None]] = []
    siblings: dict[str, list[Any]] = {}
    going = [item.fragment for item in decided if item.verdict == "delete" and item.fragment]
    place = replace(place, emptied=frozenset(need for fragment in going for need in fragment.needs))
    gone = frozenset(fragment.address for fragment in going)
    for decision in decided:
        made = siblings.setdefault(decision.kind.name, [])
        try:
            known = decision.kind.once_gone(facts.get(decision.address), gone)
            lowered = lower(decision, place, known, made)
        except GenesysError as error:
            fix = ": ".join(filter(None, (error.todo, error.command)))
            said.append(Finding("blocked", decision.address, str(error), fix))
            continue
        said += [*lowered.findings, *_under_way(decision)]
        if lowered.step is not None:
            steps.append(lowered.step)
        if lowered.filled is not None:
            made.append(lowered.filled)
            prices.append((decision.address, decision.kind.prices(lowered.filled)))
    needs = {item.address: item.desired.needs for item in decided if item.desired}
    plan = Plan(
        title=_title(steps, decided, source),
        stack=place.stack,
        region=place.region,
        account=place.account,
        steps=gathered(ordered(steps, needs)),
        findings=tuple(said),
        unchanged=tuple(item.address for item in decided if item.verdict == "nothing"),
        version=version,
    )
    return Draft(plan, tuple(prices))


def _under_way(decision: Decision) -> Iterator[Finding]:
    """What is being made or changed right now can't always be changed; what is being deleted never."""
    actual = decision.actual
    if actual is None or not actual.transition or decision.verdict == "nothing":
        return
    what = f"{decision.kind.title} '{decision.name}' is {actual.transition}"
    if actual.transition == "deleting" and decision.verdict not in ("delete", "forget"):
        yield Finding("blocked", decision.address, what, "wait until it is gone, then plan again")
    else:
        yield Finding("note", decision.address, f"{what} right now: that comes to its end first")


def as_undo(plan: Plan, undone: Mapping[str, Undone], execution: str) -> Plan:
    """An undo's steps remember what was remembered before, not what lowering would. What can't be deleted now (it is
    not empty) is left alone and reported, and stops nothing else."""
    deletes = {step.address for step in plan.steps if step.action == "delete"}
    held = {item.address: item for item in plan.findings if item.severity == "blocked" and item.address in deletes}
    steps = tuple(
        replace(
            step,
            remember=_restored(step, undone[step.address]),
            needs=tuple(need for need in step.needs if need not in held),
        )
        for step in plan.steps
        if step.address not in held
    )
    conflicts = [conflict for item in undone.values() for conflict in item.conflicts]
    conflicts += [Conflict(address, f"{item.message}; it is left as it is") for address, item in held.items()]
    findings = tuple(item for item in plan.findings if item.address not in held)
    return replace(plan, steps=steps, findings=findings, conflicts=tuple(conflicts), undoes=execution)


def _restored(step: Step, undone: Undone) -> Fragment | None:
    """A thing that is made again has nothing yet of the old one's ids, and is ours, whoever made the old one."""
    restore = undone.restore
    if step.action in ("delete", "forget") or restore is None:
        return None
    if step.action not in ("create", "replace"):
        return restore
    if step.action == "replace" and step.remember is not None:  # what was filled in for the old one may not fit
        made = step.remember.spec
        restore = replace(restore, spec=nest((path, _or_none(lookup(made, path))) for path in paths(restore.spec)))
    return replace(restore, id="", outputs={}, created=None, adopted=False)


def _or_none(value: Leaf | Unset) -> Leaf:
    return None if isinstance(value, Unset) else value


def _title(steps: Sequence[Step], decided: Sequence[Decision], source: str) -> str:
    if not steps:
        return f"Nothing to do for {source}"
    if len(steps) == 1:
        step = steps[0]
        item = next(item for item in decided if item.address == step.address)
        what = item.kind.purpose if step.action == "create" else item.kind.title
        return f"{VERBS[step.action]} {what} '{item.name}'"
    counts = Counter(step.action for step in steps)
    parts = [f"{VERBS[action].lower()} {counts[action]}" for action in VERBS if counts[action]]
    first, _, number = parts[0].partition(" ")
    parts[0] = f"{first} {number} {'resource' if number == '1' else 'resources'}"
    return f"{', '.join(parts).capitalize()} ({source})"
