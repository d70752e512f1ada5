"""The ways out of a network: NAT gateways, endpoints, and what others tied to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from genesys_tui.engine.executor.params import holds
from genesys_tui.engine.model.document import differences
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.specs.network import NetworkSpec
from genesys_tui.engine.providers.aws.network.network_shape import NetworkFacts
from genesys_tui.engine.providers.aws.session import Session
from tests.engine.aws.network_account import KIND, PLACE, Account, open_session
from tests.engine.aws.test_network_reading import answers, feed, spec, subnet, table, tags


@pytest.fixture(scope="module")
def session(moto: str) -> Iterator[Session]:
    session = open_session(moto)
    yield session
    session.close()


@pytest.fixture
def account(aws: str, session: Session) -> Account:
    assert aws, "an empty account"
    return Account(session)


def ways(account: Account) -> Mapping[str, int]:
    """All that costs or holds, and that is not on its way out."""
    nats = account.ec2("DescribeNatGateways")["NatGateways"]
    endpoints = account.ec2("DescribeVpcEndpoints")["VpcEndpoints"]
    return {
        "nats": len([nat for nat in nats if nat["State"] != "deleted"]),
        "addresses": len(account.ec2("DescribeAddresses")["Addresses"]),
        "tables": len(account.ec2("DescribeRouteTables")["RouteTables"]),
        "endpoints": len([one for one in endpoints if one["State"] != "deleted"]),
        "groups": len(account.ec2("DescribeSecurityGroups")["SecurityGroups"]),
    }


def default_routes(account: Account) -> dict[str, str]:
    """Where each subnet's traffic to the internet goes, by the subnet's key."""
    have = account.actual()
    keys = {id: key for key, id in have.provider_data["subnets"].items()}
    found = dict.fromkeys(keys.values(), "")
    for one in account.tables(have.id):
        to = [route for route in one["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        for association in one["Associations"]:
            if association.get("SubnetId") and to:
                found[keys[association["SubnetId"]]] = to[0].get("NatGatewayId") or to[0]["GatewayId"]
    return found


def test_one_nat_gateway_serves_all_private_subnets_and_goes_again(account: Account) -> None:
    want = account.filled()
    account.create(want)
    before = ways(account)
    assert account.converge({"nat": "single"}) == 7
    routes = default_routes(account)
    assert routes["private-a"] == routes["private-b"] != ""
    assert routes["private-a"].startswith("nat-")
    assert account.actual().spec["nat"] == "single"
    assert account.converge({"nat": "single", "zones": 2}) == 0
    account.converge({"nat": "off"})
    assert ways(account) == before
    assert account.actual().spec["nat"] == "off"
    assert differences(want.document, account.actual().spec) == ()


def test_from_one_for_all_to_one_in_each_zone_nobody_is_cut_off(account: Account) -> None:
    account.create(account.filled(nat="single"))
    have = account.actual()
    want = NetworkSpec.of({"nat": "per-zone"})
    facts = account.session.ask(KIND.prepare("main", want, have))
    calls = [call.operation for line in KIND.update(have, want, PLACE, facts) for call in line.calls]
    assert calls.index("ReplaceRouteTableAssociation") > calls.index("CreateRoute")
    assert calls.index("DeleteNatGateway") > calls.index("ReplaceRouteTableAssociation")
    account.converge({"nat": "per-zone"})
    routes = default_routes(account)
    assert len({routes["private-a"], routes["private-b"]}) == 2
    assert account.actual().spec["nat"] == "per-zone"
    assert (ways(account)["nats"], ways(account)["addresses"]) == (2, 2)


def test_what_grows_is_served_too_and_what_shrinks_takes_its_gateway_along(account: Account) -> None:
    account.create(account.filled(nat="per-zone"))
    account.converge({"zones": 3})
    assert default_routes(account)["private-c"].startswith("nat-")
    assert account.actual().spec["nat"] == "per-zone"
    have = account.actual()
    fewer = NetworkSpec.of({"zones": 2})
    facts = account.session.ask(KIND.prepare("main", fewer, have))
    calls = [call.operation for line in KIND.update(have, fewer, PLACE, facts) for call in line.calls]
    assert calls.index("DeleteNatGateway") < calls.index("DeleteSubnet")
    account.converge({"zones": 2})
    assert ways(account)["nats"] == 2
    assert account.actual().spec["nat"] == "per-zone"


@pytest.mark.slow
def test_a_create_cut_off_on_the_ways_is_completed_without_a_duplicate_or_an_orphan(account: Account) -> None:
    want = account.filled(zones=1, nat="single", endpoints=["s3", "secretsmanager"])
    empty = ways(account)
    for done, cut in enumerate(count(10), 1):
        account.name = f"main-{cut}"
        sent = account.create(want, calls=cut)
        account.converge(want.document)
        assert differences(want.document, account.actual().spec) == (), f"cut off after call {cut}"
        new = {"nats": 1, "addresses": 1, "tables": 3, "endpoints": 2, "groups": 2}
        assert ways(account) == {key: empty[key] + number * done for key, number in new.items()}, f"cut off at {cut}"
        if sent < cut:
            break
    assert cut > 18


def test_a_delete_takes_all_ways_along(account: Account) -> None:
    empty = ways(account), account.counts()
    account.create(account.filled(nat="per-zone", endpoints=["s3", "secretsmanager"]))
    account.delete()
    assert (ways(account), account.counts()) == empty


def test_endpoints_come_go_and_change_and_those_of_others_stay(account: Account) -> None:
    account.create(account.filled(endpoints=["s3"]))
    vpc = account.actual().id
    main = next(one["RouteTableId"] for one in account.tables(vpc) if any(a["Main"] for a in one["Associations"]))
    service = "com.amazonaws.eu-west-1.dynamodb"
    account.ec2("CreateVpcEndpoint", VpcId=vpc, ServiceName=service, VpcEndpointType="Gateway", RouteTableIds=[main])
    assert account.actual().spec["endpoints"] == {"s3": "gateway", "dynamodb": "gateway"}
    account.converge({"endpoints": {"s3": "gateway", "sqs": "interface"}})
    assert account.actual().spec["endpoints"] == {"s3": "gateway", "dynamodb": "gateway", "sqs": "interface"}
    account.converge({"endpoints": {"sqs": None}})
    assert account.actual().spec["endpoints"] == {"s3": "gateway", "dynamodb": "gateway"}
    assert ways(account)["groups"] == 2 + 0, "the default ones of two networks"
    have = account.actual()
    facts = account.session.ask(KIND.prepare("main", NetworkSpec(), have))
    assert "(dynamodb)" in KIND.refuses_removal(have, facts)


def test_a_gateway_endpoint_stands_in_every_route_table(account: Account) -> None:
    account.create(account.filled(endpoints=["s3"]))
    account.converge({"nat": "single"})
    vpc = account.actual().id
    [endpoint] = account.ec2("DescribeVpcEndpoints")["VpcEndpoints"]
    assert set(endpoint["RouteTableIds"]) == {one["RouteTableId"] for one in account.tables(vpc)}
    account.converge({"nat": "off"})
    [endpoint] = account.ec2("DescribeVpcEndpoints")["VpcEndpoints"]
    assert set(endpoint["RouteTableIds"]) == {one["RouteTableId"] for one in account.tables(vpc)}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"internet": False}, "none is public"),
        ({"private": False}, "none is private"),
        ({"cidr": "10.0.0.0/16", "subnets": {"web": {"public": True, "zone": "a"}, "db": {"zone": "b"}}}, "zone b"),
    ],
)
def test_nat_that_would_serve_nobody_is_refused(account: Account, asked: Mapping[str, Any], told: str) -> None:
    want = account.filled(**asked).model_copy(update={"nat": "per-zone"})
    facts = account.session.ask(KIND.prepare("main", want, None))
    with pytest.raises(GenesysError) as refused:
        list(KIND.create("main", want, PLACE, facts))
    assert told in refused.value.why


# by fed answers -------------------------------------------------------------------------------------------------------
def nat(id: str, subnet: str, state: str = "available", **marks: str) -> dict[str, Any]:
    return {"NatGatewayId": id, "SubnetId": subnet, "State": state, "Tags": tags(**marks)}


def routed(id: str, subnets: tuple[str, ...], to: str, state: str = "active") -> dict[str, Any]:
    found = table(id, *subnets)
    found["Routes"].append({"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": to, "State": state})
    return found


PRIVATE = [subnet("subnet-1", "a", genesys__part="private-a"), subnet("subnet-2", "b", genesys__part="private-b")]
ONE = nat("nat-1", "subnet-9", genesys__part="nat")
MAIN = table("rtb-main", main=True)


@pytest.mark.parametrize(
    ("nats", "tables", "mode"),
    [
        ([], [], "off"),
        ([nat("nat-1", "subnet-9", "deleting", genesys__part="nat")], [], "off"),
        ([ONE], [routed("rtb-1", ("subnet-1", "subnet-2"), "nat-1")], "single"),
        ([{**ONE, "State": "pending"}], [routed("rtb-1", ("subnet-1", "subnet-2"), "nat-1")], "single"),
        ([ONE], [routed("rtb-1", ("subnet-1",), "nat-1")], None),
        ([ONE], [routed("rtb-1", ("subnet-1", "subnet-2"), "nat-1", "blackhole")], None),
        ([ONE], [], None),
        ([nat("nat-1", "subnet-9")], [routed("rtb-1", ("subnet-1", "subnet-2"), "nat-1")], "single"),
        ([nat("nat-1", "subnet-9")], [], "off"),
        (
            [nat("nat-1", "subnet-8", genesys__part="nat-a"), nat("nat-2", "subnet-9", genesys__part="nat-b")],
            [routed("rtb-1", ("subnet-1",), "nat-1"), routed("rtb-2", ("subnet-2",), "nat-2")],
            "per-zone",
        ),
        (
            [nat("nat-1", "subnet-8", genesys__part="nat-a"), nat("nat-2", "subnet-9", genesys__part="nat-b")],
            [routed("rtb-1", ("subnet-1", "subnet-2"), "nat-1")],
            None,
        ),
    ],
)
def test_nat_is_what_private_subnets_have_of_it(
    nats: list[dict[str, Any]], tables: list[dict[str, Any]], mode: str | None
) -> None:
    """None: cut in half, so that it equals no wish."""
    public = [table("rtb-public", "subnet-8", "subnet-9", to="igw-1")]
    hosts = [subnet("subnet-8", "a", maps=True), subnet("subnet-9", "b", maps=True)]
    read = spec(
        "nat",
        DescribeSubnets={"Subnets": [*PRIVATE, *hosts]},
        DescribeRouteTables={"RouteTables": [MAIN, *public, *tables]},
        DescribeNatGateways={"NatGateways": nats},
    )
    assert read == {"nat": mode}


def test_of_two_endpoints_of_a_service_the_second_goes_by_its_id() -> None:
    def endpoint(id: str, type: str, service: str = "s3", **more: Any) -> dict[str, Any]:
        name = service if "." in service else f"com.amazonaws.eu-west-1.{service}"
        return {"VpcEndpointId": id, "VpcEndpointType": type, "ServiceName": name, "State": "available", **more}

    found = [
        endpoint("vpce-1", "Interface"),
        endpoint("vpce-2", "Gateway"),
        endpoint("vpce-3", "Interface", "ecr.api", State="deleting"),
        endpoint("vpce-4", "Interface", "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b"),
        endpoint("vpce-5", "GatewayLoadBalancer", "com.example.wall"),
    ]
    read = spec("endpoints", DescribeVpcEndpoints={"VpcEndpoints": found})["endpoints"]
    theirs = "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b"
    assert read == {"s3": "gateway", "vpce-1": "interface", theirs: "interface"}


def test_peering_is_shown_and_left_alone() -> None:
    def peering(id: str, one: str, other: str, code: str = "active") -> dict[str, Any]:
        ends = {"RequesterVpcInfo": {"VpcId": one}, "AccepterVpcInfo": {"VpcId": other, "CidrBlock": "10.1.0.0/16"}}
        return {"VpcPeeringConnectionId": id, "Status": {"Code": code}, **ends}

    found = [
        peering("pcx-1", "vpc-1", "vpc-2"),
        peering("pcx-2", "vpc-3", "vpc-4"),
        peering("pcx-3", "vpc-1", "vpc-5", "deleted"),
    ]
    fed = answers(DescribeVpcPeeringConnections={"VpcPeeringConnections": found})
    actual, _ = feed(KIND.read("vpc-1", KIND.fields), fed)
    assert actual is not None
    assert KIND.foreign(actual) == "peering connection pcx-1 with vpc-2 (10.1.0.0/16)"


def test_the_default_network_is_of_aws() -> None:
    vpc = {"VpcId": "vpc-1", "CidrBlock": "172.31.0.0/16", "IsDefault": True}
    actual, _ = feed(KIND.read("vpc-1", frozenset()), answers(DescribeVpcs={"Vpcs": [vpc]}))
    assert actual is not None
    assert actual.of_aws


def test_its_cost_is_said() -> None:
    subnets: dict[str, Any] = {
        f"{side}-{zone}": {"zone": zone, "public": side == "public"} for side in ("public", "private") for zone in "ab"
    }
    want = NetworkSpec.of({"subnets": subnets, "nat": "per-zone", "endpoints": ["s3", "sqs"]})
    fixed = sum(price.unit_usd * price.typical for price in KIND.prices(want) if price.fixed)
    assert fixed == pytest.approx(730 * (2 * (0.045 + 0.005) + 2 * 0.01))
    assert KIND.prices(NetworkSpec.of({"subnets": subnets, "endpoints": ["s3"]})) == ()


def test_a_way_that_is_not_told_of_yet_is_waited_for() -> None:
    """EC2 answers that there is no such gateway or endpoint for some moments after it made it."""
    facts = NetworkFacts({"a": "eu-west-1a"})
    want = KIND.fill(NetworkSpec(zones=1, nat="single", endpoints={"sts": "interface"}), facts, ())
    calls = [call for line in KIND.create("main", want, PLACE, facts) for call in line.calls]
    looks = {call.wait.read.operation: call.wait for call in calls if call.wait}
    for operation, code in (
        ("DescribeNatGateways", "NatGatewayNotFound"),
        ("DescribeVpcEndpoints", "InvalidVpcEndpointId.NotFound"),
    ):
        wait = looks[operation]
        assert code in wait.read.absent_on
        assert not holds(wait.done, None)
    [endpoint] = [call for call in calls if call.operation == "CreateVpcEndpoint"]
    assert {"InvalidRouteTableId.NotFound", "InvalidSubnetID.NotFound"} <= {rule.code for rule in endpoint.retry_on}


def test_a_subnet_sent_again_is_found_by_its_mark_though_its_range_is_taken() -> None:
    facts = NetworkFacts({"a": "eu-west-1a"})
    calls = [
        call
        for line in KIND.create("main", KIND.fill(NetworkSpec(zones=1), facts, ()), PLACE, facts)
        for call in line.calls
    ]
    subnets = [call for call in calls if call.operation == "CreateSubnet"]
    assert subnets and all(call.find and "InvalidSubnet.Conflict" in call.find.codes for call in subnets)


def test_what_looks_find_is_for_the_step_only() -> None:
    """What a look for a lost answer captures is no output of a network, unless it is named so."""
    facts = NetworkFacts({"a": "eu-west-1a"})
    lines = KIND.create("main", KIND.fill(NetworkSpec(zones=1), facts, ()), PLACE, facts)
    found = {name for line in lines for call in line.calls if call.find for name in call.find.captures}
    assert all(name.startswith("_") or KIND.has_output(name) for name in found), found


def test_what_lambda_holds_is_waited_for_before_the_subnets_go(account: Account) -> None:
    account.create(account.filled())
    have = account.actual()
    facts = account.session.ask(KIND.prepare("main", NetworkSpec(), have))
    operations = [call.operation for line in KIND.delete(have, facts) for call in line.calls]
    assert "DescribeNetworkInterfaces" not in operations
    held = replace(facts, interfaces={"subnet-1": ("network interface eni-1 (AWS Lambda VPC ENI-answer)",)})
    operations = [call.operation for line in KIND.delete(have, held) for call in line.calls]
    assert operations.index("DescribeNetworkInterfaces") == operations.index("DeleteSubnet") - 1
