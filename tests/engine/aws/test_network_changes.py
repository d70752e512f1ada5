"""A network that changes: what others made of it stays, what was asked for comes, goes and moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from genesys_tui.engine.model.document import differences
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.network import NetworkSpec
from genesys_tui.engine.providers.aws.network.network_shape import NetworkFacts
from genesys_tui.engine.providers.aws.session import Session
from tests.engine.aws.network_account import KIND, PLACE, Account, added, open_session


@pytest.fixture(scope="module")
def session(moto: str) -> Iterator[Session]:
    session = open_session(moto)
    yield session
    session.close()


@pytest.fixture
def account(aws: str, session: Session) -> Account:
    assert aws, "an empty account"
    return Account(session)


def test_what_others_put_there_survives(account: Account) -> None:
    want = account.filled(tags={"team": "web"})
    account.create(want)
    vpc = account.outputs["id"]
    account.ec2("CreateTags", Resources=[vpc], Tags=[{"Key": "owner", "Value": "ops"}])
    theirs = account.ec2("CreateSubnet", VpcId=vpc, CidrBlock="10.0.128.0/20", AvailabilityZone="eu-west-1c")
    table = account.ec2("CreateRouteTable", VpcId=vpc)["RouteTable"]["RouteTableId"]
    account.ec2("AssociateRouteTable", SubnetId=theirs["Subnet"]["SubnetId"], RouteTableId=table)
    assert account.converge(want.document) == 0, "what others made is no difference"

    account.converge({**want.document, "tags": {"team": "api", "cost": "42"}, "zones": 3})
    have = account.actual()
    assert have.spec["tags"] == {"owner": "ops", "team": "api", "cost": "42"}
    assert theirs["Subnet"]["SubnetId"] in have.provider_data["subnets"]
    account.converge({"tags": {"cost": None}})
    assert account.actual().spec["tags"] == {"owner": "ops", "team": "api"}
    tables = [table["RouteTableId"] for table in account.ec2("DescribeRouteTables")["RouteTables"]]
    assert table in tables


def test_what_others_broke_is_mended(account: Account) -> None:
    want = account.filled()
    account.create(want)
    have = account.actual()
    before = account.counts()
    ids = have.provider_data["subnets"]
    account.ec2("ModifySubnetAttribute", SubnetId=ids["public-a"], MapPublicIpOnLaunch={"Value": False})
    public = next(iter(table for table in account.tables(have.id) if table["Tags"]))
    account.ec2("DeleteRoute", RouteTableId=public["RouteTableId"], DestinationCidrBlock="0.0.0.0/0")
    account.ec2("AssociateRouteTable", SubnetId=ids["private-b"], RouteTableId=public["RouteTableId"])
    broken = {change.path for change in differences(want.document, account.actual().spec)}
    assert ("internet",) in broken
    assert ("subnets", "public-a", "public") not in broken or ("subnets", "public-b", "public") in broken
    for _ in range(2):  # with the route back, the private subnet is seen to lead out
        account.converge(want.document)
    assert differences(want.document, account.actual().spec) == ()
    assert account.counts() == before


def test_a_private_subnet_that_others_opened_is_closed(account: Account) -> None:
    want = account.filled()
    account.create(want)
    have = account.actual()
    public = next(iter(table for table in account.tables(have.id) if table["Tags"]))
    subnet = have.provider_data["subnets"]["private-a"]
    account.ec2("AssociateRouteTable", SubnetId=subnet, RouteTableId=public["RouteTableId"])
    assert [change.path for change in differences(want.document, account.actual().spec)] == [
        ("subnets", "private-a", "public")
    ]
    assert account.converge(want.document) == 1
    assert differences(want.document, account.actual().spec) == ()


def test_subnets_come_go_move_open_and_close(account: Account) -> None:
    account.create(account.filled())
    account.converge({"subnets": {"web": {"public": True}, "db": {"public": False, "zone": "c"}}})
    subnets = account.actual().spec["subnets"]
    assert isinstance(subnets, dict)
    assert subnets["web"] == {"cidr": "10.0.64.0/20", "zone": "a", "public": True}
    assert subnets["db"] == {"cidr": "10.0.80.0/20", "zone": "c", "public": False}

    account.converge({"subnets": {"web": {"public": False}, "db": {"public": True, "cidr": "10.0.96.0/24"}}})
    subnets = account.actual().spec["subnets"]
    assert isinstance(subnets, dict)
    assert subnets["web"] == {"cidr": "10.0.64.0/20", "zone": "a", "public": False}
    assert subnets["db"] == {"cidr": "10.0.96.0/24", "zone": "c", "public": True}

    account.converge({"subnets": {"web": None, "db": None}})
    assert sorted(account.actual().provider_data["subnets"]) == ["private-a", "private-b", "public-a", "public-b"]
    account.delete()


def test_more_zones_and_fewer_again(account: Account) -> None:
    want = account.filled()
    account.create(want)
    account.converge({"zones": 3})
    assert sorted(account.actual().provider_data["subnets"]) == [
        "private-a", "private-b", "private-c", "public-a", "public-b", "public-c"
    ]  # fmt: skip
    assert account.actual().spec["zones"] == 3
    account.converge({"zones": 2})
    assert differences(want.document, account.actual().spec) == ()
    with pytest.raises(GenesysError, match="`zones` is 1"):
        account.converge({"zones": 1})


def test_private_subnets_are_added_to_a_public_network_and_taken_off_again(account: Account) -> None:
    account.create(account.filled(private=False, tags={"a": "b"}))
    account.converge({"private": True})
    assert sorted(account.actual().provider_data["subnets"]) == ["private-a", "private-b", "public-a", "public-b"]
    account.converge({"private": False})
    assert sorted(account.actual().provider_data["subnets"]) == ["public-a", "public-b"]


def test_off_the_internet_and_on_again(account: Account) -> None:
    account.create(account.filled(internet=False))
    before = account.counts()
    account.converge({"internet": True})
    assert account.actual().spec["internet"] is True
    assert added(before, account.counts()) == {"Vpcs": 0, "Subnets": 0, "RouteTables": 1, "InternetGateways": 1}
    account.converge({"internet": False})
    assert account.actual().spec["internet"] is False
    assert account.counts() == before


def test_a_network_with_public_subnets_stays_on_the_internet(account: Account) -> None:
    account.create(account.filled())
    with pytest.raises(GenesysError, match="public-a"):
        account.converge({"internet": False})


def test_nothing_is_deleted_with_others_in_it(account: Account) -> None:
    account.create(account.filled())
    have = account.actual()
    subnet = have.provider_data["subnets"]["private-a"]
    account.ec2("CreateNetworkInterface", SubnetId=subnet, Description="[red]db")
    account.ec2("CreateSecurityGroup", VpcId=have.id, GroupName="web", Description="web")
    facts = account.session.ask(KIND.prepare("main", NetworkSpec(), have))
    why = KIND.refuses_removal(have, facts)
    assert "[red]db" in why
    assert "security group 'web'" in why
    with pytest.raises(GenesysError, match="private-a"):
        account.converge({"subnets": {"private-a": None}})


def test_an_adopted_network_keeps_its_own_parts(account: Account) -> None:
    vpc = account.ec2(
        "CreateVpc",
        CidrBlock="10.9.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "main"}]}],
    )["Vpc"]["VpcId"]
    named = [{"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "main-web"}]}]
    account.ec2(
        "CreateSubnet", VpcId=vpc, CidrBlock="10.9.0.0/24", AvailabilityZone="eu-west-1a", TagSpecifications=named
    )
    have = account.actual()
    account.send(KIND.mark(have, {"genesys:stack": "shop"}, NetworkFacts()))
    assert account.actual().tags == {"Name": "main", "genesys:stack": "shop"}
    assert account.actual().spec == {
        "cidr": "10.9.0.0/16",
        "zones": 1,
        "private": True,
        "internet": False,
        "subnets": {"web": {"cidr": "10.9.0.0/24", "zone": "a", "public": False}},
        "nat": "off",
        "endpoints": {},
        "tags": {},
    }
    account.converge({"subnets": {"web": {"public": True}}})
    assert differences({"internet": True, "subnets": {"web": {"public": True}}}, account.actual().spec) == ()
    facts = account.session.ask(KIND.prepare("main", NetworkSpec(), account.actual()))
    assert "subnet 'web'" in KIND.refuses_removal(have, facts)
    account.send(KIND.mark(have, {"genesys:stack": None}, NetworkFacts()))
    assert account.actual().tags == {"Name": "main"}


def test_the_default_network_is_used_only_where_it_suits(account: Account) -> None:
    def used(**asked: Any) -> Actual | None:
        want = NetworkSpec.of(asked)
        return KIND.use(want, account.session.ask(KIND.prepare("main", want, None)))

    assert used(private=False) is None, "it has no way to the internet"
    vpc = next(vpc["VpcId"] for vpc in account.ec2("DescribeVpcs")["Vpcs"] if vpc["IsDefault"])
    gateway = account.ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    account.ec2("AttachInternetGateway", InternetGatewayId=gateway, VpcId=vpc)
    [main] = account.tables(vpc)
    route = {"RouteTableId": main["RouteTableId"], "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    account.ec2("CreateRoute", **route)

    default = used(private=False)
    assert default is not None
    assert default.provider_data["default"] is True
    assert KIND.outputs_of(default)["id"] == default.id == vpc
    assert used(private=False, zones=2) is not None
    assert used() is None
    assert used(private=True) is None
    assert used(private=False, cidr="10.0.0.0/16") is None
    assert used(private=False, internet=False) is None
    assert used(private=False, tags={"a": "b"}) is None
    assert used(private=False, zones=6) is None


def test_discovery_lists_the_default_network_too(account: Account) -> None:
    account.create(account.filled())
    found: list[Actual] = []
    account.session.run([KIND.discover(Placement("eu-west-1"))], on_found=found.extend)
    assert {one.name: one.provider_data["default"] for one in found}["main"] is False
    assert sum(one.provider_data["default"] for one in found) == 1


def test_what_is_gone_is_read_as_nothing(account: Account) -> None:
    assert account.session.ask(KIND.read("vpc-0123456789abcdef0", KIND.fields)) is None
    assert account.session.ask(KIND.locate("main")) is None


def test_odd_names_are_names_and_no_patterns(account: Account) -> None:
    odd = "it's `a` [red]*"
    want = account.filled()
    account.send(KIND.create(odd, want, PLACE, account.session.ask(KIND.prepare("main", want, None))))
    assert account.outputs["name"] == odd
    found = account.session.ask(KIND.locate(odd))
    assert found is not None
    assert found.name == odd
    assert account.session.ask(KIND.locate("it*")) is None


def test_of_several_networks_of_a_name_ours_is_meant_and_else_none_is_guessed(account: Account) -> None:
    named = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "main"}]}]
    account.ec2("CreateVpc", CidrBlock="10.8.0.0/16", TagSpecifications=named)
    account.create(account.filled())
    ours = account.actual()
    assert ours.id == account.outputs["id"]
    account.delete()
    account.ec2("CreateVpc", CidrBlock="10.9.0.0/16", TagSpecifications=named)
    with pytest.raises(GenesysError, match="2 networks named 'main'"):
        account.session.ask(KIND.locate("main"))
