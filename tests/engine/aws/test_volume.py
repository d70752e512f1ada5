"""Volumes by fed answers: growing, what a delete keeps, and how EC2's answers are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from genesys_tui.engine.executor.params import captured, holds
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.volume import VolumeSpec
from genesys_tui.engine.providers.aws.storage.volume import Volume, VolumeFacts
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions

KIND = Volume()
AWS_KEY = "arn:aws:kms:eu-west-1:123456789012:key/aws"
OWN_KEY = "arn:aws:kms:eu-west-1:123456789012:key/0ab1c2d3-0000-4000-8000-0123456789ab"
FACTS = VolumeFacts({"a": "eu-west-1a", "b": "eu-west-1b"}, AWS_KEY)


def wish(**fields: Any) -> VolumeSpec:
    return VolumeSpec.model_validate(fields, context=WISH)


def there(**changes: Any) -> Actual:
    raw = {
        "VolumeId": "vol-1",
        "Size": 100,
        "VolumeType": "gp3",
        "Iops": 3000,
        "Throughput": 125,
        "AvailabilityZone": "eu-west-1b",
        "State": "available",
        "Encrypted": True,
        "KmsKeyId": AWS_KEY,
        "Tags": [{"Key": "Name", "Value": "data"}, {"Key": "genesys:stack", "Value": "shop"}],
        **changes,
    }
    answers = {
        "DescribeVolumes": {"Volumes": [raw]},
        "DescribeKey": {"KeyMetadata": {"Arn": AWS_KEY}},
        "GetCallerIdentity": {"Account": "123456789012"},
    }
    actual = Fed(answers).run(KIND.read("vol-1", KIND.fields))
    assert actual is not None
    return actual


@pytest.mark.parametrize(
    ("raw", "encryption"),
    [({"KmsKeyId": AWS_KEY}, "managed"), ({"KmsKeyId": OWN_KEY}, OWN_KEY), ({"Encrypted": False}, None)],
)
def test_the_key_that_aws_keeps_is_told_from_others(raw: dict[str, Any], encryption: str | None) -> None:
    assert there(**raw).spec["encryption"] == encryption


def test_its_arn_is_composed_where_ec2_tells_none() -> None:
    assert there().arn == "arn:aws:ec2:eu-west-1:123456789012:volume/vol-1"
    assert there(VolumeArn="arn:aws:ec2:eu-west-1:9:volume/vol-1").arn == "arn:aws:ec2:eu-west-1:9:volume/vol-1"


def test_the_managed_key_is_named_so_that_no_other_default_takes_its_place() -> None:
    [create] = calls_of(KIND.create("data", KIND.fill(wish(size=20), FACTS, ()), PLACE, FACTS))
    assert create.params["KmsKeyId"] == AWS_KEY
    assert (create.params["Encrypted"], create.params["VolumeType"]) == (True, "gp3")
    assert create.params["AvailabilityZone"] == "eu-west-1a"


def test_it_grows_in_place_by_one_call_and_never_shrinks() -> None:
    [grow] = calls_of(KIND.update(there(), wish(size=200, iops=4000), PLACE, None))
    assert (grow.name, grow.params) == ("ec2:ModifyVolume", {"VolumeId": "vol-1", "Size": 200, "Iops": 4000})
    with pytest.raises(GenesysError, match="only grow"):
        list(KIND.update(there(), wish(size=50), PLACE, None))
    assert KIND.reversal(there(), wish(size=200)).kind == "irreversible"


@pytest.mark.parametrize(
    ("state", "over"), [("modifying", False), ("optimizing", True), ("completed", True), ("failed", False)]
)
def test_a_change_stands_from_the_moment_it_is_optimized(state: str, over: bool) -> None:
    [grow] = calls_of(KIND.update(there(), wish(size=200), PLACE, None))
    assert grow.wait
    answer = {"VolumesModifications": [{"ModificationState": state}]}
    assert holds(grow.wait.done, answer) is over
    assert holds(str(grow.wait.failed), answer) is (state == "failed")


def test_what_is_not_told_of_yet_is_waited_for() -> None:
    """EC2 answers that there is no such change, or snapshot, for some moments after it took it on."""
    [grow] = calls_of(KIND.update(there(), wish(size=200), PLACE, None))
    _, keep, _ = calls_of(KIND.delete(there(), None))
    for call, code in ((grow, "InvalidVolumeModification.NotFound"), (keep, "InvalidSnapshot.NotFound")):
        assert call.wait and code in call.wait.read.absent_on
        assert not holds(call.wait.done, None)


def test_a_lost_answer_about_a_change_is_settled_by_what_it_leads_to() -> None:
    """Sent again it is refused: one change is under way."""
    [grow] = calls_of(KIND.update(there(), wish(size=200, volume_type="io2", iops=4000), PLACE, None))
    assert not grow.idempotent
    assert grow.find and "IncorrectModificationState" in grow.find.codes
    ours = {"VolumeId": "vol-1", "TargetSize": 200, "TargetVolumeType": "io2", "TargetIops": 4000}
    assert captured(grow.find.captures, {"VolumesModifications": [ours]})
    assert not captured(grow.find.captures, {"VolumesModifications": [{**ours, "TargetSize": 100}]})


def test_a_delete_waits_until_it_is_free_and_keeps_a_whole_snapshot() -> None:
    free, keep, delete = calls_of(KIND.delete(there(), None))
    assert free.wait and keep.wait and delete.wait
    assert not holds(free.wait.done, {"Volumes": [{"State": "in-use"}]})
    assert keep.operation == "CreateSnapshot"
    assert not holds(keep.wait.done, {"Snapshots": [{"State": "pending"}]})
    assert keep.find and captured(keep.find.captures, {"Snapshots": []}) is None
    assert holds(delete.wait.done, None)
    assert KIND.holds(there(), None) == "its 100 GB"


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"size": 100, "volume_type": "st1"}, "size"),
        ({"volume_type": "st1", "iops": 3000}, "iops"),
        ({"volume_type": "io2", "size": 10}, "volume_type"),
        ({"volume_type": "gp3", "iops": 1000}, "iops"),
        ({"volume_type": "io1", "iops": 100_000}, "iops"),
        ({"throughput": 500, "volume_type": "gp2"}, "throughput"),
        ({"throughput": 1000, "iops": 3000}, "throughput"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(fields: dict[str, Any], path: str) -> None:
    assert [mistake for mistake, _ in wish(**fields).mistakes()] == [(path,)]


def test_what_is_out_of_range_is_refused_with_what_is_right() -> None:
    with pytest.raises(ValidationError, match="the letter of a zone"):
        wish(zone="eu-west-1a")
    with pytest.raises(GenesysError, match="no size"):
        list(KIND.create("data", KIND.fill(wish(), FACTS, ()), PLACE, FACTS))
    with pytest.raises(GenesysError, match="no zone 'f'"):
        list(KIND.create("data", KIND.fill(wish(size=1, zone="f"), FACTS, ()), PLACE, FACTS))


def test_every_call_names_what_iam_must_allow() -> None:
    whole = wish(size=20, encryption=OWN_KEY, snapshot="snap-0a1b2c3d")
    calls = calls_of(KIND.create("data", KIND.fill(whole, FACTS, ()), PLACE, FACTS))
    calls += calls_of(KIND.update(there(), wish(size=200, tags={"team": "a", "b": None}), PLACE, None))
    calls += calls_of(KIND.delete(there(), None))
    assert calls[0].also_needs["kms:Decrypt"] == (OWN_KEY,)
    check_permissions(calls)


def test_an_undo_leaves_what_can_t_shrink_and_takes_the_rest_back(aws: str, world: Path) -> None:
    workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, stack="shop", home=world))
    try:
        for words in ("create volume data --size 50", "modify volume data --size 80 --iops 4000"):
            assert workspace.apply(workspace.plan(parse_intent(words.split()))).wait().status == "done"
        back = workspace.plan_undo()
        [conflict] = back.conflicts
        assert (conflict.address, conflict.message.split()[0]) == ("volume.data", "size")
        assert not back.blocked
        [call] = [call for step in back.steps for call in step.calls]
        assert {key: value for key, value in call.params.items() if key != "VolumeId"} == {"Iops": 3000}
    finally:
        workspace.close()
