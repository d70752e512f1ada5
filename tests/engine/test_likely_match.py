"""What a stack file asks for and what is there already under another name: told, taken over only where that was asked
and confirmed, kept under the name it has, and given back by an undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cli.cli_shell import Ended, Shell
from tests.faults import FaultProxy, deny, on

FILE = """\
resources:
  storage:
    - name: uploads
"""


def client(service: str, endpoint: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1")


@pytest.fixture
def genesys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: FaultProxy) -> Shell:
    monkeypatch.chdir(tmp_path)
    client("s3", proxy.url).create_bucket(Bucket="acme-prod-uploads")
    proxy.clear()
    return Shell(monkeypatch)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], None]:
    def written(text: str) -> None:
        (tmp_path / "genesys.yaml").write_text(text)

    written(FILE)
    return written


def steps(ended: Ended) -> Mapping[str, str]:
    document: Any = ended.document
    return {step["resource"]: step["action"] for step in document["steps"]}


def findings(ended: Ended, address: str) -> list[Mapping[str, str]]:
    document: Any = ended.document
    return [one for one in document["findings"] if one["resource"] == address]


def buckets(proxy: FaultProxy) -> list[str]:
    return sorted(one["Name"] for one in client("s3", proxy.url).list_buckets()["Buckets"])


def marks(proxy: FaultProxy, bucket: str) -> Mapping[str, str]:
    s3 = client("s3", proxy.url)
    try:
        return {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=bucket)["TagSet"]}
    except s3.exceptions.ClientError:
        return {}


@pytest.mark.usefixtures("write")
def test_what_looks_like_it_is_told_and_nothing_is_taken(genesys: Shell, proxy: FaultProxy) -> None:
    assert genesys("inventory").code == 0
    plan = genesys("plan", "--json")
    assert steps(plan) == {"bucket.uploads": "create"}
    (told,) = findings(plan, "bucket.uploads")
    assert told["severity"] == "warning"
    assert "'acme-prod-uploads' looks like it" in told["message"]
    assert "--adopt" in told["fix"]
    assert not proxy.writes


@pytest.mark.usefixtures("write")
def test_with_adopt_it_is_taken_once_its_address_is_typed(genesys: Shell, proxy: FaultProxy) -> None:
    plan = genesys("plan", "--adopt", "--json")
    assert steps(plan) == {"bucket.uploads": "adopt"}
    refused = genesys("apply", "--adopt", answers="y\n")
    assert "acme-prod-uploads" in refused.out + refused.err
    assert refused.code == 1 and not proxy.writes
    done = genesys("apply", "--adopt", answers="bucket.uploads\n")
    assert done.code == 0, done.err
    assert buckets(proxy) == ["acme-prod-uploads"]
    assert list(marks(proxy, "acme-prod-uploads")) == ["genesys:stack"]


@pytest.mark.usefixtures("write")
def test_a_yes_beforehand_is_no_confirmation(genesys: Shell, proxy: FaultProxy) -> None:
    ended = genesys("apply", "--adopt", "--yes")
    assert ended.code == 64
    assert "acme-prod-uploads" in ended.err
    assert not proxy.writes


def test_from_then_on_the_entry_is_that_thing(genesys: Shell, proxy: FaultProxy, write: Callable[[str], None]) -> None:
    assert genesys("apply", "--adopt", answers="bucket.uploads\n").code == 0
    assert steps(genesys("plan", "--json")) == {}
    assert steps(genesys("plan", "--adopt", "--json")) == {}
    write(FILE + "      versioning: true\n")
    assert steps(genesys("plan", "--json")) == {"bucket.uploads": "update"}
    assert genesys("apply", "--yes").code == 0
    versioning = client("s3", proxy.url).get_bucket_versioning(Bucket="acme-prod-uploads")
    assert versioning["Status"] == "Enabled"
    assert buckets(proxy) == ["acme-prod-uploads"]
    assert steps(genesys("plan", "--json")) == {}


@pytest.mark.usefixtures("write")
def test_an_undo_gives_it_back_and_undoing_that_takes_it_again(genesys: Shell, proxy: FaultProxy) -> None:
    assert genesys("apply", "--adopt", answers="bucket.uploads\n").code == 0
    assert genesys("undo", "--apply", "--yes").code == 0
    assert marks(proxy, "acme-prod-uploads") == {}
    assert steps(genesys("plan", "--json")) == {"bucket.uploads": "create"}
    history: Any = json.loads(genesys("history", "--json").out)
    assert genesys("undo", history["executions"][0]["id"], "--apply", "--yes").code == 0
    assert steps(genesys("plan", "--json")) == {}
    assert buckets(proxy) == ["acme-prod-uploads"]


def test_one_thing_is_taken_by_one_entry_at_most(
    genesys: Shell, proxy: FaultProxy, write: Callable[[str], None]
) -> None:
    write(FILE + "    - name: prod-uploads\n")
    plan = steps(genesys("plan", "--adopt", "--json"))
    assert sorted(plan.values()) in (["adopt", "create"], ["create", "create"])
    write(FILE + "    - name: acme-prod-uploads\n")
    plan = steps(genesys("plan", "--adopt", "--json"))
    assert plan == {"bucket.uploads": "create", "bucket.acme-prod-uploads": "adopt"}
    assert not proxy.writes


@pytest.mark.usefixtures("write")
def test_what_is_gone_since_it_was_seen_is_made_anew(genesys: Shell, proxy: FaultProxy) -> None:
    assert genesys("inventory").code == 0
    client("s3", proxy.url).delete_bucket(Bucket="acme-prod-uploads")
    plan = genesys("plan", "--adopt", "--json")
    assert steps(plan) == {"bucket.uploads": "create"}
    assert findings(plan, "bucket.uploads") == []


def test_what_could_not_change_into_it_is_only_told(
    genesys: Shell, proxy: FaultProxy, write: Callable[[str], None]
) -> None:
    ec2 = client("ec2", proxy.url)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "acme-shop-vpc"}])
    proxy.clear()
    write("resources:\n  network:\n    - name: shop\n      type: network\n      cidr: 10.8.0.0/16\n")
    plan = genesys("plan", "--adopt", "--json")
    assert steps(plan) == {"network.shop": "create"}
    assert not proxy.writes


def test_what_refers_to_it_means_the_thing_itself(
    genesys: Shell, proxy: FaultProxy, write: Callable[[str], None]
) -> None:
    """A subscription is known by its queue's name in the cloud."""
    client("sqs", proxy.url).create_queue(QueueName="acme-prod-jobs")
    write(
        "resources:\n  messaging:\n    - name: jobs\n      type: queue\n"
        "    - name: news\n      type: topic\n      subscriptions:\n        - queue: jobs\n"
    )
    assert steps(genesys("plan", "--adopt", "--json")) == {"queue.jobs": "adopt", "topic.news": "create"}
    done = genesys("apply", "--adopt", answers="queue.jobs\n")
    assert done.code == 0, done.err
    sns = client("sns", proxy.url)
    told = [one["Endpoint"].rpartition(":")[2] for one in sns.list_subscriptions()["Subscriptions"]]
    assert told == ["acme-prod-jobs"]
    assert steps(genesys("plan", "--json")) == {}


@pytest.mark.usefixtures("write")
def test_a_saved_plan_takes_over_only_what_is_typed(genesys: Shell, proxy: FaultProxy) -> None:
    assert genesys("plan", "--adopt", "--out", "saved.plan").code == 0
    assert genesys("apply", "saved.plan", "--yes").code == 64
    assert not proxy.writes
    assert genesys("apply", "saved.plan", answers="bucket.uploads\n").code == 0
    assert buckets(proxy) == ["acme-prod-uploads"]


@pytest.mark.usefixtures("write")
def test_to_destroy_the_stack_deletes_it_by_the_name_it_has(genesys: Shell, proxy: FaultProxy) -> None:
    assert genesys("apply", "--adopt", answers="bucket.uploads\n").code == 0
    assert genesys("destroy", "--apply", "--yes").code == 0
    assert buckets(proxy) == []


@pytest.mark.usefixtures("write")
def test_what_was_deleted_behind_our_back_is_made_again_under_the_name_it_had(
    genesys: Shell, proxy: FaultProxy
) -> None:
    assert genesys("apply", "--adopt", answers="bucket.uploads\n").code == 0
    client("s3", proxy.url).delete_bucket(Bucket="acme-prod-uploads")
    assert genesys("apply", "--yes").code == 0
    assert buckets(proxy) == ["acme-prod-uploads"]
    assert steps(genesys("plan", "--json")) == {}


def test_an_entry_that_is_called_as_the_thing_later_is_refused_not_taken_twice(
    genesys: Shell, proxy: FaultProxy, write: Callable[[str], None]
) -> None:
    assert genesys("apply", "--adopt", answers="bucket.uploads\n").code == 0
    proxy.clear()
    write(FILE.replace("uploads", "acme-prod-uploads"))
    ended = genesys("apply", "--adopt", "--yes")
    assert ended.code == 3
    assert "is bucket.uploads of this stack already" in ended.out + ended.err
    assert not proxy.writes


def test_what_another_tool_manages_is_refused_though_it_looks_like_it(
    genesys: Shell, proxy: FaultProxy, write: Callable[[str], None]
) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "theirs-prod-jobs"}}
    template = json.dumps({"Resources": {"Jobs": queue}})
    client("cloudformation", proxy.url).create_stack(StackName="theirs", TemplateBody=template)
    assert genesys("inventory").code == 0  # the emulator tells whose a thing is only with all stacks listed
    proxy.clear()
    write("resources:\n  messaging:\n    - name: jobs\n      type: queue\n")
    blocked = [one for one in findings(genesys("plan", "--adopt", "--json"), "queue.jobs") if "--force" in one["fix"]]
    assert [one["severity"] for one in blocked] == ["blocked"]
    assert genesys("apply", "--adopt", answers="queue.jobs\n").code == 3
    assert not proxy.writes


@pytest.mark.usefixtures("write")
def test_where_nothing_can_be_listed_that_is_said(genesys: Shell, proxy: FaultProxy) -> None:
    proxy.fault = on("ListBuckets", deny())
    plan = genesys("plan", "--adopt", "--json")
    assert steps(plan) == {"bucket.uploads": "create"}
    (told,) = findings(plan, "bucket")
    assert "under other names is not known" in told["message"]
