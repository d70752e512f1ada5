"""`genesys adopt` from the shell to a real server: what is listed, refused, taken over and given back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cli.cli_shell import Ended, Shell
from tests.faults import FaultProxy, deny, on

TEMPLATE = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "stacked"}}}}


def client(service: str, endpoint: str) -> Any:
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1")


@pytest.fixture
def genesys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(monkeypatch)


@pytest.fixture
def account(proxy: FaultProxy) -> str:
    """Two queues made by hand, of which one bears tags, and one of a stack of CloudFormation."""
    sqs = client("sqs", proxy.url)
    sqs.create_queue(QueueName="by-hand", tags={"team": "shop"})
    sqs.create_queue(QueueName="other")
    client("cloudformation", proxy.url).create_stack(StackName="theirs", TemplateBody=json.dumps(TEMPLATE))
    proxy.clear()
    return proxy.url


def tags(endpoint: str, name: str) -> dict[str, str]:
    sqs = client("sqs", endpoint)
    found: dict[str, str] = sqs.list_queue_tags(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"]).get("Tags", {})
    return found


def tfstate(name: str) -> bytes:
    """Of Terraform, which owns the queue of that name."""
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    resource = {"mode": "managed", "type": "aws_sqs_queue", "name": "q", "instances": [{"attributes": {"arn": arn}}]}
    return json.dumps({"version": 4, "terraform_version": "1.11.0", "resources": [resource]}).encode()


def scores(ended: Ended) -> dict[str, Any]:
    document: Any = ended.document
    return {one["name"]: one for one in document["resources"] if one["kind"] == "queue"}


@pytest.mark.usefixtures("account")
def test_what_could_be_adopted_is_listed_with_whose_it_is(genesys: Shell, proxy: FaultProxy) -> None:
    found = scores(genesys("adopt", "--json"))
    assert not proxy.writes
    assert found["by-hand"]["owner"] is None
    assert found["by-hand"]["adoption"]["confidence"] == "high"
    assert found["stacked"]["owner"]["tool"] == "cloudformation"
    assert found["stacked"]["adoption"]["confidence"] == "low"
    assert any("theirs" in line for line in found["stacked"]["owner"]["evidence"])
    text = genesys("adopt").out
    assert text.index("by-hand") < text.index("stacked")


def test_adopting_writes_tags_once_and_the_undo_gives_it_back(genesys: Shell, account: str, proxy: FaultProxy) -> None:
    preview = genesys("adopt", "by-hand")
    assert preview.code == 0 and not proxy.writes
    assert "taking it over scores" in preview.out
    done = genesys("adopt", "by-hand", "--apply", "--yes", "--json")
    assert done.code == 0, done.err
    assert [request.operation for request in proxy.writes] == ["TagQueue"]
    assert tags(account, "by-hand") == {"team": "shop", "genesys:stack": "default"}
    assert genesys("plan", "--json").code == 64  # there is no stack file: nothing else is touched
    proxy.clear()
    again = genesys("adopt", "by-hand")
    assert again.code == 64 and "managed already" in again.err
    assert genesys("undo", "--apply", "--yes").code == 0
    assert tags(account, "by-hand") == {"team": "shop"}


@pytest.mark.usefixtures("account")
def test_what_another_tool_manages_is_refused_unless_it_is_forced_by_name(genesys: Shell, proxy: FaultProxy) -> None:
    refused = genesys("adopt", "stacked", "--apply", "--yes")
    assert refused.code == 3
    assert "cloudformation manages it (theirs)" in refused.out and "deleting the stack deletes it" in refused.out
    assert not proxy.writes
    words = genesys("execute", "queue", "stacked", "--adopt")
    assert words.code == 3 and "cloudformation manages it" in words.out
    forced = genesys("adopt", "stacked", "--force", "queue.stacked")
    assert forced.code == 0 and "warning: queue.stacked: cloudformation manages it" in forced.out


def test_all_that_is_safe_at_once(genesys: Shell, account: str) -> None:
    done = genesys("adopt", "--all-high", "--apply", "--yes", "--json")
    assert done.code == 0, done.err
    document: Any = done.document
    adopted = {step["resource"] for step in document["steps"]}
    assert {"queue.by-hand", "queue.other"} <= adopted
    assert "queue.stacked" not in adopted
    assert "genesys:stack" not in tags(account, "stacked")


@pytest.mark.usefixtures("account")
def test_where_nothing_is_safe_it_says_what_is_best_and_what_to_do(genesys: Shell, proxy: FaultProxy) -> None:
    client("s3", proxy.url).create_bucket(Bucket="acme-terraform-state")
    proxy.clear()
    ended = genesys("adopt", "--all-high", "--apply", "--yes")
    assert ended.code == 0 and not proxy.writes
    assert "Nothing scores 0.8 or more. The best is queue by-hand with 0." in ended.err
    assert "genesys adopt --owned-by s3://acme-terraform-state/" in ended.err


@pytest.mark.usefixtures("account")
def test_a_state_file_says_what_is_terraforms(genesys: Shell, tmp_path: Path) -> None:
    state = tmp_path / "terraform.tfstate"
    state.write_bytes(tfstate("by-hand"))
    assert scores(genesys("adopt", "--owned-by", str(state), "--json"))["by-hand"]["owner"]["tool"] == "terraform"
    # it is remembered
    assert scores(genesys("inventory", "--json"))["by-hand"]["owner"]["tool"] == "terraform"
    assert genesys("adopt", "by-hand").code == 3
    state.write_text("{")
    broken = genesys("adopt", "--owned-by", str(state))
    assert broken.code == 64 and "is broken" in broken.err


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("nosuch", "there is no 'nosuch'"),
        ("arn:aws:sqs:us-east-1:999999999999:by-hand", "is of account 999999999999"),
        ("arn:aws:sqs:eu-north-1:123456789012:by-hand", "is in eu-north-1"),
    ],
)
def test_ids_that_are_none_of_this_account_are_refused_in_words(
    word: str, says: str, genesys: Shell, proxy: FaultProxy
) -> None:
    ended = genesys("adopt", word, "--apply", "--yes")
    assert ended.code == 64 and says in ended.err
    assert not proxy.writes


def test_low_scores_want_a_typed_address(genesys: Shell, account: str, proxy: FaultProxy) -> None:
    client("s3", account).create_bucket(Bucket="acme-terraform-state")  # Terraform works here, and nobody said what
    proxy.clear()
    refused = genesys("adopt", "by-hand", "--apply", "--yes")
    assert refused.code == 64 and "may not be yours to take" in refused.err
    assert not proxy.writes
    assert genesys("adopt", "by-hand", "--threshold", "0.5", "--apply", "--yes").code == 0


def test_what_is_adopted_is_written_into_the_stack_file_as_it_is(genesys: Shell, account: str) -> None:
    s3 = client("s3", account)
    s3.create_bucket(Bucket="acme-old")
    s3.put_bucket_versioning(Bucket="acme-old", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="acme-old", Tagging={"TagSet": [{"Key": "team", "Value": "shop"}]})
    file = Path("genesys.yaml")
    theirs = "# ours\nstack: shop\nregion: us-east-1\nresources:\n  storage:\n    - name: acme-new # soon\n"
    file.write_text(theirs)
    done = genesys("adopt", "acme-old", "by-hand", "--into", "genesys.yaml", "--apply", "--yes")
    assert done.code == 0, done.err
    text = file.read_text()
    assert text.startswith(theirs)
    assert "versioning: true" in text and "team: shop" in text
    plan = genesys("plan", "--json")
    document: Any = plan.document
    assert [(step["resource"], step["action"]) for step in document["steps"]] == [("bucket.acme-new", "create")]


def test_a_stack_file_that_cant_be_written_says_so(genesys: Shell, account: str) -> None:
    Path("genesys.yaml").write_text("stack: shop\nresources: {}\n")
    ended = genesys("adopt", "by-hand", "--into", "genesys.yaml", "--apply", "--yes")
    assert ended.code != 0 and "lines of its own" in ended.err
    assert Path("genesys.yaml").read_text() == "stack: shop\nresources: {}\n"
    assert "genesys:stack" not in tags(account, "by-hand")  # before anything was done


def test_without_tags_it_is_only_remembered(genesys: Shell, account: str, proxy: FaultProxy) -> None:
    preview = genesys("adopt", "by-hand", "--no-tags")
    assert "Without tags, as asked" in preview.out and "--no-tags" in preview.out
    done = genesys("adopt", "by-hand", "--no-tags", "--apply", "--yes", "--json")
    assert done.code == 0, done.err
    assert scores(genesys("inventory", "--json"))["by-hand"]["managed"]
    document: Any = genesys("execute", "queue", "by-hand", "--json").document
    assert document["steps"] == []  # the tags are not planned back
    undone: Any = genesys("undo", "--apply", "--yes", "--json").document
    assert not scores(genesys("inventory", "--json"))["by-hand"]["managed"]
    assert genesys("undo", undone["execution"]["id"], "--apply", "--yes").code == 0
    assert scores(genesys("inventory", "--json"))["by-hand"]["managed"]
    assert not proxy.writes
    assert tags(account, "by-hand") == {"team": "shop"}


def test_what_was_adopted_is_released_by_its_tags_alone(genesys: Shell, account: str, proxy: FaultProxy) -> None:
    assert genesys("adopt", "by-hand", "--stack", "shop", "--apply", "--yes").code == 0
    proxy.clear()
    preview = genesys("adopt", "--release", "queue.by-hand")
    assert preview.code == 0 and not proxy.writes
    assert "It stays as it is, and is not ours any more" in preview.out
    done = genesys("adopt", "--release", "queue.by-hand", "--apply", "--yes", "--json")
    assert done.code == 0, done.err
    assert [request.operation for request in proxy.writes] == ["UntagQueue"]
    assert tags(account, "by-hand") == {"team": "shop"}
    again = genesys("adopt", "--release", "queue.by-hand")
    assert again.code == 64 and "no stack has 'queue.by-hand'" in again.err
    assert genesys("undo", "--apply", "--yes", "--stack", "shop").code == 0
    assert tags(account, "by-hand") == {"team": "shop", "genesys:stack": "shop"}


@pytest.mark.usefixtures("aws")
def test_what_we_made_is_released_only_when_it_is_forced(genesys: Shell, proxy: FaultProxy) -> None:
    assert genesys("execute", "queue", "made", "--apply", "--yes").code == 0
    proxy.clear()
    refused = genesys("adopt", "--release", "queue.made", "--apply", "--yes")
    assert refused.code == 64 and "was not adopted: stack 'default' made it" in refused.err
    assert not proxy.writes
    assert genesys("adopt", "--release", "queue.made", "--force", "queue.made", "--apply", "--yes").code == 0
    assert tags(proxy.url, "made") == {}
    assert genesys("undo", "--apply", "--yes").code == 0
    assert "genesys:stack" in tags(proxy.url, "made")
    document: Any = genesys("destroy", "queue.made", "--json").document
    assert [step["action"] for step in document["steps"]] == ["delete"]


@pytest.mark.parametrize(
    "option", [("--all-high",), ("--into", "new.yaml"), ("--no-tags",), ("--owned-by", "x.tfstate")]
)
def test_to_release_is_not_to_adopt(option: tuple[str, ...], genesys: Shell) -> None:
    ended = genesys("adopt", "--release", "queue.x", *option)
    assert ended.code == 64 and f"{option[0]} is for adopting" in ended.err


@pytest.mark.usefixtures("account")
def test_the_threshold_is_set_for_all_commands(genesys: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYS_ADOPT_THRESHOLD", "0.99")
    for words in (("adopt", "other"), ("execute", "queue", "other", "--adopt")):
        refused = genesys(*words, "--apply", "--yes")
        assert refused.code == 64 and "may not be yours to take" in refused.err
    assert genesys("adopt", "other", "--threshold", "0.5", "--apply", "--yes").code == 0
    monkeypatch.setenv("GENESYS_ADOPT_THRESHOLD", "lots")
    wrong = genesys("adopt", "by-hand")
    assert wrong.code == 64 and "GENESYS_ADOPT_THRESHOLD can't be 'lots'" in wrong.err


@pytest.mark.parametrize("name", ["legacy.yaml", "legacy.toml", "genesys.yaml"])
def test_a_new_stack_file_is_made_of_what_is_adopted(name: str, genesys: Shell, account: str) -> None:
    s3 = client("s3", account)
    s3.create_bucket(Bucket="acme-old")
    s3.put_bucket_tagging(Bucket="acme-old", Tagging={"TagSet": [{"Key": "team", "Value": "shop"}]})
    done = genesys("adopt", "acme-old", "by-hand", "--into", name, "--apply", "--yes")
    assert done.code == 0, done.err
    text = Path(name).read_text()
    assert text.startswith(
        ("provider: aws\nregion: us-east-1\nstack: ", 'provider = "aws"\nregion = "us-east-1"\nstack')
    )
    assert "storage" in text and "messaging" in text
    document: Any = genesys("plan", name, "--json").document
    assert document["steps"] == []


def test_a_second_new_file_of_a_stack_would_delete_and_is_refused(
    genesys: Shell, account: str, proxy: FaultProxy
) -> None:
    assert genesys("adopt", "by-hand", "--into", "one.yaml", "--stack", "shop", "--apply", "--yes").code == 0
    proxy.clear()
    refused = genesys("adopt", "other", "--into", "two.yaml", "--stack", "shop", "--apply", "--yes")
    assert refused.code == 64 and "can't have a new stack file" in refused.err
    assert not proxy.writes and not Path("two.yaml").exists()
    assert "genesys:stack" not in tags(account, "other")


@pytest.mark.parametrize("name", ["nowhere/new.yaml", "new.txt", "folder.yaml"])
def test_a_file_that_cant_be_made_is_told_before_anything_is_done(
    name: str, genesys: Shell, account: str, proxy: FaultProxy
) -> None:
    Path("folder.yaml").mkdir()
    ended = genesys("adopt", "by-hand", "--into", name, "--apply", "--yes")
    assert ended.code != 0 and name in ended.err
    assert not proxy.writes
    assert "genesys:stack" not in tags(account, "by-hand")


def test_state_files_in_s3_say_what_is_terraforms(genesys: Shell, account: str, proxy: FaultProxy) -> None:
    s3 = client("s3", account)
    s3.create_bucket(Bucket="states")
    key = "prod/terraform.tfstate"
    s3.put_object(Bucket="states", Key=key, Body=tfstate("by-hand"))
    proxy.clear()
    found = scores(genesys("adopt", "--owned-by", f"s3://states/{key}", "--json"))
    assert found["by-hand"]["owner"] == {
        "tool": "terraform",
        "id": f"s3://states/{key}",
        "evidence": [f"s3://states/{key} has it, as aws_sqs_queue.q"],
        "strength": 0.97,
    }
    assert not proxy.writes
    # it is remembered, and read again when it changes, and only then
    assert scores(genesys("inventory", "--json"))["by-hand"]["owner"]["tool"] == "terraform"
    s3.put_object(Bucket="states", Key=key, Body=tfstate("other"))
    found = scores(genesys("inventory", "--json"))
    assert found["by-hand"]["owner"] is None and found["other"]["owner"]["tool"] == "terraform"
    # what can't be read any more says what it said last
    proxy.fault = on("GetObject", deny())
    assert scores(genesys("inventory", "--json"))["other"]["owner"]["tool"] == "terraform"


def test_a_whole_prefix_of_state_files(genesys: Shell, account: str) -> None:
    s3 = client("s3", account)
    s3.create_bucket(Bucket="states")
    s3.put_object(Bucket="states", Key="env/a.tfstate", Body=tfstate("by-hand"))
    s3.put_object(Bucket="states", Key="env/deep/b.tfstate", Body=tfstate("other"))
    s3.put_object(Bucket="states", Key="env/readme.json", Body=b"{}")
    for place in ("s3://states/env/", "s3://states/env", "s3://states"):
        found = scores(genesys("adopt", "--owned-by", place, "--json"))
        assert [found[name]["owner"]["tool"] for name in ("by-hand", "other")] == ["terraform", "terraform"], place


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("s3://states/broken.tfstate", "s3://states/broken.tfstate is broken"),
        ("s3://states/nosuch", "there is no state file at s3://states/nosuch/"),
        ("s3://nosuch/terraform.tfstate", "s3://nosuch/terraform.tfstate can't be read"),
        ("s3://", "names no bucket"),
    ],
)
def test_a_state_in_s3_that_cant_be_read_changes_nothing(
    place: str, says: str, genesys: Shell, account: str, proxy: FaultProxy
) -> None:
    s3 = client("s3", account)
    s3.create_bucket(Bucket="states")
    s3.put_object(Bucket="states", Key="broken.tfstate", Body=b"{")
    proxy.clear()
    ended = genesys("adopt", "by-hand", "--owned-by", place, "--apply", "--yes")
    assert ended.code == 64 and says in ended.err
    assert not proxy.writes
    assert scores(genesys("inventory", "--json"))["by-hand"]["owner"] is None


def test_a_state_in_s3_that_is_denied_says_what_is_missing(genesys: Shell, account: str, proxy: FaultProxy) -> None:
    client("s3", account).create_bucket(Bucket="states")
    proxy.clear()
    proxy.fault = on("GetObject", deny())
    ended = genesys("adopt", "by-hand", "--owned-by", "s3://states/x.tfstate", "--apply", "--yes")
    assert ended.code == 64 and "access denied, s3:GetObject is missing" in ended.err
    assert not proxy.writes


def test_a_corrupt_state_file_stops_the_adoption(genesys: Shell, account: str, proxy: FaultProxy) -> None:
    Path("terraform.tfstate").write_text('{"version": 4,')
    ended = genesys("adopt", "by-hand", "--owned-by", "terraform.tfstate", "--apply", "--yes")
    assert ended.code == 64 and "is broken" in ended.err
    assert not proxy.writes
    assert "genesys:stack" not in tags(account, "by-hand")


def test_what_differs_from_good_practice_is_suggested_and_not_planned(genesys: Shell, account: str) -> None:
    client("s3", account).create_bucket(Bucket="acme-old")
    document: Any = genesys("adopt", "acme-old", "--json").document
    said = [one["message"] for one in document["findings"] if one["severity"] == "note"]
    assert any(line.startswith("suggestion: versioning is off") for line in said)
    [step] = document["steps"]
    assert [call["operation"] for line in step["lines"] for call in line["calls"]] == ["PutBucketTagging"]


def test_suggestions_of_an_account(genesys: Shell, account: str) -> None:
    ec2 = client("ec2", account)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=100, VolumeType="gp3")["VolumeId"]
    ec2.allocate_address(Domain="vpc")
    for cidr, name in (("10.0.0.0/16", "one"), ("10.0.128.0/20", "two"), ("10.9.0.0/16", "apart")):
        named = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": name}]}]
        ec2.create_vpc(CidrBlock=cidr, TagSpecifications=named)
    client("logs", account).create_log_group(logGroupName="for-ever")
    document: Any = genesys("inventory", "--json").document
    told = {one["name"]: one["suggestions"] for one in document["resources"] if one["suggestions"]}
    assert told[volume][0] == {
        "topic": "unused",
        "words": "no instance has it attached",
        "fix": "",
        "usd_month": 8.0,
    }
    assert [one["topic"] for one in told["one"]] == [one["topic"] for one in told["two"]] == ["overlap"]
    assert "'two', 10.0.128.0/20" in told["one"][0]["words"]
    assert "apart" not in told
    assert told["for-ever"][0]["fix"] == "--retention 30"
    text = genesys("inventory", "--suggestions")
    assert text.out.splitlines()[1].split()[0] == f"volume.{volume}"  # what costs most, first
    assert "~$8.00" in text.out and "what seems unused costs ~$11.65 a month" in text.err
    assert genesys("inventory", "--suggestions", "--cached").code == 64


@pytest.mark.usefixtures("account")
def test_a_bucket_name_of_another_account_is_told_in_the_plan(genesys: Shell, proxy: FaultProxy) -> None:
    proxy.fault = on("HeadBucket", deny())
    refused = genesys("execute", "bucket", "taken-by-others", "--apply", "--yes")
    assert refused.code == 3 and "another account has a bucket of this name" in refused.out
    assert not proxy.writes


@pytest.mark.usefixtures("account")
def test_a_range_that_overlaps_another_networks_is_told_in_the_plan(genesys: Shell, proxy: FaultProxy) -> None:
    client("ec2", proxy.url).create_vpc(CidrBlock="10.7.0.0/16")
    plan = genesys("execute", "network", "new", "--cidr", "10.7.128.0/20")
    assert plan.code == 0
    assert "warning: network.new: its addresses 10.7.128.0/20 overlap those of another network here" in plan.out
    assert "overlap" not in genesys("execute", "network", "new", "--cidr", "10.8.0.0/16").out
