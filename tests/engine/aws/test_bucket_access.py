"""A bucket's website, rules, statements, notifications and log: AWS's shapes by fed answers, and an account in which
others write into the same documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.bucket import BucketSpec
from genesys_tui.engine.providers.aws.storage.bucket import Bucket
from genesys_tui.engine.providers.aws.storage.bucket_facts import BucketFacts
from genesys_tui.engine.providers.aws.storage.bucket_settings import READS
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions

NAME = "acme-data"
ARN = f"arn:aws:s3:::{NAME}"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:thumbs"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:news"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:uploads"
THEIRS = {
    "Sid": "theirs",
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "s3:GetObject",
    "Resource": f"{ARN}/x",
}
BUCKET = Bucket()


def told(fields: set[str], answers: Mapping[str, Any]) -> Actual:
    found = Fed(answers).run(BUCKET.read(NAME, frozenset(fields)))
    assert found is not None
    return found


def changed(have: Actual, facts: BucketFacts | None = None, **fields: Any) -> list[Any]:
    """The calls of an update; each is one that IAM knows."""
    calls = calls_of(BUCKET.update(have, BucketSpec.of(fields), PLACE, facts))
    check_permissions(calls)
    return calls


# the policy -------------------------------------------------------------------------------------------------------
def with_policy(*written: Mapping[str, Any]) -> Actual:
    policy = {"Version": "2008-10-17", "Id": "old", "Statement": list(written)}
    return told({"policy"}, {"GetBucketPolicy": {"Policy": json.dumps(policy)}})


def test_a_statement_as_aws_writes_it_is_told_in_short() -> None:
    whole = {
        "Sid": "partner",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::210987654321:root", "Service": ["logging.s3.amazonaws.com"]},
        "Action": "s3:GetObject",
        "Resource": [ARN, f"{ARN}/shared/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }
    wish: dict[str, Any] = {
        "principal": [210987654321, "logging.s3.amazonaws.com"],
        "actions": "s3:GetObject",
        "resources": ["/", "/shared/*"],
        "condition": {"Bool": {"aws:SecureTransport": True}},
    }
    asked = checked(BucketSpec, {"policy": {"partner": wish}}).document
    assert with_policy(whole).spec["policy"] == asked["policy"]


def test_a_statement_is_changed_where_it_is_managed() -> None:
    nameless = {"Effect": "Deny", "Principal": "*", "NotAction": "s3:List*", "Resource": f"{ARN}/*"}
    ours = {
        **THEIRS,
        "Sid": "cdn",
        "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:PrincipalTag/a": "b"}},
    }
    have = with_policy(THEIRS, ours, nameless)
    condition = {"StringEquals": {"aws:SourceVpc": ["vpc-2"]}}
    [call] = changed(have, policy={"cdn": {"actions": ["s3:ListBucket"], "condition": condition}})
    assert call.merge.statements == {
        "cdn": {
            **ours,
            "Action": "s3:ListBucket",
            "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-2", "aws:PrincipalTag/a": "b"}},
        }
    }, "what is not managed of it stays too"
    assert BUCKET.foreign(have) == "statements without a name in its policy"


def test_the_last_statement_takes_the_policy_with_it() -> None:
    [call] = changed(with_policy({**THEIRS, "Sid": "cdn"}), policy={"cdn": None})
    assert call.operation == "DeleteBucketPolicy"


def test_what_a_distribution_owns_in_the_policy_is_not_the_buckets() -> None:
    have = with_policy({**THEIRS, "Sid": "GenesysShop"})
    assert have.spec["policy"] == {}
    [call] = changed(have, policy={"cdn": {"effect": "allow", "principal": ["*"], "actions": ["s3:GetObject"]}})
    assert list(call.merge.statements) == ["cdn"]


def test_a_policy_that_s3_would_refuse_as_public_is_blocked_before() -> None:
    open_to_all: dict[str, Any] = {"principal": "*", "actions": "s3:GetObject"}
    wish = checked(BucketSpec, {"public_access": False, "policy": {"all": open_to_all}})
    [finding] = BUCKET.findings("bucket.b", wish)
    assert finding.severity == "blocked"
    only_here: dict[str, Any] = {**open_to_all, "condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}
    assert not list(BUCKET.findings("b", checked(BucketSpec, {"public_access": False, "policy": {"all": only_here}})))


@pytest.mark.parametrize(
    "wish",
    [
        {"policy": {"x": {"principal": "*", "actions": "s3:*", "resources": "arn:aws:s3:::other/*"}}},
        {"policy": {"x": {"actions": "s3:*"}}},
        {"policy": {"GenesysShop": {"principal": "*", "actions": "s3:*"}}},
        {"notifications": {"x": {"to": "arn:aws:ec2:eu-west-1:123456789012:instance/i-1"}}},
        {"notifications": {"x": {"queue": "q", "events": "s3:Object Created"}}},
        {"cors": {"x": {"origins": "*"}}},
        {"cors": {"x": {"origins": "*", "methods": "PATCH"}}},
        {"website": {"redirect": "example.com", "index": "index.html"}},
        {"website": {"redirect": "example.com/path"}},
        {"website": {"index": "pages/index.html"}},
        {"ownership": None},
    ],
)
def test_what_can_not_be_is_refused_before_any_call(wish: dict[str, Any]) -> None:
    with pytest.raises(FlawedError):
        checked(BucketSpec, wish)


# notifications ----------------------------------------------------------------------------------------------------
TOLD: Mapping[str, Any] = {
    "LambdaFunctionConfigurations": [
        {
            "Id": "pictures",
            "LambdaFunctionArn": FUNCTION,
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [{"Name": "Prefix", "Value": "in/"}, {"Name": "Suffix", "Value": ""}]}},
        }
    ],
    "QueueConfigurations": [{"Id": "theirs", "QueueArn": QUEUE, "Events": ["s3:ObjectRemoved:Delete"]}],
    "EventBridgeConfiguration": {},
}


def telling() -> Actual:
    return told({"notifications"}, {"GetBucketNotificationConfiguration": TOLD})


def test_notifications_as_aws_tells_them() -> None:
    assert telling().spec["notifications"] == {
        "pictures": {"to": FUNCTION, "events": ["created"], "prefix": "in/", "suffix": None},
        "theirs": {"to": QUEUE, "events": ["s3:ObjectRemoved:Delete"], "prefix": None, "suffix": None},
    }
    assert BUCKET.foreign(telling()) == "events to EventBridge"


def test_those_that_the_same_plan_makes_let_the_bucket_in_and_iam_is_asked_for_no_more() -> None:
    wish = {"a": {"function": "thumbs"}, "b": {"queue": "uploads"}, "c": {"topic": "news"}, "d": {"topic": "news"}}
    spec = checked(BucketSpec, {"notifications": {name: dict(one) for name, one in wish.items()}})
    calls = calls_of(BUCKET.create(NAME, spec, PLACE, BucketFacts()))
    check_permissions(calls)
    _, *permits, put = calls
    assert [call.on for call in permits] == [(FUNCTION,), (QUEUE,), (TOPIC,)], "each once"
    assert put.operation == "PutBucketNotificationConfiguration"


def test_who_is_told_stays_let_in_when_only_the_filter_changes() -> None:
    [put] = changed(telling(), notifications={"pictures": {"suffix": ".png"}})
    document = put.params["NotificationConfiguration"]
    assert document["QueueConfigurations"] == TOLD["QueueConfigurations"]
    assert document["EventBridgeConfiguration"] == {}
    [one] = document["LambdaFunctionConfigurations"]
    assert one["Filter"]["Key"]["FilterRules"] == [
        {"Name": "prefix", "Value": "in/"},
        {"Name": "suffix", "Value": ".png"},
    ]
    [retry] = put.retry_on
    assert retry.code == "InvalidArgument", "S3 asks whom it will tell, and a permission takes a while to be known"


def test_the_new_one_lets_the_bucket_in_before_and_the_old_one_no_more_after() -> None:
    permit, put, revoke = changed(telling(), notifications={"pictures": {"to": TOPIC}})
    assert (permit.operation, permit.params["TopicArn"]) == ("SetTopicAttributes", TOPIC)
    assert put.operation == "PutBucketNotificationConfiguration"
    assert "LambdaFunctionConfigurations" not in put.params["NotificationConfiguration"]
    assert (revoke.operation, revoke.params["FunctionName"]) == ("RemovePermission", FUNCTION)


def test_a_function_that_is_still_told_by_another_rule_stays_open() -> None:
    again = {**TOLD["LambdaFunctionConfigurations"][0], "Id": "films"}
    both = {"LambdaFunctionConfigurations": [*TOLD["LambdaFunctionConfigurations"], again]}
    have = told({"notifications"}, {"GetBucketNotificationConfiguration": both})
    assert [call.operation for call in changed(have, notifications={"films": None})] == [
        "PutBucketNotificationConfiguration"
    ]


# the other documents ----------------------------------------------------------------------------------------------
def test_what_others_said_of_a_website_and_a_log_stays() -> None:
    rules = [{"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}}]
    site = {"IndexDocument": {"Suffix": "index.html"}, "RoutingRules": rules}
    form = {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}
    log = {"TargetBucket": "logs", "TargetPrefix": "", "TargetObjectKeyFormat": form}
    have = told({"website", "logging"}, {"GetBucketWebsite": site, "GetBucketLogging": {"LoggingEnabled": log}})
    assert have.spec == {
        "website": {"index": "index.html", "error": None, "redirect": None},
        "logging": {"bucket": "logs", "prefix": None},
    }
    website, logging = changed(have, website={"error": "404.html"}, logging={"prefix": "data/"})
    assert website.params["WebsiteConfiguration"] == {**site, "ErrorDocument": {"Key": "404.html"}}
    assert logging.params["BucketLoggingStatus"] == {"LoggingEnabled": {**log, "TargetPrefix": "data/"}}
    website, logging = changed(have, website={"index": None, "error": None}, logging=None)
    assert website.operation == "DeleteBucketWebsite"
    assert logging.params["BucketLoggingStatus"] == {}


def test_a_redirect_keeps_its_protocol() -> None:
    answer = {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}}
    have = told({"website"}, {"GetBucketWebsite": answer})
    assert have.spec["website"] == {"index": None, "error": None, "redirect": "https://example.com"}
    [call] = changed(told({"website"}, {"GetBucketWebsite": None}), website={"redirect": "https://example.com"})
    assert call.params["WebsiteConfiguration"] == answer


def test_rules_of_others_keep_their_place_and_ours_what_we_do_not_manage() -> None:
    first = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    ours = {"ID": "shop", "AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"], "ExposeHeaders": ["ETag"]}
    have = told({"cors"}, {"GetBucketCors": {"CORSRules": [first, ours]}})
    [call] = changed(have, cors={"shop": {"origins": ["https://b.example"]}})
    assert call.params["CORSConfiguration"]["CORSRules"] == [first, {**ours, "AllowedOrigins": ["https://b.example"]}]


def test_an_old_bucket_leaves_objects_to_their_writers_and_a_new_one_is_told_with_its_create() -> None:
    assert told({"ownership"}, {"GetBucketOwnershipControls": None}).spec == {"ownership": "writer"}
    [line] = BUCKET.create(NAME, BucketSpec.of({"ownership": "writer"}), PLACE, None)
    assert line.sentence == "Create S3 bucket 'acme-data', whose objects belong to their writers"
    calls = calls_of([line])
    check_permissions(calls)
    assert [call.operation for call in calls] == ["CreateBucket"]
    assert calls[0].params["ObjectOwnership"] == "ObjectWriter"


def test_replication_is_shown_where_all_of_a_bucket_is_and_nothing_touches_it() -> None:
    nothing: dict[str, Any] = {operation: {} for operation, _ in READS.values()}
    rules = [{"ID": "r", "Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::acme-copy"}}]
    answers = {**nothing, "GetBucketReplication": {"ReplicationConfiguration": {"Rules": rules}}}
    have = told(set(BUCKET.fields), answers)
    assert BUCKET.foreign(have) == "replication to acme-copy"
    assert "replication" not in have.spec


def test_what_a_bucket_holds_is_counted() -> None:
    one, many = {"Versions": [{"Key": "a"}]}, {"Versions": [{}] * 99, "DeleteMarkers": [{}], "IsTruncated": True}
    assert BUCKET.holds(telling(), BucketFacts(one)) == "1 version of objects"
    assert BUCKET.holds(telling(), BucketFacts(many)) == "100 or more versions of objects and delete markers"
    assert BUCKET.holds(telling(), BucketFacts({})) == ""


# in an account that others use too --------------------------------------------------------------------------------
ENTRY: Mapping[str, Any] = {
    "name": NAME,
    "type": "bucket",
    "policy": {"partner": {"principal": "210987654321", "actions": "s3:GetObject", "resources": "/shared/*"}},
    "cors": {"shop": {"origins": "https://example.com", "methods": "GET"}},
    "notifications": {"in": {"queue": "uploads"}},
}


@pytest.fixture
def workspace(aws: str, tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, home=tmp_path / "home"))
    yield workspace
    workspace.close()


def plan(workspace: Workspace, folder: Path, **entry: Any) -> Plan:
    """A queue, and the bucket with these fields (none: without it)."""
    resources: dict[str, Any] = {"messaging": [{"name": "uploads", "type": "queue"}]}
    if entry:
        resources["storage"] = [entry]
    path = folder / "genesys.yaml"
    path.write_text(yaml.safe_dump({"stack": "shop", "region": "eu-west-1", "resources": resources}))
    return workspace.plan(read_stack_file(path))


def bring_about(workspace: Workspace, folder: Path, **entry: Any) -> None:
    record = workspace.apply(plan(workspace, folder, **entry)).wait()
    assert record.status == "done", [step.why for step in record.steps]
    assert plan(workspace, folder, **entry).steps == ()


def test_what_others_wrote_survives_and_what_is_dropped_goes(workspace: Workspace, aws: str, tmp_path: Path) -> None:
    s3: Any = boto3.client("s3", endpoint_url=aws, region_name="eu-west-1")
    sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="eu-west-1")
    bring_about(workspace, tmp_path, **ENTRY)
    url = sqs.get_queue_url(QueueName="uploads")["QueueUrl"]
    policy = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])
    policy["Statement"].append({**THEIRS, "Principal": {"AWS": "123456789012"}})
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps(policy))
    rules = s3.get_bucket_cors(Bucket=NAME)["CORSRules"]
    others = {"ID": "theirs", "AllowedMethods": ["HEAD"], "AllowedOrigins": ["*"]}
    s3.put_bucket_cors(Bucket=NAME, CORSConfiguration={"CORSRules": [*rules, others]})
    assert plan(workspace, tmp_path, **ENTRY).steps == (), "what is not ours is no difference"

    bring_about(workspace, tmp_path, name=NAME, type="bucket")
    left = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"]
    assert [one["Sid"] for one in left] == ["theirs"]
    assert [rule["ID"] for rule in s3.get_bucket_cors(Bucket=NAME)["CORSRules"]] == ["theirs"]
    told_now = s3.get_bucket_notification_configuration(Bucket=NAME)
    assert "QueueConfigurations" not in told_now
    assert not sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")


def test_a_statement_that_somebody_writes_between_plan_and_apply_is_not_lost(
    workspace: Workspace, aws: str, tmp_path: Path
) -> None:
    s3: Any = boto3.client("s3", endpoint_url=aws, region_name="eu-west-1")
    bring_about(workspace, tmp_path, name=NAME, type="bucket")
    planned = plan(workspace, tmp_path, **{**ENTRY, "notifications": {}, "cors": {}})
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [THEIRS]}))
    assert workspace.apply(planned).wait().status == "done"
    there = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"]
    assert [one["Sid"] for one in there] == ["theirs", "partner"]

    planned = plan(workspace, tmp_path, name=NAME, type="bucket")
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": there[:1]}))
    assert workspace.apply(planned).wait().status == "done"
    assert json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])["Statement"] == [THEIRS]


def test_a_bucket_that_goes_is_let_in_no_more(workspace: Workspace, aws: str, tmp_path: Path) -> None:
    sqs: Any = boto3.client("sqs", endpoint_url=aws, region_name="eu-west-1")
    bring_about(workspace, tmp_path, **ENTRY)
    bring_about(workspace, tmp_path)
    url = sqs.get_queue_url(QueueName="uploads")["QueueUrl"]
    assert not sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {}).get("Policy")


def test_a_distribution_and_its_bucket_write_one_policy_in_one_plan(
    workspace: Workspace, aws: str, tmp_path: Path
) -> None:
    s3: Any = boto3.client("s3", endpoint_url=aws, region_name="eu-west-1")
    entries = {
        "storage": [{"name": NAME, "type": "bucket", "policy": ENTRY["policy"]}],
        "network": [{"name": "shop", "type": "distribution", "bucket": NAME}],
    }
    path = tmp_path / "genesys.yaml"
    path.write_text(yaml.safe_dump({"stack": "shop", "region": "eu-west-1", "resources": entries}))
    assert workspace.apply(workspace.plan(read_stack_file(path))).wait().status == "done"
    policy = json.loads(s3.get_bucket_policy(Bucket=NAME)["Policy"])
    assert [one["Sid"] for one in policy["Statement"]] == ["partner", "GenesysShop"]
    assert workspace.plan(read_stack_file(path)).steps == ()
    undo = workspace.plan_undo()
    assert undo.conflicts == (), "what the distribution wrote into the bucket's policy is not somebody else's"
    assert workspace.apply(undo).wait().status == "done"
    assert s3.list_buckets()["Buckets"] == []
