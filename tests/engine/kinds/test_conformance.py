"""The laws that every registered kind obeys, on a real server, through the real engine.

What the emulator gets wrong is named in the sample's `blind`, with the reason, and held by fed answers instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from genesys_tui.engine.model.document import lookup, same
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers import registry
from tests.engine.kinds.stage import Stage, sample_of, staged
from tests.faults import LOSE, FaultProxy

kinds = pytest.mark.parametrize("kind", registry.names())

HOSTILE = ("", "a\x1b[31mb", "a\nb", "x" * 1500)


def read(stage: Stage, *, fields: frozenset[str] | None = None) -> Actual:
    """The sample as it is there, every field."""
    [listed] = stage.listed() if "discover" not in stage.sample.blind else [located(stage)]
    actual = stage.workspace._reader.ask(stage.kind.read(listed.id, stage.kind.fields if fields is None else fields))
    assert actual is not None
    if not {"discover", "arn"} & stage.sample.blind.keys():
        assert actual.arn == listed.arn, "the sweep and the read tell the same ARN"
    return actual


def located(stage: Stage) -> Actual:
    found = stage.workspace._reader.ask(stage.kind.locate(stage.sample.name))
    assert found is not None
    return found


def says_all(plan: Plan) -> None:
    """Words, permissions, cost and time are there."""
    for step in plan.steps:
        assert step.lines
        for line in step.lines:
            assert line.sentence and line.reason
            assert line.sentence.isprintable()
    assert plan.permissions.actions
    for action in plan.permissions.actions:
        prefix, _, name = action.partition(":")
        assert get_action_data(prefix, name), f"IAM knows no {action}"
    assert plan.cost.unknown == ()
    assert plan.duration_seconds > 0


def seen(stage: Stage, spec: dict[str, Any]) -> dict[str, Any]:
    """The spec less what the emulator does not show and what nobody can read."""
    hidden = {*stage.sample.blind, *stage.kind.spec.write_only}
    return {field: value for field, value in spec.items() if field not in hidden}


def steps_back(stage: Stage, spec: dict[str, Any]) -> None:
    """Undo the last execution: then it is as it was."""
    back = stage.workspace.plan_undo()
    assert back.conflicts == ()
    stage.apply(back)
    assert stage.plan(spec).changes == 0


@kinds
def test_it_is_made_read_changed_replaced_and_deleted(kind: str, aws: str, tmp_path: Path) -> None:
    with staged(kind, aws, tmp_path) as stage:
        spec = dict(stage.sample.spec)
        if stage.sample.beside:
            stage.bring_about(None)
        actual = is_made_as_asked(stage, spec)
        others_tag_it(stage, actual)
        changes_in_place(stage, spec)
        if tagged(stage):
            assert read(stage).tags.get("others") == "stays"
        spec = is_replaced(stage, spec)
        goes_and_comes_back(stage, spec)


def is_made_as_asked(stage: Stage, spec: dict[str, Any]) -> Actual:
    """What is read equals what was asked for, and all outputs are known, to others too."""
    plan = stage.plan(spec)
    says_all(plan)
    assert stage.step(plan).action == "create"
    record = stage.bring_about(spec)
    made = next(step for step in record.steps if step.address == stage.address)
    assert made.remember is not None
    actual = read(stage)
    readable = seen(stage, dict(made.remember.spec))
    for change in made.changes:
        there = lookup(actual.spec, change.path)
        assert change.path[0] not in readable or same(there, change.after), (change.path, there, change.after)
    bare = stage.workspace._reader.ask(stage.kind.read(actual.id, frozenset()))
    assert bare is not None
    told = stage.kind.outputs_of(bare)
    assert made.remember.outputs.keys() <= told.keys()
    assert all(map(stage.kind.has_output, told))
    unseen = {"arn"} & stage.sample.blind.keys()
    assert {**made.remember.outputs, **told, **dict.fromkeys(unseen)} == {**told, **dict.fromkeys(unseen)}
    return actual


def tagged(stage: Stage) -> bool:
    return stage.kind.spec.takes_tags and "tags" not in stage.sample.blind


def others_tag_it(stage: Stage, actual: Actual) -> None:
    if not tagged(stage):
        return
    for line in stage.kind.mark(actual, {"others": "stays"}, None):
        for call in line.calls:
            stage.workspace._writer.send(call, call.params)


def changes_in_place(stage: Stage, spec: dict[str, Any]) -> None:
    """Each mutable field alone, with the fewest calls, and back by undo."""
    for field, (value, calls) in stage.sample.updates.items():
        changed = {**spec, field: value}
        plan = stage.plan(changed)
        step = stage.step(plan)
        assert step.action == "update", (field, step.action)
        assert {change.path[0] for change in step.changes} == {field}
        writes = [call.name for call in step.calls if call.effect == "write"]
        assert 1 <= len(writes) <= calls, (field, writes)
        stage.apply(plan)
        if field not in stage.sample.blind:
            assert stage.plan(changed).steps == (), field
        steps_back(stage, spec)


def is_replaced(stage: Stage, spec: dict[str, Any]) -> dict[str, Any]:
    """What can't change in place is replaced, and that is said before."""
    for field, value in stage.sample.replaces.items():
        spec = {**spec, field: value}
        plan = stage.plan(spec, delete_data=True)
        assert stage.step(plan).action == "replace", field
        assert stage.step(plan).reversal.kind != "reversible"
        stage.apply(plan)
        assert stage.plan(spec).steps == ()
    return spec


def goes_and_comes_back(stage: Stage, spec: dict[str, Any]) -> None:
    """Deleted, it is gone; the undo of that makes it again. What is shared stays, until nobody holds on to it."""
    plan = stage.plan(None, delete_data=True)
    if stage.kind.shared:
        assert stage.step(plan).action == "forget"
        stage.apply(plan)
        assert len(stage.listed()) == 1
        steps_back(stage, spec)
        plan = stage.workspace.plan_destroy("stage", [stage.address])
    assert stage.step(plan).action == "delete"
    assert all(line.sentence and line.reason for line in stage.step(plan).lines)
    stage.apply(plan)
    assert stage.listed() == []
    if "undelete" in stage.sample.blind:
        return
    back = stage.workspace.plan_undo()
    assert stage.step(back).action == "create"
    stage.apply(back)
    assert stage.plan(spec).changes == 0


@kinds
def test_undo_of_a_create_leaves_nothing(kind: str, aws: str, tmp_path: Path) -> None:
    with staged(kind, aws, tmp_path) as stage:
        if stage.sample.beside:
            stage.bring_about(None)
        stage.bring_about(dict(stage.sample.spec))
        back = stage.workspace.plan_undo()
        held = stage.kind.holds(located(stage), None) if back.conflicts else ""
        if held:
            return  # what holds data is left alone by an undo, and says so
        assert back.conflicts == ()
        stage.apply(back)
        assert stage.listed() == []


@kinds
def test_lost_answers_to_a_create_are_settled_by_looking(kind: str, proxy: FaultProxy, tmp_path: Path) -> None:
    if "lost" in sample_of(kind).blind:
        return
    with staged(kind, proxy.url, tmp_path) as stage:
        if stage.sample.beside:
            stage.bring_about(None)
        plan = stage.plan(dict(stage.sample.spec))
        creates = [
            number
            for number, call in enumerate((call for call in stage.step(plan).calls if call.effect == "write"), 1)
            if not call.idempotent
        ] or [1]
        # one run for all: each create's answer is lost once
        proxy.clear()
        lost = dict.fromkeys(creates, LOSE)
        proxy.fault = lambda request: lost.pop(request.write_number, None)
        stage.apply(plan)
        proxy.fault = lambda _: None
        assert len(stage.listed()) == 1 or "discover" in stage.sample.blind
        assert stage.plan(dict(stage.sample.spec)).steps == ()


@kinds
def test_what_exists_is_adopted_as_it_is(kind: str, aws: str, tmp_path: Path) -> None:
    if "adopt" in sample_of(kind).blind:
        return
    with staged(kind, aws, tmp_path / "theirs") as theirs:
        if theirs.sample.beside:
            theirs.bring_about(None)
        theirs.bring_about(dict(theirs.sample.spec))
    with staged(kind, aws, tmp_path / "ours") as ours:
        name = ours.sample.name
        from genesys_tui.engine.workspace import parse_intent

        wish = parse_intent(["adopt", kind, name])
        plan = ours.workspace.plan(wish)
        assert not plan.blocked, plan.findings
        assert ours.step(plan).action == "adopt"
        ours.apply(plan)
        assert ours.workspace.plan(wish).steps == ()
        back = ours.workspace.plan_undo()
        assert back.conflicts == ()
        ours.apply(back)
        assert len(ours.listed()) == 1 or "discover" in ours.sample.blind


@kinds
def test_what_may_be_said_of_it_is_known_without_it(kind: str) -> None:
    assert registry.spec(kind) is registry.kind(kind).spec


@kinds
def test_hostile_names_are_refused_in_words(kind: str) -> None:
    spec = registry.kind(kind).spec
    for name in (*HOSTILE, *sample_of(kind).hostile):
        assert spec.check_name(name), name
    assert spec.check_name(sample_of(kind).name) == ""


@kinds
def test_a_sweep_takes_bulk_calls_only(kind: str, aws: str, tmp_path: Path) -> None:
    """However many there are: pages, and never one call for each."""
    with staged(kind, aws, tmp_path) as stage:
        if stage.sample.beside:
            stage.bring_about(None)
        before = stage.workspace._reader.counts.calls
        place = Placement("eu-west-1", account="123456789012")
        stage.workspace._reader.ask(stage.kind.discover(place))
        empty = stage.workspace._reader.counts.calls - before
        stage.bring_about(dict(stage.sample.spec))
        before = stage.workspace._reader.counts.calls
        stage.workspace._reader.ask(stage.kind.discover(place))
        assert stage.workspace._reader.counts.calls - before <= empty + 1
