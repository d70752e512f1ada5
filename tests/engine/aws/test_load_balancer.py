"""Load balancers: what an emulator does not show, by fed answers and by the calls of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.load_balancer import LoadBalancerSpec
from genesys_tui.engine.providers.aws import iam
from genesys_tui.engine.providers.aws.network.load_balancer import LoadBalancer
from genesys_tui.engine.providers.aws.network.load_balancer_parts import group_name
from tests.engine.aws.test_iam import allowed, real, statements, supports

KIND = LoadBalancer()
PLACE = Placement("eu-west-1", "shop", "123456789012")
PREFIX = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:"
ARN = f"{PREFIX}loadbalancer/app/shop/0a1b"
APP, DOOR = f"{PREFIX}targetgroup/shop-app-0/1", f"{PREFIX}listener/app/shop/0a1b/1"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b"
SPEC = {
    "network": "vpc-0123456789abcdef0",
    "security_groups": ["sg-0123456789abcdef0"],
    "targets": {"app": {"port": 8080}},
    "listeners": {"web": {"redirect_to_https": True}, "tls": {"certificate": CERTIFICATE, "target": "app"}},
}


def there(*, state: str = "active", **attributes: str) -> Actual:
    """One with a group, and a door to it."""
    balancer = {
        "LoadBalancerArn": ARN,
        "LoadBalancerName": "shop",
        "Type": "application",
        "Scheme": "internet-facing",
        "VpcId": "vpc-1",
        "State": {"Code": state},
        "DNSName": "shop.example.com",
        "CanonicalHostedZoneId": "Z1",
    }
    group = {
        "TargetGroupArn": APP,
        "TargetGroupName": "shop-app-0",
        "TargetType": "ip",
        "Protocol": "HTTP",
        "Port": 8080,
    }
    door = {"ListenerArn": DOOR, "Port": 80, "Protocol": "HTTP", "DefaultActions": [{"TargetGroupArn": APP}]}
    ours = {"genesys:part": "app"}
    told: dict[str, Any] = {
        "balancer": {"LoadBalancers": [balancer]},
        "attributes": {"Attributes": [{"Key": key, "Value": value} for key, value in attributes.items()]},
        "parts": {"Listeners": [door], "TargetGroups": [group], "Tags": {APP: ours}, "Targets": {}},
        "tags": {"TagDescriptions": []},
    }
    actual = KIND.composed(ARN, told)
    assert actual is not None
    return actual


def wish(**asked: Any) -> LoadBalancerSpec:
    return LoadBalancerSpec.model_validate(asked, context=WISH)


def calls(lines: Iterator[Line]) -> list[Call]:
    return [call for line in lines for call in line.calls]


def update(facts: Any = None, **asked: Any) -> list[Call]:
    return calls(KIND.update(there(), LoadBalancerSpec.of(asked), PLACE, facts))


def create(**asked: Any) -> list[Call]:
    return calls(KIND.create("shop", KIND.fill(wish(**{**SPEC, **asked}), {}, ()), PLACE, {}))


def test_parts_go_by_our_mark_and_those_of_others_by_what_aws_has() -> None:
    spec = there().spec
    assert spec["listeners"] == {
        "80": {"port": 80, "protocol": "HTTP", "certificate": None, "target": "app", "redirect_to_https": None}
    }
    assert list(spec["targets"]) == ["app"]  # type: ignore[arg-type]
    assert KIND.outputs_of(there())["target_app"] == APP
    assert there(state="provisioning").transition == "creating"


def test_a_door_with_a_certificate_is_encrypted_and_the_other_leads_there() -> None:
    web, tls = [call.params for call in create() if call.operation == "CreateListener"]
    assert (web["Port"], web["Protocol"]) == (80, "HTTP")
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    assert web["DefaultActions"] == [{"Type": "redirect", "RedirectConfig": redirect}]
    assert (tls["Port"], tls["Protocol"]) == (443, "HTTPS")
    assert tls["Certificates"] == [{"CertificateArn": CERTIFICATE}]
    assert str(tls["SslPolicy"]).startswith("ELBSecurityPolicy-TLS13")
    assert tls["DefaultActions"] == [{"Type": "forward", "TargetGroupArn": Output("target_app")}]


def test_its_subnets_are_those_that_suit_its_scheme_in_two_zones() -> None:
    look, make, *_ = create(scheme="internal")
    assert {"Name": "map-public-ip-on-launch", "Values": ["false"]} in look.params["Filters"]  # type: ignore[operator]
    assert make.params["Subnets"] == [Output("_first_subnet"), Output("_last_subnet")]
    make, *_ = create(subnets=["subnet-1", "subnet-2"])
    assert make.params["Subnets"] == ["subnet-1", "subnet-2"]


def test_it_is_waited_for_at_the_end_so_that_its_parts_come_meanwhile() -> None:
    last = create()[-1]
    assert last.effect == "read"
    assert last.wait


def test_a_group_that_can_not_change_is_made_anew_before_the_old_one_goes() -> None:
    made, turned, gone = update(targets={"app": {"port": 9090}})
    assert (made.operation, made.params["Port"]) == ("CreateTargetGroup", 9090)
    assert turned.operation == "ModifyListener"
    assert turned.params["DefaultActions"] == [{"Type": "forward", "TargetGroupArn": Output("target_app")}]
    assert (gone.operation, gone.params["TargetGroupArn"]) == ("DeleteTargetGroup", APP)


def with_door(**changes: Any) -> Actual:
    """One whose door others made."""
    have = there()
    have.spec["listeners"]["80"] |= changes  # type: ignore[index,call-overload,operator]
    return have


def changed(have: Actual, **asked: Any) -> list[Call]:
    return calls(KIND.update(have, LoadBalancerSpec.of(asked), PLACE, None))


def test_of_a_door_only_what_differs_is_sent() -> None:
    """What ModifyListener is not told stays: the TLS policy, and actions that we have no word for."""
    tls = with_door(port=443, protocol="HTTPS", certificate=CERTIFICATE)
    other = CERTIFICATE.replace("0a1b", "0a1c")
    [call] = changed(tls, listeners={"80": {"certificate": other}})
    assert call.params == {"ListenerArn": DOOR, "Certificates": [{"CertificateArn": other}]}
    [call] = changed(tls, listeners={"80": {"redirect_to_https": True}})
    assert call.params.keys() == {"ListenerArn", "DefaultActions"}
    signing_in = with_door(target=None)
    [line] = KIND.update(signing_in, LoadBalancerSpec.of({"listeners": {"80": {"port": 8080}}}), PLACE, None)
    assert line.calls[0].params == {"ListenerArn": DOOR, "Port": 8080}
    assert "do what it did" in line.sentence
    [call] = changed(with_door(), listeners={"80": {"protocol": "HTTPS", "certificate": other}})
    assert call.params.keys() == {"ListenerArn", "Protocol", "SslPolicy", "Certificates"}


def test_a_plain_door_takes_no_certificate_without_a_word() -> None:
    with pytest.raises(GenesysError, match="can't take a certificate") as refused:
        changed(with_door(), listeners={"80": {"certificate": CERTIFICATE}})
    assert "protocol: HTTPS" in refused.value.todo


def test_targets_that_take_encrypted_requests_are_asked_so_whether_they_are_well() -> None:
    def checked_by(target: dict[str, Any]) -> tuple[Any, Any]:
        [group] = [call for call in create(targets={"app": target}) if call.operation == "CreateTargetGroup"]
        return group.params.get("HealthCheckProtocol"), group.params.get("HealthCheckPath")

    assert checked_by({"protocol": "HTTPS", "health_path": "/well"}) == ("HTTPS", "/well")
    assert checked_by({"protocol": "HTTPS"}) == ("HTTPS", None)
    assert checked_by({"health_path": "/well"}) == ("HTTP", "/well")
    have = there()
    have.spec["targets"]["app"] |= {"health_path": "/"}  # type: ignore[index,call-overload,operator]
    [call] = changed(have, targets={"app": {"health_path": "/well"}})
    assert call.params == {"TargetGroupArn": APP, "HealthCheckPath": "/well"}


def test_public_addresses_cost_too() -> None:
    def addresses(**asked: Any) -> list[float]:
        return [price.typical for price in KIND.prices(wish(**asked)) if "IPv4" in price.what]

    assert addresses(scheme="internet") == [1460]
    assert addresses(scheme="internet", subnets=["a", "b", "c"]) == [2190]
    assert addresses(scheme="internal") == []


def test_a_group_that_a_cut_off_create_left_is_taken() -> None:
    name = group_name("shop", "new", {"type": "ip", "protocol": "HTTP", "port": 80})
    left = APP.replace("shop-app-0", name)
    [listener] = update({name: left}, targets={"new": {"port": 80}}, listeners={"new": {"port": 81, "target": "new"}})
    assert listener.operation == "CreateListener"
    assert listener.params["DefaultActions"] == [{"Type": "forward", "TargetGroupArn": left}]


def test_a_door_and_its_group_go_in_this_order() -> None:
    assert [call.operation for call in update(listeners={"80": None}, targets={"app": None})] == [
        "DeleteListener",
        "DeleteTargetGroup",
    ]


def test_instances_come_and_go_one_by_one() -> None:
    have = there()
    have.spec["targets"]["app"] |= {"type": "instance", "instances": ["i-1", "i-2"]}  # type: ignore[index,call-overload,operator]
    change = LoadBalancerSpec.of({"targets": {"app": {"instances": ["i-2", "i-3"]}}})
    made = calls(KIND.update(have, change, PLACE, None))
    assert [(call.operation, call.params["Targets"]) for call in made] == [
        ("RegisterTargets", [{"Id": "i-3"}]),
        ("DeregisterTargets", [{"Id": "i-1"}]),
    ]


def test_its_subnets_are_free_before_it_counts_as_deleted_and_groups_of_others_stay() -> None:
    have = there()
    balancer, group = calls(KIND.delete(have, {"shop-left-1": f"{PREFIX}targetgroup/shop-left-1/2"}))[:2]
    assert balancer.wait
    assert balancer.wait.read.params["Filters"] == [{"Name": "description", "Values": ["ELB app/shop/0a1b"]}]
    assert group.params["TargetGroupArn"] == APP
    theirs = there()
    theirs.provider_data["ours"].clear()
    assert [call.operation for call in calls(KIND.delete(theirs, {}))] == ["DeleteLoadBalancer"]


def test_what_protects_itself_is_not_deleted() -> None:
    assert KIND.refuses_removal(there(**{"deletion_protection.enabled": "true"}), None)
    assert KIND.refuses_removal(there(), None) == ""


def test_names_of_groups_fit_and_tell_apart_what_can_not_change() -> None:
    one: dict[str, Any] = {"type": "ip", "protocol": "HTTP", "port": 80}
    name = group_name("a" * 32, "b" * 64, one)
    assert len(name) <= 32
    assert name != group_name("a" * 32, "b" * 64, {**one, "port": 81})
    assert name != group_name("a" * 32, "b" * 63, one)


@pytest.mark.parametrize(
    ("asked", "fix"),
    [
        ({"listeners": {"web": {"port": 80, "protocol": "TCP", "target": "app"}}}, "HTTP or HTTPS"),
        ({"listeners": {"web": {"protocol": "HTTPS", "target": "app"}}}, "takes a `certificate`"),
        ({"listeners": {"web": {"target": "app", "redirect_to_https": True}}}, "either a `target`"),
        ({"listeners": {"web": {"port": 80}}}, "either a `target`"),
        ({"listeners": {"web": {"target": "other"}}}, "one of app"),
        ({"listeners": {}}, "no listener passes"),
        ({"type": "network", "idle_timeout": 9}, "only the type application"),
        ({"targets": {"app": {"instances": ["i-0123456789abcdef0"]}}}, "`type: instance`"),
    ],
)
def test_what_can_not_be_is_refused_with_what_would_be_right(asked: dict[str, Any], fix: str) -> None:
    whole: dict[str, Any] = {"targets": {"app": {}}, "listeners": {"web": {"target": "app"}}, **asked}
    with pytest.raises(FlawedError) as refused:
        checked(LoadBalancerSpec, whole)
    assert any(fix in flaw.fix for flaw in refused.value.flaws), refused.value.flaws


def test_without_a_network_it_is_refused() -> None:
    with pytest.raises(GenesysError, match="stands in a network"):
        KIND.fill(wish(listeners={}), {}, ())


def test_what_is_open_or_shut_by_mistake_is_said() -> None:
    plain = wish(type="application", scheme="internet", listeners={"web": {"protocol": "HTTP", "target": "app"}})
    said = [item.message for item in KIND.findings("load-balancer.shop", plain)]
    assert any("not encrypted" in one for one in said)
    assert any("default security group" in one for one in said)


def test_every_permission_is_a_real_one_on_what_it_can_be_restricted_to() -> None:
    changes = update(
        targets={"app": {"port": 9090}}, listeners={"80": None}, deletion_protection=True, tags={"a": "b", "c": None}
    )
    places = update(security_groups=["sg-1"], subnets=["subnet-1"], targets={"app": {"health_path": "/well"}})
    for call in [*create(), *changes, *places, *calls(KIND.delete(there(), {}))]:
        assert set(iam.actions(call)) <= {name for one in iam.actions(call) for name in real(one.partition(":")[0])}
        for action, resources in allowed(statements(call)).items():
            # The reference writes a role's name with its path as one word.
            for resource in resources if action != "iam:CreateServiceLinkedRole" else ():
                assert supports(action, resource), f"{action} on {resource}"


def test_one_of_a_network_passes_on_what_comes_by_tcp() -> None:
    made = create(type="network", targets={"app": {}}, listeners={"door": {"port": 5432, "target": "app"}})
    balancer, group, listener = [call.params for call in made if call.operation.startswith("Create")]
    assert balancer["Type"] == "network"
    assert group["Protocol"] == listener["Protocol"] == "TCP"
    assert listener["Port"] == 5432
    assert not any(call.operation == "ModifyLoadBalancerAttributes" for call in made)
