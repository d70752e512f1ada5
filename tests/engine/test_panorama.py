"""Several regions and profiles side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.engine.panorama import Panorama, Places
from genesys_tui.engine.workspace import Inventory, Settings, parse_intent

EU, US = "eu-west-1", "us-east-1"
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}


def client(service: str, endpoint: str, region: str, **keys: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name=region, **keys)


@pytest.fixture
def places(aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes panoramas. Profile `theirs` is another account, `nobody` has no credentials."""
    config = tmp_path / "config"
    # an access key of `assume-role` leads moto into the account of the role
    role = client("iam", aws, EU).create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    theirs = client("sts", aws, EU).assume_role(
        RoleArn=role.replace("123456789012", "111122223333"), RoleSessionName="session"
    )["Credentials"]
    config.write_text(
        "[profile ours]\naws_access_key_id = a\naws_secret_access_key = b\n"
        f"[profile theirs]\naws_access_key_id = {theirs['AccessKeyId']}\n"
        f"aws_secret_access_key = {theirs['SecretAccessKey']}\naws_session_token = {theirs['SessionToken']}\n"
        "[profile nobody]\nregion = eu-west-1\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for name in [name for name in os.environ if name.startswith(("AWS_ACCESS", "AWS_SECRET", "AWS_SESSION"))]:
        monkeypatch.delenv(name)
    opened: list[Panorama] = []

    def make(regions: str | None = None, profiles: str | None = None, *, cached: bool = False) -> Panorama:
        settings = Settings(profile="ours", region=EU, endpoint=aws, stack="s", home=tmp_path / "home", cached=cached)
        opened.append(Panorama.of(settings, Places.parse(regions, profiles)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def seen(inventory: Inventory, *kinds: str) -> set[tuple[str, str, str]]:
    return {
        (one.account, one.actual.region, one.actual.name)
        for one in inventory.resources
        if one.actual.kind in kinds and not one.actual.of_aws
    }


def test_regions_are_listed_side_by_side_and_global_things_once(places: Any, aws: str) -> None:
    for region in (EU, US):
        client("sqs", aws, region, **KEYS).create_queue(QueueName="jobs")
    client("s3", aws, US, **KEYS).create_bucket(Bucket="one")
    found = places(f"{EU},{US}").inventory()
    assert found.errors == ()
    assert seen(found, "queue") == {("123456789012", EU, "jobs"), ("123456789012", US, "jobs")}
    assert len([one for one in found.resources if one.actual.kind == "bucket"]) == 1
    assert len([one for one in found.resources if one.actual.name == "r"]) == 1


def test_all_is_every_region_that_is_switched_on(places: Any, aws: str) -> None:
    for region in ("ap-south-1", "eu-north-1", US):
        client("sqs", aws, region, **KEYS).create_queue(QueueName="jobs")
    found = places("all").inventory()
    assert {region for _, region, _ in seen(found, "queue")} == {"ap-south-1", "eu-north-1", US}


def test_another_account_is_beside_and_one_that_cant_be_asked_is_a_line(places: Any, aws: str) -> None:
    client("sqs", aws, EU, **KEYS).create_queue(QueueName="ours")
    panorama = places(None, "ours,theirs,nobody")
    found = panorama.inventory()
    assert {account for account, _, _ in seen(found, "queue")} == {"123456789012"}
    assert {one.account for one in found.resources} == {"123456789012", "111122223333"}
    [error] = found.errors
    assert error.startswith("nobody eu-west-1: ")
    assert panorama.beside == 1


def test_what_is_managed_here_is_not_taken_for_its_namesake_elsewhere(places: Any, aws: str) -> None:
    panorama = places(f"{EU},{US}")
    home = panorama.home
    assert home.apply(home.plan(parse_intent(["queue", "jobs"]))).wait().status == "done"
    client("sqs", aws, US, **KEYS).create_queue(QueueName="jobs")
    managed = {one.actual.region: one.managed for one in panorama.inventory().resources if one.actual.kind == "queue"}
    assert managed == {EU: True, US: False}


def test_details_are_read_where_the_thing_is(places: Any, aws: str) -> None:
    client("sqs", aws, US, **KEYS).create_queue(QueueName="far", Attributes={"VisibilityTimeout": "77"})
    panorama = places(f"{EU},{US}")
    [far] = [one for one in panorama.inventory().resources if one.actual.name == "far"]
    details = places(f"{EU},{US}").details(far)  # by one that has not listed anything yet
    assert details is not None and details.spec["visibility_timeout"] == 77


def test_what_was_seen_is_shown_again_without_a_call(places: Any, aws: str) -> None:
    client("s3", aws, US, **KEYS).create_bucket(Bucket="one")
    for region in (EU, US):
        client("sqs", aws, region, **KEYS).create_queue(QueueName="jobs")
    before = places(f"{EU},{US}").inventory()
    again = places(f"{EU},{US}", cached=True).cached_inventory()
    assert again is not None and again.calls == 0
    assert seen(again, "queue", "bucket") == seen(before, "queue", "bucket")
    alone = places(US, cached=True).cached_inventory()
    assert alone is not None and {name for _, _, name in seen(alone, "queue", "bucket")} == {"jobs", "one"}


def test_where_no_place_can_be_asked_it_says_so(places: Any) -> None:
    with pytest.raises(GenesysError):
        places(None, "nobody").inventory()


@pytest.mark.parametrize(("regions", "words"), [("mars", "mars"), ("eu-west-1,us", "us"), ("all,eu-west-1", "all")])
def test_places_that_are_none_are_refused(regions: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Places.parse(regions, None)
