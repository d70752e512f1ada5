"""The bucket kind: its reads by fed answers, its writes against an account that others use too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from genesys_tui.engine.model.errors import CallError, MovedError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.bucket import BucketSpec
from genesys_tui.engine.providers.aws.storage.bucket import Bucket
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent
from tests.faults import FaultProxy

NAME = "acme-data"
THEIRS = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 7}}


@pytest.fixture
def s3(aws: str) -> Any:
    return boto3.client("s3", region_name="eu-west-1", endpoint_url=aws)


@pytest.fixture
def workspace(proxy: FaultProxy, world: Path) -> Iterator[Workspace]:
    opened = Workspace(Settings(region="eu-west-1", endpoint=proxy.url, home=world))
    yield opened
    opened.close()


def do(workspace: Workspace, *words: str) -> None:
    record = workspace.apply(workspace.plan(parse_intent(words))).wait()
    assert record.status == "done", record.steps


def fed(fields: frozenset[str], answers: list[Any]) -> Actual | None:
    """Drive the read with these answers to its calls, in the order of the fields' names."""
    reading = Bucket().read(NAME, fields)
    asked = next(reading)
    assert isinstance(asked, list)
    assert len(asked) == len(answers), "one call a field, and no more"
    with pytest.raises(StopIteration) as end:
        reading.send(answers)
    result: Actual | None = end.value.value
    return result


def test_a_field_mask_costs_a_call_a_field() -> None:
    actual = fed(frozenset({"versioning"}), [{"Status": "Suspended"}])
    assert actual is not None
    assert actual.spec == {"versioning": False}


def test_what_aws_answers_for_a_hardened_bucket() -> None:
    """As AWS answers it: KMS with a bucket key, all four blocks, rules of ours and of others, tags of all kinds."""
    key = "arn:aws:kms:eu-west-1:123456789012:key/1234"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    blocks = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    ours = {"ID": "genesys-delete", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 90}}
    tags = {"team": "blue", "genesys:stack": "shop", "aws:cloudformation:stack-name": "x"}
    actual = fed(
        frozenset({"encryption", "lifecycle", "public_access", "tags", "versioning"}),
        [
            {
                "ServerSideEncryptionConfiguration": {
                    "Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
                }
            },
            {"Rules": [THEIRS, ours]},
            {"PublicAccessBlockConfiguration": dict.fromkeys(blocks, True)},
            {"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]},
            {"Status": "Enabled"},
        ],
    )
    assert actual is not None
    assert actual.spec["encryption"] == key
    assert actual.spec["lifecycle"]["delete_after_days"] == 90  # type: ignore[index,call-overload]  # a mapping here
    assert actual.spec["public_access"] is False
    assert actual.spec["tags"] == {"team": "blue"}
    assert actual.tags == tags
    assert Bucket().foreign(actual) == "lifecycle rule 'theirs'"


def test_half_a_public_access_block_is_none() -> None:
    actual = fed(frozenset({"public_access"}), [{"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}])
    assert actual is not None
    assert actual.spec == {"public_access": True}


def test_a_bucket_that_is_gone_is_absent_whatever_field_is_asked() -> None:
    gone = CallError("s3:GetBucketTagging", "refused", "NoSuchBucket", "The specified bucket does not exist")
    assert fed(frozenset({"tags", "versioning"}), [gone, gone]) is None


def test_a_denied_field_is_an_error_not_an_absence() -> None:
    denied = CallError("s3:GetBucketTagging", "denied", "AccessDenied", "no", action="s3:GetBucketTagging")
    reading = Bucket().read(NAME, frozenset({"tags"}))
    next(reading)
    with pytest.raises(CallError):
        reading.send([denied])


def test_foreign_rules_and_tags_survive_every_update(workspace: Workspace, s3: Any) -> None:
    do(workspace, "bucket", NAME, "--tag", "team=blue", "--archive-after-days", "30")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
    s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": [*rules, THEIRS]})
    tags = [*s3.get_bucket_tagging(Bucket=NAME)["TagSet"], {"Key": "cost", "Value": "42"}]
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": tags})
    do(workspace, "bucket", NAME, "--tag", "team=red", "--archive-after-days", "60")
    left = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]}
    assert left["theirs"]["Expiration"] == {"Days": 7}
    assert left["genesys-archive"]["Transitions"][0]["Days"] == 60
    after = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=NAME)["TagSet"]}
    assert (after["cost"], after["team"]) == ("42", "red")


def test_a_tag_that_somebody_sets_between_plan_and_apply_is_not_overwritten(workspace: Workspace, s3: Any) -> None:
    do(workspace, "bucket", NAME, "--tag", "team=blue")
    plan = workspace.plan(parse_intent(("bucket", NAME, "--tag", "team=red")))
    theirs = [{"Key": "cost", "Value": "42"}]
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": theirs})
    record = workspace.apply(plan).wait()
    assert record.status == "failed"
    assert "changed by somebody" in record.steps[0].why
    assert s3.get_bucket_tagging(Bucket=NAME)["TagSet"] == theirs


def test_the_second_time_nothing_is_planned_and_nothing_sent(workspace: Workspace, proxy: FaultProxy) -> None:
    words = ("bucket", NAME, "--tag", "team=blue", "--delete-after-days", "30", "--public-access", "on")
    do(workspace, *words)
    proxy.clear()
    plan = workspace.plan(parse_intent(words))
    assert plan.steps == ()
    assert plan.unchanged == (f"bucket.{NAME}",)
    assert proxy.writes == []


def test_an_update_sends_the_one_call_that_the_field_needs(workspace: Workspace, proxy: FaultProxy) -> None:
    do(workspace, "bucket", NAME)
    proxy.clear()
    do(workspace, "bucket", NAME, "--versioning", "off")
    assert [request.operation for request in proxy.writes] == ["PutBucketVersioning"]


def test_an_unmanaged_bucket_is_not_touched_unless_it_is_adopted(workspace: Workspace, s3: Any) -> None:
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert workspace.plan(parse_intent(("bucket", NAME))).blocked
    do(workspace, "adopt", "bucket", NAME)
    assert s3.get_bucket_versioning(Bucket=NAME).get("Status") is None, "adopting changes nothing but tags"
    assert s3.get_bucket_tagging(Bucket=NAME)["TagSet"] == [{"Key": "genesys:stack", "Value": "default"}]
    undo = workspace.apply(workspace.plan_undo()).wait()
    assert undo.status == "done"
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [NAME]
    with pytest.raises(s3.exceptions.ClientError):
        s3.get_bucket_tagging(Bucket=NAME)


def test_a_bucket_with_objects_is_never_planned_away(workspace: Workspace, s3: Any) -> None:
    do(workspace, "bucket", NAME)
    s3.put_object(Bucket=NAME, Key="precious", Body=b"1")
    destroy = workspace.plan_destroy()
    assert destroy.blocked
    assert "holds data" in destroy.findings[0].message
    undo = workspace.plan_undo()
    assert undo.steps == ()
    assert "holds data" in undo.conflicts[0].message
    s3.delete_object(Bucket=NAME, Key="precious")
    assert workspace.plan_destroy().blocked, "its versions are still there"


def test_a_name_that_another_account_owns_fails_in_words(workspace: Workspace, proxy: FaultProxy) -> None:
    from tests.faults import Fault, on

    taken = Fault(forward=False, status=409, code="BucketAlreadyExists", message="The requested name is not available.")
    proxy.fault = on("CreateBucket", taken)
    record = workspace.apply(workspace.plan(parse_intent(("bucket", NAME)))).wait()
    assert record.status == "failed"
    assert "BucketAlreadyExists" in record.steps[0].why
    proxy.clear()
    assert workspace.plan(parse_intent(("bucket", NAME))).steps[0].action == "create"


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (None, False),
        ({}, True),  # of an account that lets us in
        (CallError("s3:HeadBucket", "denied", "403", "Forbidden"), True),
        (CallError("s3:HeadBucket", "refused", "301", "Moved Permanently"), True),
    ],
)
def test_whether_a_name_is_taken_by_another_account_is_seen_at_plan_time(answer: Any, taken: bool) -> None:
    kind, want = Bucket(), BucketSpec.of({})
    reading = kind.prepare(NAME, want, None)
    next(reading)
    with pytest.raises(StopIteration) as end:
        reading.throw(answer) if isinstance(answer, CallError) else reading.send(answer)
    said = list(kind.clashes(f"bucket.{NAME}", want, end.value.value, ()))
    assert [one.severity for one in said] == (["blocked"] if taken else [])


def test_a_name_that_cant_be_looked_up_is_not_taken_for_free() -> None:
    reading = Bucket().prepare(NAME, BucketSpec.of({}), None)
    next(reading)
    with pytest.raises(CallError):
        reading.throw(CallError("s3:HeadBucket", "lost", "500", "Internal Error"))


def test_a_saved_plan_is_refused_when_the_world_moved(workspace: Workspace, s3: Any, tmp_path: Path) -> None:
    wish, path = parse_intent(("bucket", NAME)), tmp_path / "plan.json"
    workspace.save_plan(workspace.plan(wish), wish, path)
    assert workspace.load_plan(path).title == f"Deploy secure S3 bucket '{NAME}'"
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with pytest.raises(MovedError):
        workspace.load_plan(path)
