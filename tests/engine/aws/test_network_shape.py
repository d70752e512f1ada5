"""Which subnets a network is cut into: what is asked for stays, what is left open is filled, what can't be is said."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.specs.network import NetworkSpec, Subnet
from genesys_tui.engine.providers.aws.network.network import Network
from genesys_tui.engine.providers.aws.network.network_shape import NetworkFacts

KIND = Network()
ZONES = {letter: f"eu-west-1{letter}" for letter in "abc"}


def fill(taken: Sequence[str] = (), siblings: Sequence[NetworkSpec] = (), **asked: Any) -> NetworkSpec:
    return KIND.fill(NetworkSpec.of(asked), NetworkFacts(ZONES, tuple(map(IPv4Network, taken))), siblings)


def cut(want: NetworkSpec) -> dict[str, Subnet]:
    return {key: subnet for key, subnet in (want.subnets or {}).items() if subnet}


def test_networks_of_one_plan_do_not_overlap() -> None:
    first = fill(["10.0.0.0/16"])
    second = fill(["10.0.0.0/16"], [first])
    assert (first.cidr, second.cidr) == ("10.1.0.0/16", "10.2.0.0/16")


def test_the_choices_shape_the_default() -> None:
    assert sorted(cut(fill(zones=3, private=False))) == ["public-a", "public-b", "public-c"]
    assert sorted(cut(fill(zones=1, internet=False))) == ["private-a"]
    assert fill().internet is True


def test_zones_and_private_are_managed_only_where_they_were_asked_for() -> None:
    assert fill().document.keys() == {"cidr", "internet", "subnets"}
    assert fill(zones=1).document["zones"] == 1


def test_a_small_network_is_cut_into_small_subnets() -> None:
    subnets = cut(fill(cidr="10.0.0.0/26"))
    assert {subnet.cidr for subnet in subnets.values()} == {f"10.0.0.{n}/28" for n in (0, 16, 32, 48)}


def test_named_subnets_are_the_subnets_and_what_they_leave_open_is_filled() -> None:
    want = fill(
        cidr="10.0.0.0/16",
        zones=2,
        subnets=[
            {"name": "web", "public": True},
            {"name": "api", "public": True},
            {"name": "db", "cidr": "10.0.0.0/24", "zone": "b"},
        ],
    )
    assert want.document["subnets"] == {
        "web": {"cidr": "10.0.16.0/20", "zone": "a", "public": True},
        "api": {"cidr": "10.0.32.0/20", "zone": "b", "public": True},
        "db": {"cidr": "10.0.0.0/24", "zone": "b", "public": False},
    }


def test_a_subnet_that_says_nothing_is_private() -> None:
    assert NetworkSpec.of({"subnets": {"db": {}}}).document == {"subnets": {"db": {"public": False}}}


def test_what_was_filled_once_is_filled_the_same_again() -> None:
    first = fill()
    again = KIND.fill(NetworkSpec.of(first.document), NetworkFacts(ZONES, (IPv4Network("10.0.0.0/16"),)), ())
    assert again == first


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"zones": 4}, "4 zones are asked for, and there are 3"),
        ({"cidr": "10.0.0.0/28"}, "4 subnets do not fit into 10.0.0.0/28"),
        ({"cidr": "10.0.0.0/16", "subnets": {"web": {"cidr": "10.1.0.0/24"}}}, "lies outside the network"),
        (
            {"cidr": "10.0.0.0/16", "subnets": {"a": {"cidr": "10.0.0.0/24"}, "b": {"cidr": "10.0.0.0/20"}}},
            "'a' (10.0.0.0/24) and 'b' (10.0.0.0/20) overlap",
        ),
        ({"subnets": {"web": {"zone": "f"}}}, "wants zone 'f'"),
        ({"internet": False, "subnets": {"web": {"public": True}}}, "need the internet"),
        ({"internet": False, "private": False}, "neither private nor public"),
        ({"zones": 2, "subnets": {"web": {"public": True}}}, "`zones` is 2, but the subnets lie in 1"),
        ({"private": False, "subnets": {"db": {"public": False}}}, "subnet 'db' is private"),
        ({"private": True, "subnets": {"web": {"public": True}}}, "no subnet is private"),
    ],
)
def test_what_can_not_be_is_refused_with_what_would_be_right(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(GenesysError) as refused:
        fill(**asked)
    assert told in refused.value.why
    assert refused.value.todo


def test_without_a_free_range_one_is_asked_for() -> None:
    with pytest.raises(GenesysError, match="every private range is taken"):
        fill(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])


@settings(deadline=None)
@given(
    prefix=st.integers(16, 28),
    zones=st.integers(1, 3),
    private=st.booleans(),
    named=st.dictionaries(st.sampled_from("abcdef"), st.booleans(), max_size=5),
)
def test_subnets_never_overlap_and_spread_as_asked(
    prefix: int, zones: int, private: bool, named: dict[str, bool]
) -> None:
    asked: dict[str, Any] = {"cidr": f"10.0.0.0/{prefix}"}
    asked |= {"subnets": {key: {"public": side} for key, side in named.items()}} if named else {"zones": zones}
    if not named:
        asked["private"] = private
    try:
        want = fill(**asked)
    except GenesysError as refused:
        assert "do not fit" in refused.why
        assert prefix > 24
        return
    ranges = [IPv4Network(str(subnet.cidr)) for subnet in cut(want).values()]
    assert all(one.subnet_of(IPv4Network(str(want.cidr))) for one in ranges)
    assert not any(one.overlaps(other) for one, other in combinations(ranges, 2))
    if not named:
        assert len(ranges) == zones * (2 if private else 1)
        assert len({subnet.zone for subnet in cut(want).values()}) == zones
