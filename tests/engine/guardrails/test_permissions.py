from __future__ import annotations

from collections.abc import Iterable

from genesys_tui.engine.guardrails.permissions import forecast
from genesys_tui.engine.model.call import Call, Capture, Find, Guard, Wait, read
from genesys_tui.engine.model.plan import Line, Permissions, Step


def step(address: str, *calls: Call) -> Step:
    return Step("create", address, "thing", None, tuple(Line("Do it", "Asked for", (call,)) for call in calls))


def actions_of(call: Call) -> tuple[str, ...]:
    return (call.name, *call.also_needs)


def policy_of(calls: Iterable[Call]) -> dict[str, object]:
    return {"calls": [call.name for call in calls]}


def test_actions_stand_once_in_the_order_in_which_they_are_first_needed() -> None:
    steps = [
        step("thing.one", Call("s3", "CreateBucket"), Call("s3", "PutBucketVersioning")),
        step("thing.two", Call("s3", "CreateBucket"), Call("ec2", "CreateVpc", also_needs={"ec2:CreateTags": ()})),
    ]
    found = forecast(steps, actions_of, policy_of)
    assert found.actions == ("s3:CreateBucket", "s3:PutBucketVersioning", "ec2:CreateVpc", "ec2:CreateTags")


def test_what_is_looked_at_on_the_way_is_in_the_policy_but_not_in_the_short_list() -> None:
    call = Call(
        "ec2",
        "CreateVpc",
        wait=Wait(read("ec2", "DescribeVpcs"), "Vpcs[0]", "it appears"),
        guard=Guard(read("ec2", "DescribeTags"), "Tags", "f"),
        find=Find(read("ec2", "DescribeVpcEndpoints"), {"id": Capture("Id")}),
    )
    found = forecast([step("thing.one", call)], actions_of, policy_of)
    assert found.actions == ("ec2:CreateVpc",)
    assert sorted(found.policy["calls"]) == [
        "ec2:CreateVpc",
        "ec2:DescribeTags",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
    ]


def test_a_plan_without_calls_needs_no_permission_and_no_policy() -> None:
    forgets = Step("forget", "thing.one", "thing", "id", (Line("Forget it", "Asked for"),))
    assert forecast([forgets], actions_of, policy_of) == Permissions()
