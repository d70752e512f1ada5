"""`genesys adopt` from the shell to a real server: what is listed, refused, taken over and given back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cli.cli_shell import Ended, Shell
from tests.faults import FaultProxy

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
def test_a_state_file_says_what_is_terraforms(genesys: Shell, tmp_path: Path) -> None:
    state = tmp_path / "terraform.tfstate"
    arn = "arn:aws:sqs:us-east-1:123456789012:by-hand"
    resource = {"mode": "managed", "type": "aws_sqs_queue", "name": "q", "instances": [{"attributes": {"arn": arn}}]}
    state.write_text(json.dumps({"version": 4, "terraform_version": "1.11.0", "resources": [resource]}))
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
