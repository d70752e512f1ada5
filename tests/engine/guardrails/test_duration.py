from __future__ import annotations

import pytest

from genesys_tui.engine.guardrails.duration import estimate, in_words
from genesys_tui.engine.model.call import Call, Guard, Wait, read
from genesys_tui.engine.model.plan import Line, Step


def step(address: str, *seconds: float, needs: tuple[str, ...] = (), wait: Wait | None = None) -> Step:
    calls = tuple(Call("s3", "PutBucketVersioning", seconds=each, wait=wait) for each in seconds)
    return Step("create", address, "thing", None, (Line("Do it", "Asked for", calls),), needs)


def test_the_calls_of_a_step_follow_each_other() -> None:
    assert estimate([step("a.a", 0.8, 0.3, 0.3)]) == pytest.approx(1.4)


def test_what_does_not_wait_for_another_runs_beside_it() -> None:
    assert estimate([step(f"a.a{number}", 1.0) for number in range(10)]) == pytest.approx(1.0)


def test_only_the_longest_chain_counts() -> None:
    steps = [
        step("a.start", 1.0),
        step("a.long", 5.0, needs=("a.start",)),
        step("a.short", 1.0, needs=("a.start",)),
        step("a.end", 2.0, needs=("a.long", "a.short")),
    ]
    assert estimate(steps) == pytest.approx(8.0)


def test_a_need_that_the_plan_leaves_alone_costs_no_time() -> None:
    assert estimate([step("a.a", 1.0, needs=("a.unchanged",))]) == pytest.approx(1.0)


def test_waiting_and_looking_before_a_write_take_time() -> None:
    waiting = Wait(read("ec2", "DescribeVpcs"), "Vpcs", "it appears", interval=5.0)
    assert estimate([step("a.a", 1.0, wait=waiting)]) > 5.0
    guarded = Call("s3", "PutBucketTagging", seconds=1.0, guard=Guard(read("s3", "GetBucketTagging"), "TagSet", "f"))
    plain = estimate([step("a.a", 1.0)])
    assert estimate([Step("update", "a.a", "thing", "id", (Line("Tag", "Asked for", (guarded,)),))]) > plain


def test_more_than_can_run_at_once_takes_longer() -> None:
    many = [step(f"a.a{number}", 1.0) for number in range(1_000)]
    assert estimate(many) > 10.0


def test_nothing_takes_no_time() -> None:
    assert estimate([]) == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "no time"),
        (0.2, "~1 second"),
        (2.6, "~3 seconds"),
        (59.4, "~59 seconds"),
        (90.0, "~2 minutes"),
        (61.0, "~1 minute"),
        (5400.0, "~1.5 hours"),
        (3600.0, "~1 hour"),
    ],
)
def test_durations_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
