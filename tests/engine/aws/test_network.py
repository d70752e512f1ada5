"""A network against an AWS: what was made is what is read, and whatever was cut off is completed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from genesys_tui.engine.executor.params import Context, captured
from genesys_tui.engine.model.document import differences
from genesys_tui.engine.model.errors import CallError
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


ONE_MORE = {"Vpcs": 1, "Subnets": 4, "RouteTables": 2, "InternetGateways": 1}
"""What a default network adds to the region; one of its route tables is the main one, which AWS makes."""


def test_what_was_created_is_read_back_as_it_was_wanted(account: Account) -> None:
    before = account.counts()
    want = account.filled(tags={"team": "web"})
    account.create(want)
    have = account.actual()
    assert differences(want.document, have.spec) == ()
    assert have.spec["subnets"] == want.document["subnets"]
    assert (have.spec["zones"], have.spec["private"]) == (2, True)
    assert added(before, account.counts()) == ONE_MORE
    assert have.tags["genesys:stack"] == "shop"


def test_a_default_network_is_public_and_private_over_two_zones(account: Account) -> None:
    want = account.filled()
    subnets = want.document["subnets"]
    assert want.cidr == "10.0.0.0/16"
    assert subnets == {
        "public-a": {"cidr": "10.0.0.0/20", "zone": "a", "public": True},
        "public-b": {"cidr": "10.0.16.0/20", "zone": "b", "public": True},
        "private-a": {"cidr": "10.0.32.0/20", "zone": "a", "public": False},
        "private-b": {"cidr": "10.0.48.0/20", "zone": "b", "public": False},
    }


def test_the_outputs_name_the_parts(account: Account) -> None:
    account.create(account.filled())
    have = account.actual()
    assert account.outputs["id"] == have.id
    assert account.outputs["arn"] == have.arn == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{have.id}"
    assert account.outputs["name"] == "main"
    assert account.outputs["cidr"] == "10.0.0.0/16"
    by_key = {f"subnet_{key.replace('-', '_')}": id for key, id in have.provider_data["subnets"].items()}
    assert by_key.items() <= account.outputs.items()
    assert all(map(KIND.has_output, by_key))
    assert KIND.outputs_of(have).items() <= account.outputs.items()


def test_a_new_network_lies_beside_those_that_are_there(account: Account) -> None:
    other = account.ec2("CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    account.ec2("AssociateVpcCidrBlock", VpcId=other, CidrBlock="10.1.0.0/16")
    assert account.filled().cidr == "10.2.0.0/16"


def test_dns_names_are_on(account: Account) -> None:
    account.create(account.filled())
    answer = account.ec2("DescribeVpcAttribute", VpcId=account.outputs["id"], Attribute="enableDnsHostnames")
    assert answer["EnableDnsHostnames"]["Value"] is True


def test_a_create_cut_off_anywhere_is_completed_without_a_duplicate_or_an_orphan(account: Account) -> None:
    want = account.filled(zones=2, private=True, tags={"team": "web"})
    empty = account.counts()
    for done in count(1):
        account.name = f"main-{done}"
        sent = account.create(want, calls=done)
        account.converge(want.document)
        have = account.actual()
        assert differences(want.document, have.spec) == (), f"cut off after call {done}"
        dns = account.ec2("DescribeVpcAttribute", VpcId=have.id, Attribute="enableDnsHostnames")
        assert dns["EnableDnsHostnames"]["Value"] is True, f"cut off after call {done}"
        everything = {listing: number * done for listing, number in ONE_MORE.items()}
        assert added(empty, account.counts()) == everything, f"cut off after call {done}"
        if sent < done:
            break
    assert done == 15
    assert account.converge(want.document) == 0


def test_a_delete_leaves_nothing(account: Account) -> None:
    empty = account.counts()
    account.create(account.filled())
    account.delete()
    assert account.counts() == empty


def test_a_completion_cut_off_in_turn_is_completed(account: Account) -> None:
    want = account.filled()
    empty = account.counts()
    account.create(want, calls=3)
    for _ in range(30):
        if account.converge(want.document, calls=1) == 0:
            break
    assert differences(want.document, account.actual().spec) == ()
    assert added(empty, account.counts()) == ONE_MORE


def test_a_delete_cut_off_anywhere_is_finished_by_the_next(account: Account) -> None:
    want = account.filled()
    empty = account.counts()
    account.create(want)
    for _ in range(30):
        if account.session.ask(KIND.locate("main")) is None:
            break
        account.delete(calls=1)
    assert account.counts() == empty


def test_every_create_is_found_again_by_what_it_wrote_and_only_then(account: Account) -> None:
    want = account.filled()
    lines = KIND.create("main", want, PLACE, account.session.ask(KIND.prepare("main", want, None)))
    outputs: dict[str, str] = {}
    context = Context("network.main", "run/network.main", outputs, {})
    found = 0
    for call in [call for line in lines for call in line.calls]:
        if call.find:
            look = context.fill(call.find.read.params)
            assert captured(call.find.captures, account.session.send(call.find.read, look)) is None, call.name
        answer = account.session.send(call, context.fill(call.params))
        new = captured(call.captures, answer or {}) or {}
        outputs.update(new)
        if call.find:
            look = context.fill(call.find.read.params)
            settled = captured(call.find.captures, account.session.send(call.find.read, look))
            assert settled is not None, call.name
            assert new.items() <= settled.items(), call.name
            found += 1
        assert call.find or call.idempotent, call.name
    assert found > 8


@pytest.mark.parametrize("operation", ["AttachInternetGateway", "CreateRoute"])
def test_a_call_sent_again_answers_a_code_that_its_find_knows(account: Account, operation: str) -> None:
    want = account.filled()
    lines = KIND.create("main", want, PLACE, account.session.ask(KIND.prepare("main", want, None)))
    outputs: dict[str, str] = {}
    context = Context("network.main", "run/network.main", outputs, {})
    for call in (call for line in lines for call in line.calls):
        answer = account.session.send(call, context.fill(call.params))
        outputs.update(captured(call.captures, answer or {}) or {})
        if call.operation == operation:
            with pytest.raises(CallError) as again:
                account.session.send(call, context.fill(call.params))
            assert call.find
            assert again.value.code in call.find.codes
            return
    pytest.fail(f"no {operation}")
