"""Security groups: what EC2 tells of rules, and the fewest calls that change them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.executor.params import captured, holds
from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual, Reference
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.security_group import SecurityGroupSpec
from genesys_tui.engine.providers.aws.network.security_group import SecurityGroup
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

KIND = SecurityGroup()
PLACE = Placement("eu-west-1", "shop", "123456789012")
GROUP = {
    "GroupId": "sg-1",
    "GroupName": "web",
    "VpcId": "vpc-1",
    "Description": "web",
    "SecurityGroupArn": "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-1",
}


def rule(
    id: str, name: str = "", *, out: bool = False, protocol: str = "tcp", ports: Any = (443, 443), **peer: Any
) -> Any:
    tags = [{"Key": "Name", "Value": name}] if name else []
    wire = {"IpProtocol": protocol, "FromPort": ports[0], "ToPort": ports[1], "IsEgress": out}
    return {"SecurityGroupRuleId": id, "GroupId": "sg-1", "Tags": tags, **wire, **peer}


ALL_OUT = rule("sgr-0", out=True, protocol="-1", ports=(-1, -1), CidrIpv4="0.0.0.0/0")
WEB = rule("sgr-1", "web", CidrIpv4="10.0.0.0/16", Description="kept")


def told(*rules: Any) -> Actual:
    actual = KIND.composed("sg-1", {"group": {"SecurityGroups": [GROUP]}, "rules": {"SecurityGroupRules": rules}})
    assert actual is not None
    return actual


def wish(**rules: Any) -> SecurityGroupSpec:
    return SecurityGroupSpec.model_validate({"rules": rules}, context=WISH)


def update(have: Actual, **rules: Any) -> list[Call]:
    return [call for line in KIND.update(have, wish(**rules), PLACE, None) for call in line.calls]


def test_rules_go_by_name_else_by_id_and_aws_own_by_its_own() -> None:
    read = told(
        ALL_OUT,
        WEB,
        rule("sgr-2", "web", CidrIpv6="::/0"),
        rule("sgr-3", "app", ports=(8000, 8100), ReferencedGroupInfo={"GroupId": "sg-2", "UserId": "1"}),
        rule("sgr-4", "among", protocol="-1", ports=(-1, -1), ReferencedGroupInfo={"GroupId": "sg-1"}),
        rule("sgr-5", protocol="icmp", ports=(-1, -1), PrefixListId="pl-1"),
    ).spec["rules"]
    assert read == {
        "all-out": {"direction": "out", "protocol": "all", "to": "0.0.0.0/0"},
        "web": {"direction": "in", "protocol": "tcp", "ports": "443", "from": "10.0.0.0/16"},
        "sgr-2": {"direction": "in", "protocol": "tcp", "ports": "443", "from": "::/0"},
        "app": {"direction": "in", "protocol": "tcp", "ports": "8000-8100", "from": "sg-2"},
        "among": {"direction": "in", "protocol": "all", "from": "self"},
        "sgr-5": {"direction": "in", "protocol": "icmp", "from": "pl-1"},
    }


def test_a_wish_says_all_of_a_rule() -> None:
    said = wish(
        web={"ports": 443, "from": "anywhere"},
        any={"from": "self"},
        dns={"protocol": "udp", "ports": "53-53", "to": "10.0.0.2/32"},
        tcp={"ports": "all", "from": "app"},
    ).document["rules"]
    assert said == {
        "web": {"direction": "in", "protocol": "tcp", "ports": "443", "from": "0.0.0.0/0"},
        "any": {"direction": "in", "protocol": "all", "from": "self"},
        "dns": {"direction": "out", "protocol": "udp", "ports": "53", "to": "10.0.0.2/32"},
        "tcp": {"direction": "in", "protocol": "tcp", "ports": "0-65535", "from": "${security-group.app.id}"},
    }


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ({"ports": 70_000, "from": "self"}, "0 to 65535"),
        ({"ports": "100-90", "from": "self"}, "8000-8100"),
        ({"ports": 443, "from": "10.0.0.1/16"}, "host bits"),
        ({"ports": 443, "from": "10.0.0.0/33"}, "10.0.0.0/16"),
        ({"ports": 443}, "`from` whom"),
        ({"ports": 443, "from": "self", "to": "self"}, "one of the two"),
        ({"ports": 443, "from": "self", "direction": "out"}, "for the direction in"),
        ({"protocol": "icmp", "ports": 8, "from": "self"}, "ports go with tcp and udp"),
        ({"protocol": "tpc", "from": "self"}, "tcp, udp, icmp"),
    ],
)
def test_what_can_not_be_is_refused_with_what_would_be_right(said: dict[str, Any], fix: str) -> None:
    with pytest.raises(FlawedError) as refused:
        checked(SecurityGroupSpec, {"rules": {"web": said}})
    assert any(fix in flaw.fix for flaw in refused.value.flaws), refused.value.flaws


def test_a_rule_changes_in_place_and_keeps_what_others_wrote_there() -> None:
    [call] = update(told(ALL_OUT, WEB), web={"ports": 8443, "from": "10.1.0.0/16"})
    assert call.operation == "ModifySecurityGroupRules"
    changed = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIpv4": "10.1.0.0/16", "Description": "kept"}
    assert call.params["SecurityGroupRules"] == [{"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": changed}]


@pytest.mark.parametrize("to", [{"from": "sg-2"}, {"from": "::/0"}, {"from": "self"}])
def test_another_type_of_peer_is_allowed_before_the_old_one_goes(to: dict[str, str]) -> None:
    calls = update(told(WEB), web={"ports": 443, **to})
    assert [call.operation for call in calls] == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
    assert calls[1].params["SecurityGroupRuleIds"] == ["sgr-1"]


def test_another_direction_is_another_rule() -> None:
    calls = update(told(WEB), web={"ports": 443, "to": "10.0.0.0/16"})
    assert [call.operation for call in calls] == ["AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress"]


def test_what_is_there_under_no_name_is_only_named() -> None:
    """AWS would refuse the same rule twice."""
    [call] = update(told(rule("sgr-9", CidrIpv4="10.0.0.0/16")), web={"ports": 443, "from": "10.0.0.0/16"})
    assert (call.operation, call.params["Resources"]) == ("CreateTags", ["sgr-9"])
    [call] = update(told(WEB), door={"ports": 443, "from": "10.0.0.0/16"}, web=None)
    assert (call.operation, call.params["Resources"]) == ("CreateTags", ["sgr-1"])


def test_the_rule_of_aws_can_go() -> None:
    [call] = update(told(ALL_OUT), **{"all-out": None})
    assert (call.operation, call.params["SecurityGroupRuleIds"]) == ("RevokeSecurityGroupEgress", ["sgr-0"])


def test_rules_go_one_by_one_so_that_one_that_is_gone_holds_up_no_other() -> None:
    """EC2 takes away none of those it is told at once if it does not know one of them."""
    both = told(
        rule("sgr-1", "web", CidrIpv4="10.0.0.0/16"), rule("sgr-2", "ssh", ports=(22, 22), CidrIpv4="0.0.0.0/0")
    )
    calls = update(both, web=None, ssh=None)
    assert [call.params["SecurityGroupRuleIds"] for call in calls] == [["sgr-1"], ["sgr-2"]]
    assert all("InvalidSecurityGroupRuleId.NotFound" in call.absent_on for call in calls)


def test_without_all_out_nothing_goes_out_by_ipv6_either() -> None:
    want = KIND.fill(wish(**{"all-out": None}), None, ())
    _, *revoked = [call for line in KIND.create("web", want, PLACE, None) for call in line.calls]
    assert [call.params["IpPermissions"][0] for call in revoked] == [  # type: ignore[index]
        {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
        {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]},
    ]
    assert all("InvalidPermission.NotFound" in call.absent_on for call in revoked)


def create(**rules: Any) -> list[Call]:
    want = KIND.fill(wish(**rules), None, ())
    return [call for line in KIND.create("web", want, PLACE, None) for call in line.calls]


def test_the_rule_that_aws_puts_in_is_given_the_name_that_was_asked_for() -> None:
    """EC2 would refuse the same rule twice."""
    _, look, tag = create(out={"to": "anywhere"})
    assert look.wait and not holds(look.wait.done, {"SecurityGroupRules": [rule("sgr-9", CidrIpv4="0.0.0.0/0")]})
    answer = {"SecurityGroupRules": [rule("sgr-9", CidrIpv4="0.0.0.0/0"), ALL_OUT]}
    assert holds(look.wait.done, answer)
    assert captured(look.wait.captures, answer) == {"_all_out": "sgr-0"}
    assert tag.params == {"Resources": [Output("_all_out")], "Tags": [{"Key": "Name", "Value": "out"}]}
    *_, revoked = create(out={"to": "anywhere"}, **{"all-out": None})
    assert "Ipv6Ranges" in revoked.params["IpPermissions"][0]  # type: ignore[index,operator]
    [call] = update(told(ALL_OUT), out={"to": "anywhere"})
    assert (call.operation, call.params["Resources"]) == ("CreateTags", ["sgr-0"])
    named = rule("sgr-0", "all-out", out=True, protocol="-1", ports=(-1, -1), CidrIpv4="0.0.0.0/0")
    assert [call.operation for call in update(told(named), **{"all-out": None, "out": {"to": "anywhere"}})] == [
        "CreateTags"
    ]


def test_the_same_rule_under_two_names_is_refused() -> None:
    with pytest.raises(FlawedError) as refused:
        checked(
            SecurityGroupSpec, {"rules": {"web": {"ports": 443, "from": "self"}, "tls": {"ports": 443, "from": "self"}}}
        )
    assert [flaw.fix for flaw in refused.value.flaws] == ["it is the same as 'web', and AWS takes no rule twice"]


def test_protocols_go_by_their_names_and_those_without_by_number() -> None:
    asked = wish(tcp={"protocol": 6, "ports": 22, "from": "self"}, esp={"protocol": 50, "from": "self"})
    said: Any = asked.document["rules"]
    assert said["tcp"]["protocol"] == "tcp"
    esp = rule("sgr-1", "esp", protocol="50", ports=(0, 65_535), ReferencedGroupInfo={"GroupId": "sg-1"})
    assert told(esp).spec["rules"] == {"esp": said["esp"]}


def test_a_reference_to_a_range_is_a_range_and_one_to_an_id_a_group() -> None:
    net, app = Reference("${network.main.cidr}"), Reference("${security-group.app.id}")
    calls = update(told(), net={"ports": 22, "from": net}, app={"ports": 22, "from": app})
    permissions = [call.params["IpPermissions"] for call in calls]
    traffic = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    assert permissions == [
        [{**traffic, "IpRanges": [{"CidrIp": net}]}],
        [{**traffic, "UserIdGroupPairs": [{"GroupId": app}]}],
    ]


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"ports": 22, "from": "anywhere"}, "SSH (port 22)"),
        ({"ports": "3000-3400", "from": "::/0"}, "remote desktop (port 3389), MySQL (port 3306)"),
        ({"from": "anywhere"}, "everything"),
        ({"ports": 443, "from": "anywhere"}, ""),
        ({"ports": 22, "from": "10.0.0.0/8"}, ""),
        ({"ports": 22, "to": "anywhere"}, ""),
    ],
)
def test_what_is_not_for_the_whole_internet_is_said(said: dict[str, Any], what: str) -> None:
    found = [item.message for item in KIND.findings("security-group.web", wish(door=said))]
    assert found == ([f"rule 'door' lets anybody on the internet reach {what}"] if what else [])


def test_a_group_in_use_is_not_deleted() -> None:
    reading = KIND.prepare("web", SecurityGroupSpec(), told())
    reading.send(None)
    with pytest.raises(StopIteration) as end:
        reading.send(
            [
                {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1", "Description": "ELB app/[red]shop/1"}]},
                {"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web"}, {"GroupId": "sg-2", "GroupName": "app"}]},
                {"SecurityGroups": [{"GroupId": "sg-2", "GroupName": "app"}, {"GroupId": "sg-3", "GroupName": "ops"}]},
            ]
        )
    why = KIND.refuses_removal(told(), end.value.value)
    assert why == "it is used by network interface eni-1 (ELB app/[red]shop/1), a rule of 'app', a rule of 'ops'"


def test_what_lambda_still_holds_is_waited_for_where_something_goes_first() -> None:
    [call] = [call for line in KIND.delete(told(), ()) for call in line.calls]
    assert call.operation == "DeleteSecurityGroup"
    held = ("network interface eni-1 (AWS Lambda VPC ENI-answer)",)
    free, _ = [call for line in KIND.delete(told(), held) for call in line.calls]
    assert free.effect == "read" and free.wait
    assert not holds(free.wait.done, {"NetworkInterfaces": [{"InterfaceType": "lambda"}]})
    assert holds(free.wait.done, {"NetworkInterfaces": [{"InterfaceType": "interface"}]})
    assert free.wait.limit >= 45 * 60


def test_of_several_of_a_name_none_is_guessed() -> None:
    reading = KIND.locate("web")
    next(reading)
    with pytest.raises(GenesysError, match="2 security groups named 'web'"):
        reading.send({"SecurityGroups": [GROUP, {**GROUP, "GroupId": "sg-2", "VpcId": "vpc-2"}]})


def test_the_default_group_is_of_aws() -> None:
    actual = KIND.composed("sg-1", {"group": {"SecurityGroups": [{**GROUP, "GroupName": "default"}]}})
    assert actual is not None
    assert actual.of_aws


def test_a_network_goes_with_the_groups_in_it_and_not_without(aws: str, tmp_path: Path) -> None:
    file = tmp_path / "genesys.yaml"
    file.write_text(
        "stack: shop\nregion: eu-west-1\nresources:\n  network:\n    - {name: main, type: network, zones: 1}\n"
        "    - {name: web, type: security-group, network: main}\n"
    )
    with closing(Workspace(Settings(region="eu-west-1", endpoint=aws, stack="shop", home=tmp_path))) as workspace:
        assert workspace.apply(workspace.plan(read_stack_file(file))).wait().status == "done"
        assert workspace.plan_destroy("shop", ["network.main"]).blocked
        plan = workspace.plan_destroy("shop", [])
        assert not plan.blocked
        assert [step.address for step in plan.steps] == ["security-group.web", "network.main"]
        assert workspace.apply(plan).wait().status == "done"
