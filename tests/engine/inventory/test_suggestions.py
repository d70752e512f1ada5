"""What would be better in an account: settings, overlaps, copies, and what is unused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from genesys_tui.engine.inventory.conflicts import duplicates, overlaps
from genesys_tui.engine.inventory.discovery import Resource
from genesys_tui.engine.inventory.practices import practices
from genesys_tui.engine.inventory.suggestions import suggested, suggestions_of
from genesys_tui.engine.inventory.unused import unused
from genesys_tui.engine.inventory.usage import Usage
from genesys_tui.engine.model.document import Leaf
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers import registry


def actual(kind: str, name: str, data: dict[str, Any] | None = None, /, **spec: Leaf) -> Actual:
    return Actual(
        kind, name, name, "eu-west-1", spec, arn=f"arn:aws:x:eu-west-1:1:{kind}/{name}", provider_data=data or {}
    )


def words(one: Actual) -> list[str]:
    return [suggestion.words for suggestion in practices(one)]


# good practice --------------------------------------------------------------------------------------------------------
def test_what_is_off_is_told_with_what_would_be_better() -> None:
    [one] = practices(actual("bucket", "b", versioning=False, encryption="managed", public_access=False))
    assert one.words.startswith("versioning is off") and one.fix == "--versioning on"
    assert words(actual("topic", "t", encryption=None)) == ["encryption is off; good practice: managed"]
    assert words(actual("database", "d", backup={"retention_days": 0})) == ["it is never backed up"]


def test_nothing_is_said_of_what_was_not_read() -> None:
    assert words(actual("bucket", "b")) == []
    assert words(actual("bucket", "b", versioning=True)) == []


@pytest.mark.parametrize("name", registry.names())
def test_good_practice_itself_is_beyond_reproach(name: str) -> None:
    """No finding of a kind speaks against its own defaults."""
    kind = registry.kind(name)
    groups: dict[str, Leaf] = {"security_groups": ["sg-1"]} if name == "load-balancer" else {}
    assert kind.practice <= kind.defaults.keys()
    assert words(actual(name, "x", **kind.defaults, **groups)) == []


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("instance", {"size": "large", "public_ip": True}),
        ("load-balancer", {"deletion_protection": True, "security_groups": ["sg-1"], "type": "application"}),
        ("network", {"internet": False, "nat": "single"}),
        ("log-group", {"retention": 365}),
        ("bucket", {"public_access": None}),
        ("bucket", {"encryption": "arn:aws:kms:eu-west-1:1:key/k"}),
        ("database", {"multi_az": True, "backup": {"retention_days": 35}}),
        ("certificate", {"domain": "example.com", "zone": None}),
    ],
)
def test_another_choice_is_no_fault(kind: str, spec: dict[str, Leaf]) -> None:
    assert words(actual(kind, "x", **spec)) == []


def test_what_a_cloud_has_as_nobody_could_ask_for_it_is_passed_over() -> None:
    odd = actual("bucket", "b", versioning=False, lifecycle={"delete_after_days": -5}, encryption=["?"])
    assert len(words(odd)) == 1


def test_logs_that_are_kept_for_ever_have_their_price() -> None:
    [one] = practices(actual("log-group", "l", {"stored": 500_000_000_000}, retention=None))
    assert one.usd == pytest.approx(15.0)


def test_of_what_is_aws_own_nothing_is_said() -> None:
    assert not practices(replace(actual("bucket", "b", versioning=False), of_aws="its own"))


# conflicts ------------------------------------------------------------------------------------------------------------
def test_networks_of_the_same_addresses_are_told_to_both() -> None:
    ranges = {"a": "10.0.0.0/8", "b": "10.1.0.0/16", "c": "10.1.4.0/24", "d": "192.168.0.0/16", "e": "11.0.0.0/8"}
    networks = [actual("network", name, cidr=cidr) for name, cidr in ranges.items()]
    found = {(one.name, said.words) for one, said in overlaps(networks)}
    assert {name for name, _ in found} == {"a", "b", "c"}
    assert len(found) == 6  # each pair, both ways
    assert any(name == "c" and "'b', 10.1.0.0/16" in said for name, said in found)


def test_a_range_that_is_none_is_no_crash() -> None:
    assert not list(overlaps([actual("network", "a", cidr="nonsense"), actual("network", "b", cidr=None)]))


@pytest.mark.parametrize("name", ["resize-copy", "resize_old", "Resize", "copy-of-resize", "resize.bak"])
def test_a_copy_is_told_from_its_original(name: str) -> None:
    two = [actual("function", each, runtime="python3.13", memory=512, timeout=30) for each in (name, "resize")]
    [(one, said)] = duplicates(two)
    assert {one.name, said.words.split("'")[1]} == {name, "resize"}
    assert name in (one.name, "Resize")  # which of two spellings came first, nobody can tell


@pytest.mark.parametrize(
    ("name", "memory"), [("resize-copy", 1024), ("resize-dev", 512), ("resize-2", 512), ("bold", 512), ("resize", 512)]
)
def test_what_differs_is_no_copy(name: str, memory: int) -> None:
    one = actual("function", "resize", runtime="python3.13", memory=512)
    other = replace(actual("function", name, runtime="python3.13", memory=memory), id="other")
    assert not list(duplicates([one, other]))


def test_things_of_which_nothing_is_known_are_not_compared() -> None:
    assert not list(duplicates([actual("queue", "jobs"), actual("queue", "jobs-old")]))


# unused ---------------------------------------------------------------------------------------------------------------
def unused_names(*actuals: Actual, usage: Usage | None = None) -> dict[str, float | None]:
    return {one.name: said.usd for one, said in unused(actuals, usage or Usage())}


def test_what_is_not_used_is_told_with_what_it_costs() -> None:
    free = {"State": "available", "Attachments": []}
    held = {"State": "in-use", "Attachments": [{"InstanceId": "i-1"}]}
    found = unused_names(
        actual("volume", "free", free, size=100, volume_type="gp3"),
        actual("volume", "held", held, size=100, volume_type="gp3"),
        actual("ec2:elastic-ip", "1.2.3.4", {"free": True}),
        actual("load-balancer", "idle", type="application", scheme="internal", subnets=["s-1", "s-2"]),
        actual("load-balancer", "busy", type="application", scheme="internal", subnets=["s-1", "s-2"]),
        usage=Usage(frozenset(), frozenset({"busy"})),
    )
    assert found == {"free": pytest.approx(8.0), "1.2.3.4": 3.65, "idle": pytest.approx(16.43, abs=0.01)}


def test_a_group_is_used_by_interfaces_rules_of_others_and_settings() -> None:
    groups = [actual("security-group", f"sg-{name}", {"names": ["sg-self"]}) for name in ("self", "in")]
    groups += [actual("security-group", f"sg-{name}", {"names": ["sg-named"]}) for name in ("idle",)]
    groups += [actual("security-group", "sg-named"), actual("security-group", "sg-set")]
    service = actual("function", "f", security_groups=["sg-set"])
    usage = Usage(groups=frozenset({"sg-in"}))
    assert unused_names(*groups, service, usage=usage) == {"sg-idle": None}
    assert unused_names(*groups, service) == {}  # what could not be listed tells nothing
    alone = actual("security-group", "sg-self", {"names": ["sg-self"]})
    assert unused_names(alone, usage=usage) == {"sg-self": None}


# all of it ------------------------------------------------------------------------------------------------------------
def test_what_the_sweep_saw_around_a_thing_stays_when_its_details_are_read() -> None:
    one = actual("network", "a", cidr="10.0.0.0/16")
    default = replace(actual("network", "default", cidr="10.0.0.0/8"), of_aws="the default network of the region")
    first, second = suggested([Resource(one), Resource(default)], Usage())
    assert [said.topic for said in first.suggestions] == ["overlap"]
    assert second.suggestions == ()
    assert suggestions_of(first, one) == first.suggestions
    bucket = suggested([Resource(actual("bucket", "b"))], Usage())[0]
    assert [said.topic for said in suggestions_of(bucket, actual("bucket", "b", versioning=False))] == ["practice"]
