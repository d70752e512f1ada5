"""What EC2 answers becomes a spec, by answers fed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.network.network import Network

KIND = Network()
ANYWHERE = "0.0.0.0/0"


def tags(**tags: str) -> list[dict[str, str]]:
    return [{"Key": key.replace("__", ":"), "Value": value} for key, value in tags.items()]


def subnet(id: str, zone: str = "a", *, maps: bool = False, **marks: str) -> dict[str, Any]:
    return {
        "SubnetId": id,
        "SubnetArn": f"arn:aws:ec2:eu-west-1:123456789012:subnet/{id}",
        "CidrBlock": "10.0.0.0/24",
        "AvailabilityZone": f"eu-west-1{zone}",
        "MapPublicIpOnLaunch": maps,
        "Tags": tags(**marks),
    }


def table(id: str, *subnets: str, main: bool = False, to: str | None = None, state: str = "active") -> dict[str, Any]:
    associations = [{"RouteTableAssociationId": f"rtbassoc-{name}", "SubnetId": name} for name in subnets]
    routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]
    if to:
        routes.append({"DestinationCidrBlock": ANYWHERE, "GatewayId": to, "State": state})
    return {"RouteTableId": id, "Associations": [*associations, {"Main": main}], "Routes": routes, "Tags": []}


def answers(**answers: Any) -> dict[str, Any]:
    """By operation; a network of ours with nothing in it, unless told."""
    vpc = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Tags": tags(Name="main", genesys__step="run/network.main")}
    return {
        "DescribeVpcs": {"Vpcs": [vpc]},
        "DescribeSubnets": {"Subnets": []},
        "DescribeRouteTables": {"RouteTables": [table("rtb-main", main=True)]},
        "DescribeInternetGateways": {"InternetGateways": []},
        "DescribeNatGateways": {"NatGateways": []},
        "DescribeVpcEndpoints": {"VpcEndpoints": []},
        "DescribeVpcPeeringConnections": {"VpcPeeringConnections": []},
        "DescribeAvailabilityZones": {"AvailabilityZones": [{"RegionName": "eu-west-1"}]},
        **answers,
    }


def feed(reading: Reading[Actual | None], fed: dict[str, Any]) -> tuple[Actual | None, list[str]]:
    """The end of a reading, and the calls it asked for."""
    asked: list[str] = []
    answer: Any = None
    try:
        while True:
            step = reading.send(answer)
            calls = [one for one in (step if isinstance(step, list) else [step]) if isinstance(one, Call)]
            assert all(call.effect == "read" for call in calls)
            asked += [call.operation for call in calls]
            got = [fed[call.operation] for call in calls]
            answer = got if isinstance(step, list) else got[0]
    except StopIteration as end:
        return end.value, asked


def spec(*fields: str, **fed: Any) -> dict[str, Any]:
    actual, _ = feed(KIND.read("vpc-1", frozenset(fields)), answers(**fed))
    assert actual is not None
    return dict(actual.spec)


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ((), []),
        (("cidr", "tags", "zones"), []),
        (("subnets",), ["DescribeRouteTables"]),
        (("internet",), ["DescribeRouteTables", "DescribeInternetGateways"]),
        (("nat",), ["DescribeRouteTables", "DescribeNatGateways"]),
        (("endpoints",), ["DescribeVpcEndpoints"]),
    ],
)
def test_only_what_the_fields_need_is_asked(fields: tuple[str, ...], asked: list[str]) -> None:
    fed = answers(DescribeSubnets={"Subnets": [subnet("subnet-1")]})
    actual, calls = feed(KIND.read("vpc-1", frozenset(fields)), fed)
    assert calls == ["DescribeVpcs", "DescribeSubnets", *asked], "the subnets are outputs, and tell the region"
    assert actual is not None
    assert actual.spec.keys() == set(fields)


def test_a_network_that_is_not_there() -> None:
    assert feed(KIND.read("vpc-1", KIND.fields), answers(DescribeVpcs=None))[0] is None


def test_a_denied_listing_is_no_empty_listing() -> None:
    denied = CallError("ec2:DescribeSubnets", "denied", "UnauthorizedOperation", "no")
    with pytest.raises(CallError, match="DescribeSubnets"):
        feed(KIND.read("vpc-1", KIND.fields), answers(DescribeSubnets=denied))


def test_a_subnet_is_public_by_its_own_table_or_else_by_the_main_one() -> None:
    subnets = {"Subnets": [subnet("subnet-1", Name="main-own"), subnet("subnet-2", Name="main-follows")]}
    tables = {"RouteTables": [table("rtb-1", "subnet-1"), table("rtb-main", main=True, to="igw-1")]}
    read = spec("subnets", DescribeSubnets=subnets, DescribeRouteTables=tables)["subnets"]
    assert {key: one["public"] for key, one in read.items()} == {"own": False, "follows": True}


def test_only_a_route_that_works_and_leads_to_an_internet_gateway_counts() -> None:
    subnets = {"Subnets": [subnet("subnet-1", Name="main-web")]}
    for leads in (
        table("rtb-1", "subnet-1", to="igw-1", state="blackhole"),
        table("rtb-1", "subnet-1", to="vgw-1"),
        table("rtb-1", "subnet-1"),
    ):
        read = spec("subnets", DescribeSubnets=subnets, DescribeRouteTables={"RouteTables": [leads]})["subnets"]
        assert read["web"]["public"] is False


@pytest.mark.parametrize(
    ("maps", "to", "public"), [(True, "igw-1", True), (False, None, False), (True, None, None), (False, "igw-1", None)]
)
def test_a_subnet_of_ours_that_is_half_public_is_neither(maps: bool, to: str | None, public: bool | None) -> None:
    subnets = {"Subnets": [subnet("subnet-1", maps=maps, genesys__part="web")]}
    tables = {"RouteTables": [table("rtb-1", "subnet-1", to=to)]}
    assert spec("subnets", DescribeSubnets=subnets, DescribeRouteTables=tables)["subnets"]["web"]["public"] is public


def test_subnets_go_by_our_mark_then_by_name_then_by_id() -> None:
    subnets = [
        subnet("subnet-1", Name="main-web"),
        subnet("subnet-2", Name="renamed", genesys__part="web"),
        subnet("subnet-3"),
        subnet("subnet-4", Name="of [red]others"),
    ]
    read = spec("subnets", DescribeSubnets={"Subnets": subnets})["subnets"]
    assert set(read) == {"web", "subnet-1", "subnet-3", "of [red]others"}


def test_zones_and_private_of_a_network_of_ours_speak_of_our_subnets() -> None:
    subnets = {"Subnets": [subnet("subnet-1", "a", genesys__part="db"), subnet("subnet-2", "c", Name="theirs")]}
    assert spec("zones", "private", DescribeSubnets=subnets) == {"zones": 1, "private": True}
    vpc = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Tags": tags(Name="main", genesys__stack="shop")}
    assert spec("zones", DescribeSubnets=subnets, DescribeVpcs={"Vpcs": [vpc]}) == {"zones": 2}
    assert spec("zones", "private") == {"zones": None, "private": False}


def test_internet_is_an_attached_gateway_and_a_route_to_it() -> None:
    gateway = {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}], "Tags": []}
    attached = {"InternetGateways": [gateway]}
    routed = {"RouteTables": [table("rtb-1", to="igw-1")]}
    assert spec("internet", DescribeInternetGateways=attached, DescribeRouteTables=routed) == {"internet": True}
    assert spec("internet", DescribeInternetGateways=attached) == {"internet": False}
    assert spec("internet", DescribeRouteTables=routed) == {"internet": False}


def test_tags_are_the_users_only() -> None:
    marks = tags(Name="main", genesys__stack="shop", aws__cloudformation="x", team="[/x]")
    vpc = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "Tags": marks}
    actual, _ = feed(KIND.read("vpc-1", frozenset({"tags"})), answers(DescribeVpcs={"Vpcs": [vpc]}))
    assert actual is not None
    assert actual.spec == {"tags": {"team": "[/x]"}}
    assert actual.tags["genesys:stack"] == "shop"


def test_a_network_without_subnets_has_its_arn_too() -> None:
    vpc = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "210987654321"}
    actual, _ = feed(KIND.read("vpc-1", frozenset()), answers(DescribeVpcs={"Vpcs": [vpc]}))
    assert actual is not None
    assert actual.arn == "arn:aws:ec2:eu-west-1:210987654321:vpc/vpc-1"
