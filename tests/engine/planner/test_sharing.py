"""What is shared: used where it is, left to others when it is wanted no more, deleted only where nobody uses it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genesys_tui.engine.model.document import Change, Document
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import Actual, Desired, Fragment
from genesys_tui.engine.planner.decide import NOTHING_WANTED, Decision, Verdict, decide, decide_removal
from genesys_tui.engine.planner.sharing import left_to_others
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.serverless.layer import Known

LAYER = registry.kind("layer")
NAME = "genesys-x-0123456789abcdef"
ADDRESS = f"layer.{NAME}"
ARN = f"arn:aws:lambda:eu-west-1:123456789012:layer:{NAME}:1"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:"
SPEC: Document = {"code": "A" * 43 + "=", "description": "12 packages"}
THERE = Actual("layer", ARN, NAME, "", arn=ARN)
ASKED = frozenset({("code",), ("description",)})
OURS = Fragment(ADDRESS, "layer", NAME, ARN, "eu-west-1", SPEC, ASKED, LAYER.outputs_of(THERE))
THEIRS = replace(OURS, owned=False)
WISH = Desired(ADDRESS, "layer", NAME, SPEC)


def verdict(fragment: Fragment | None, actual: Actual | None = THERE, wish: Desired = WISH) -> str:
    return decide(LAYER, wish, fragment, actual, {}).verdict


def test_what_is_there_is_used_and_what_is_not_is_made() -> None:
    assert verdict(None) == "use"
    assert verdict(None, wish=replace(WISH, adopt=True)) == "use"
    assert verdict(None, None) == "create"


def test_what_is_used_is_looked_at_and_used_again() -> None:
    assert verdict(THEIRS) == "nothing"
    assert verdict(THEIRS, None) == "create"
    assert verdict(THEIRS, wish=replace(WISH, needs=("bucket.a",))) == "use"


def test_ours_is_never_changed_or_replaced() -> None:
    assert verdict(OURS) == "nothing"
    other = decide(LAYER, replace(WISH, spec={**SPEC, "description": "new"}), OURS, THERE, {})
    assert other.verdict == "update"
    assert list(LAYER.update(THERE, LAYER.spec.of(other.changed), Placement("eu-west-1"), None)) == []


def test_wanted_no_more_is_forgotten_and_destroyed_is_deleted() -> None:
    assert decide_removal(LAYER, OURS, THERE, spared=True).verdict == "forget"
    assert decide_removal(LAYER, OURS, THERE).verdict == "delete"
    assert decide_removal(LAYER, THEIRS, THERE).verdict == "forget"
    assert decide_removal(registry.kind("bucket"), OURS, THERE, spared=True).verdict == "delete"


def left(*users: str, beside: tuple[Decision, ...] = ()) -> tuple[str, list[str]]:
    doomed = decide_removal(LAYER, OURS, THERE)
    facts = {ADDRESS: Known(users=tuple(f"{FUNCTION}{one}" for one in users))}
    decided, said = left_to_others([*beside, doomed], facts)
    return decided[-1].verdict, [finding.message for finding in said]


def function(name: str, verdict: Verdict, *changes: Change) -> Decision:
    actual = Actual("function", name, name, "", arn=f"{FUNCTION}{name}")
    kind = registry.kind("function")
    return Decision(verdict, f"function.{name}", kind, name, NOTHING_WANTED, None, None, actual, changes)


def test_what_others_use_stays_and_says_so() -> None:
    assert left() == ("delete", [])
    verdict, [message] = left("a", "b", "c:7", "d", "e")
    assert verdict == "forget"
    assert message == f"Lambda layer '{NAME}' stays: used by a, b, c:7 and 2 more"


TAKEN = Change(("layers",), f"{ARN}, arn:other", "arn:other")
KEPT = Change(("layers",), f"{ARN}, arn:other", ARN)


@pytest.mark.parametrize(
    ("users", "by", "verdict"),
    [
        (("a",), function("a", "delete"), "delete"),
        (("a:1", "a"), function("a", "delete"), "delete"),
        (("ab",), function("a", "delete"), "forget"),
        (("a",), function("a", "update", TAKEN), "delete"),
        (("a",), function("a", "update", KEPT), "forget"),
        (("a", "b"), function("a", "update", TAKEN), "forget"),
        (("a:1", "a"), function("a", "update", TAKEN), "forget"),
    ],
)
def test_a_user_that_the_same_plan_takes_it_from_is_none(users: tuple[str, ...], by: Decision, verdict: str) -> None:
    assert left(*users, beside=(by,))[0] == verdict
