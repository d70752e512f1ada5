"""Filesystems by fed answers: throughput, backups, what is refused, and how EFS's answers are read."""

from __future__ import annotations

from typing import Any

import pytest

from genesys_tui.engine.executor.params import captured, holds
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.filesystem import FilesystemSpec
from genesys_tui.engine.providers.aws.storage.filesystem import Filesystem, FilesystemFacts
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions

KIND = Filesystem()
ARN = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"
AWS_KEY = "arn:aws:kms:eu-west-1:123456789012:key/aws"
OWN_KEY = "arn:aws:kms:eu-west-1:123456789012:key/0ab1c2d3-0000-4000-8000-0123456789ab"
NOTHING = FilesystemFacts()


def wish(**fields: Any) -> FilesystemSpec:
    return FilesystemSpec.model_validate(fields, context=WISH)


def there(backups: str = "", rules: tuple[dict[str, str], ...] = (), **changes: Any) -> Actual:
    raw = {
        "FileSystemId": "fs-1",
        "FileSystemArn": ARN,
        "LifeCycleState": "available",
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "bursting",
        "Encrypted": True,
        "KmsKeyId": AWS_KEY,
        "SizeInBytes": {"Value": 6144},
        "Tags": [{"Key": "Name", "Value": "shared"}],
        **changes,
    }
    targets = [
        {"MountTargetId": "fsmt-a", "SubnetId": "subnet-a", "VpcId": "vpc-1", "LifeCycleState": "available"},
        {"MountTargetId": "fsmt-b", "SubnetId": "subnet-b", "VpcId": "vpc-1", "LifeCycleState": "available"},
        {"MountTargetId": "fsmt-c", "SubnetId": "subnet-c", "VpcId": "vpc-1", "LifeCycleState": "deleting"},
    ]
    answers = {
        "DescribeFileSystems": {"FileSystems": [raw]},
        "DescribeLifecycleConfiguration": {"LifecyclePolicies": list(rules)},
        "DescribeBackupPolicy": {"BackupPolicy": {"Status": backups}} if backups else None,
        "DescribeMountTargets": {"MountTargets": targets},
        "DescribeMountTargetSecurityGroups": {"SecurityGroups": ["sg-1"]},
        "DescribeKey": {"KeyMetadata": {"Arn": AWS_KEY}},
    }
    actual = Fed(answers).run(KIND.read("fs-1", KIND.fields))
    assert actual is not None
    return actual


@pytest.mark.parametrize(
    ("status", "on"), [("ENABLED", True), ("ENABLING", True), ("DISABLING", False), ("DISABLED", False), ("", False)]
)
def test_backups_are_read(status: str, on: bool) -> None:
    assert there(status).spec["backups"] is on


def test_what_is_read_is_what_would_be_asked() -> None:
    have = there(rules=({"TransitionToIA": "AFTER_1_DAY"}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}))
    assert have.spec["lifecycle"] == {
        "infrequent_after_days": 1,
        "archive_after_days": None,
        "back_on_access": True,
    }
    assert (have.spec["subnets"], have.spec["security_groups"]) == (["subnet-a", "subnet-b"], ["sg-1"])
    assert (have.spec["encryption"], have.spec["throughput"]) == ("managed", "bursting")
    assert there(KmsKeyId=OWN_KEY).spec["encryption"] == OWN_KEY
    assert there(ThroughputMode="provisioned", ProvisionedThroughputInMibps=64.0).spec["throughput"] == 64
    assert KIND.outputs_of(have)["dns_name"] == "fs-1.efs.eu-west-1.amazonaws.com"


def test_a_part_of_the_lifecycle_changes_and_the_rest_stays() -> None:
    have = there(rules=({"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}))
    [call] = calls_of(KIND.update(have, wish(lifecycle={"infrequent_after_days": 1}), PLACE, None))
    assert call.params["LifecyclePolicies"] == [
        {"TransitionToIA": "AFTER_1_DAY"},
        {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]
    [call] = calls_of(KIND.update(have, wish(lifecycle=None), PLACE, None))
    assert call.params["LifecyclePolicies"] == []


@pytest.mark.parametrize(
    ("throughput", "wire"),
    [
        ("elastic", {"ThroughputMode": "elastic"}),
        (64, {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 64}),
    ],
)
def test_throughput_changes_in_place(throughput: str | int, wire: dict[str, Any]) -> None:
    [call] = calls_of(KIND.update(there(), wish(throughput=throughput), PLACE, None))
    assert (call.name, call.params) == ("efs:UpdateFileSystem", {"FileSystemId": "fs-1", **wire})
    assert call.wait
    assert not holds(call.wait.done, {"FileSystems": [{"LifeCycleState": "updating"}]})


def test_backups_are_switched() -> None:
    [call] = calls_of(KIND.update(there("ENABLED"), wish(backups=False), PLACE, None))
    assert call.params["BackupPolicy"] == {"Status": "DISABLED"}


def test_a_subnet_that_takes_anothers_place_comes_after_it_is_gone() -> None:
    calls = calls_of(KIND.update(there(), wish(subnets=["subnet-a", "subnet-d"]), PLACE, None))
    writes = [(call.operation, call.params.get("MountTargetId") or call.params.get("SubnetId")) for call in calls]
    assert writes == [
        ("DeleteMountTarget", "fsmt-b"),
        ("DescribeMountTargets", None),
        ("CreateMountTarget", "subnet-d"),
        ("DescribeMountTargets", None),
    ]
    gone, ready = (call.wait for call in calls if call.operation == "DescribeMountTargets")
    assert gone and ready
    left = [{"MountTargetId": "fsmt-a", "LifeCycleState": "available"}]
    assert not holds(gone.done, {"MountTargets": [*left, {"MountTargetId": "fsmt-b", "LifeCycleState": "deleting"}]})
    assert holds(gone.done, {"MountTargets": left})
    assert not holds(ready.done, {"MountTargets": [*left, {"LifeCycleState": "creating"}]})
    assert holds(ready.done, {"MountTargets": left})


def test_it_is_deleted_after_its_mount_targets() -> None:
    calls = calls_of(KIND.delete(there(), None))
    operations = [call.operation for call in calls]
    assert operations == ["DeleteMountTarget", "DeleteMountTarget", "DescribeMountTargets", "DeleteFileSystem"]
    assert calls[-1].wait and holds(calls[-1].wait.done, None)
    assert "FileSystemInUse" in {rule.code for rule in calls[-1].retry_on}, "a target that was going already"


def test_a_mount_target_waits_for_a_subnet_and_a_group_that_are_new() -> None:
    want = KIND.fill(wish(subnets=["subnet-a"], security_groups=["files"]), NOTHING, ())
    [target] = [
        call for call in calls_of(KIND.create("shared", want, PLACE, NOTHING)) if call.operation == "CreateMountTarget"
    ]
    assert {rule.code for rule in target.retry_on} == {"SubnetNotFound", "SecurityGroupNotFound"}


def test_files_in_it_are_data() -> None:
    assert KIND.holds(there(), None) == ""
    assert KIND.holds(there(SizeInBytes={"Value": 5 * 1024**3}), None) == "its 5.0 GB of files"


SUBNETS = [
    {"SubnetId": "public-a", "AvailabilityZone": "eu-west-1a", "MapPublicIpOnLaunch": True},
    {"SubnetId": "private-a", "AvailabilityZone": "eu-west-1a", "MapPublicIpOnLaunch": False},
    {"SubnetId": "public-b", "AvailabilityZone": "eu-west-1b", "MapPublicIpOnLaunch": True},
]


def test_of_a_network_it_takes_one_subnet_in_each_zone() -> None:
    vpc = {"VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "main"}], "CidrBlock": "10.0.0.0/16"}
    answers = {"DescribeSubnets": {"Subnets": SUBNETS}, "DescribeVpcs": {"Vpcs": [vpc]}}
    for network in ("vpc-0a1b2c3d", "main"):
        want = wish(network=network)
        facts = Fed(answers).run(KIND.prepare("shared", want, None))
        assert KIND.fill(want, facts, ()).subnets == ["private-a", "public-b"]


def test_a_network_that_is_not_there_yet_must_be_told_by_its_subnets() -> None:
    want = wish(network="main")
    facts = Fed({"DescribeVpcs": {"Vpcs": []}}).run(KIND.prepare("shared", want, None))
    with pytest.raises(GenesysError, match="not there yet") as refused:
        list(KIND.create("shared", KIND.fill(want, facts, ()), PLACE, facts))
    assert "${network.main.subnet_private_a}" in refused.value.todo


def test_a_lost_create_is_found_by_its_token() -> None:
    create = calls_of(KIND.create("shared", KIND.fill(wish(), NOTHING, ()), PLACE, NOTHING))[0]
    assert create.find
    assert captured(create.find.captures, {"FileSystems": []}) is None
    found = captured(create.find.captures, {"FileSystems": [{"FileSystemId": "fs-1", "FileSystemArn": ARN}]})
    assert found == captured(create.captures, {"FileSystemId": "fs-1", "FileSystemArn": ARN})
    assert found and (found["arn"], found["dns_name"]) == (ARN, "fs-1.efs.eu-west-1.amazonaws.com")


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"performance": "max-io", "throughput": "elastic"}, ("throughput",)),
        ({"throughput": 64, "lifecycle": {"archive_after_days": 90}}, ("lifecycle", "archive_after_days")),
        ({"lifecycle": {"infrequent_after_days": 90, "archive_after_days": 30}}, ("lifecycle", "archive_after_days")),
    ],
)
def test_settings_that_do_not_go_together_are_refused(fields: dict[str, Any], path: tuple[str, ...]) -> None:
    assert [mistake for mistake, _ in wish(**fields).mistakes()] == [path]


def test_every_call_names_what_iam_must_allow() -> None:
    whole = wish(encryption=OWN_KEY, subnets=["subnet-a"], lifecycle={"infrequent_after_days": 7}, tags={"team": "a"})
    calls = calls_of(KIND.create("shared", KIND.fill(whole, NOTHING, ()), PLACE, NOTHING))
    changed = wish(throughput=64, backups=True, security_groups=["sg-0a1b2c3d"], tags={"team": "a", "b": None})
    calls += calls_of(KIND.update(there(), changed, PLACE, None))
    calls += calls_of(KIND.delete(there(), None))
    assert calls[0].also_needs["kms:Decrypt"] == (OWN_KEY,)
    check_permissions(calls)
