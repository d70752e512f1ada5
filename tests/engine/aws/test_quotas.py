"""What the account has no room for is refused in the plan, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine.model.call import Answer, Call
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts
from genesys_tui.engine.providers import registry
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent, read_stack_file

ROLE = registry.kind("role")


def prepared(answer: Answer | CallError) -> Facts:
    """The facts of a role that is to be made, from one fed answer."""
    reading = ROLE.prepare("r", ROLE.spec.of({}), None)
    asked = next(reading)
    assert isinstance(asked, list)
    assert [call.name for call in asked if isinstance(call, Call)] == ["iam:GetAccountSummary"]
    with pytest.raises(StopIteration) as ended:
        reading.send([answer])
    return ended.value.value


def test_the_last_role_fits_and_the_next_is_refused_with_the_command_to_ask_for_more() -> None:
    facts = prepared({"SummaryMap": {"Roles": 999, "RolesQuota": 1000}})
    one = ROLE.spec.of({"trusts": ["lambda.amazonaws.com"]})
    assert ROLE.fill(one, facts, [])
    with pytest.raises(GenesysError, match="may have 1000 roles") as refused:
        ROLE.fill(one, facts, [one])
    assert "1 more before it" in refused.value.why
    assert refused.value.command.startswith("aws service-quotas request-service-quota-increase --service-code iam")


@pytest.mark.parametrize("answer", [{}, CallError("iam:GetAccountSummary", "denied", "AccessDenied", "no")])
def test_a_quota_that_cant_be_read_stands_in_nobodys_way(answer: Answer | CallError) -> None:
    assert ROLE.fill(ROLE.spec.of({}), prepared(answer), [])


def test_a_region_takes_five_networks(aws: str, tmp_path: Path) -> None:
    """Four beside the default one, as AWS has it if nobody asked for more."""
    workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, stack="s", home=tmp_path))
    try:
        for name in ("a", "b", "c"):
            assert workspace.apply(workspace.plan(parse_intent(["network", name]))).wait().status == "done"
        file = tmp_path / "genesys.yaml"
        file.write_text("stack: t\nregion: eu-west-1\nresources:\n  network: [{name: d}, {name: e}]\n")
        plan = workspace.plan(read_stack_file(file))
        [blocked] = [finding for finding in plan.findings if finding.severity == "blocked"]
        assert (blocked.address, "may have 5 networks in a region" in blocked.message) == ("network.e", True)
        assert not workspace.plan(parse_intent(["network", "d"])).blocked
    finally:
        workspace.close()
