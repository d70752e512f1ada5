"""Instances by fed answers: what the emulator lacks, what is refused, and how EC2's answers are read."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from genesys_tui.engine.executor.params import captured, holds
from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.instance import InstanceSpec
from genesys_tui.engine.providers.aws.compute.instance import Instance
from genesys_tui.engine.providers.aws.compute.instance_image import NoImageError, architecture_of
from genesys_tui.engine.providers.aws.compute.instance_lines import InstanceFacts
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions

KIND = Instance()
OLD, NEW = "ami-00000000000000001", "ami-00000000000000002"


def wish(**fields: Any) -> InstanceSpec:
    return InstanceSpec.model_validate(fields, context=WISH)


def raw(**changes: Any) -> dict[str, Any]:
    """An instance as DescribeInstances tells it."""
    return {
        "InstanceId": "i-1",
        "InstanceType": "t3.medium",
        "ImageId": OLD,
        "Architecture": "x86_64",
        "State": {"Name": "running"},
        "Placement": {"AvailabilityZone": "eu-west-1a"},
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "vol-root", "Status": "attached"}},
            {"DeviceName": "/dev/sdf", "Ebs": {"VolumeId": "vol-data", "Status": "attached"}},
        ],
        "SecurityGroups": [{"GroupId": "sg-1"}],
        "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "required"},
        "Tags": [{"Key": "Name", "Value": "web"}, {"Key": "genesys:image", "Value": f"ubuntu-lts={OLD}"}],
        **changes,
    }


def told(*instances: Mapping[str, Any]) -> dict[str, Any]:
    return {"Reservations": [{"OwnerId": "123456789012", "Instances": list(instances)}]}


def image(id: str, architecture: str = "x86_64") -> dict[str, Any]:
    disk = {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8}}
    return {"ImageId": id, "RootDeviceName": "/dev/sda1", "Architecture": architecture, "BlockDeviceMappings": [disk]}


def account(**changes: Any) -> Fed:
    answers: dict[str, Any] = {
        "DescribeInstances": told(raw()),
        "DescribeVolumes": {"Volumes": [{"VolumeId": "vol-root", "Size": 30}]},
        "DescribeInstanceAttribute": {},
        "DescribeImages": lambda params: {"Images": [image(params["ImageIds"][0])]},
        "DescribeSubnets": {"Subnets": [{"SubnetId": "subnet-1"}]},
        "DescribeIamInstanceProfileAssociations": {"IamInstanceProfileAssociations": []},
        "GetParameter": {"Parameter": {"Value": NEW}},
    }
    return Fed({**answers, **changes})


def there(fields: frozenset[str] = KIND.fields, **changes: Any) -> Actual:
    actual = account(**changes).run(KIND.read("i-1", fields))
    assert actual is not None
    return actual


def changed(have: Actual, facts: InstanceFacts | None = None, **fields: Any) -> list[Call]:
    """The calls of an update."""
    return calls_of(KIND.update(have, wish(**fields), PLACE, facts or InstanceFacts()))


# sizes and images -----------------------------------------------------------------------------------------------------
def test_the_same_size_in_either_word_is_the_same() -> None:
    assert wish(size="t3.medium").document == wish(size="medium").document
    assert there().spec["size"] == "medium"
    for size in ("huge", "t3", "t3.medium; rm"):
        with pytest.raises(ValidationError, match=r"small, medium, large, xlarge"):
            wish(size=size)


@pytest.mark.parametrize("size", ["t4g.small", "m7gd.large", "c6gn.xlarge", "im4gn.large", "a1.medium", "g5g.xlarge"])
def test_sizes_with_arm_processors(size: str) -> None:
    assert architecture_of(size) == "arm64"


@pytest.mark.parametrize("size", ["small", "t3a.small", "m7i-flex.large", "g4dn.xlarge", "c5n.large", "inf2.xlarge"])
def test_sizes_with_x86_processors(size: str) -> None:
    assert architecture_of(size) == "x86_64"


@pytest.mark.parametrize(
    ("word", "size", "parameter"),
    [
        ("ubuntu-lts", "small", "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"),
        (
            "ubuntu-lts",
            "t4g.small",
            "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
        ),
        ("amazon-linux", "small", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
        ("amazon-linux", "t4g.small", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"),
    ],
)
def test_a_word_for_an_image_is_resolved_for_its_processor(word: str, size: str, parameter: str) -> None:
    asked = account(DescribeImages={"Images": [image(NEW, architecture_of(size))]})
    facts = asked.run(KIND.prepare("web", wish(image=word, size=size), None))
    assert [call.params["Name"] for call in asked.asked if call.operation == "GetParameter"] == [parameter]
    filled = KIND.fill(wish(image=word, size=size), facts, ())
    assert (filled.image, filled.disk, filled.metadata) == (word, 8, "v2")
    run = next(call for call in calls_of(KIND.create("web", filled, PLACE, facts)) if call.operation == "RunInstances")
    assert run.params["ImageId"] == NEW
    params: Any = run.params
    assert {"Key": "genesys:image", "Value": f"{word}={NEW}"} in params["TagSpecifications"][0]["Tags"]


def test_what_a_word_meant_is_remembered_though_a_newer_one_is_out() -> None:
    have = there()
    assert have.spec["image"] == "ubuntu-lts"
    again = account()
    facts = again.run(KIND.prepare("web", wish(image="ubuntu-lts", user_data="new"), have))
    assert not isinstance(facts.image, NoImageError) and facts.image is not None
    assert facts.image.id == OLD
    assert "GetParameter" not in {call.operation for call in again.asked}


def test_a_remembered_image_that_is_gone_is_resolved_anew() -> None:
    gone = account(DescribeImages=lambda params: None if params["ImageIds"] == [OLD] else {"Images": [image(NEW)]})
    facts = gone.run(KIND.prepare("web", wish(image="ubuntu-lts", user_data="new"), there()))
    assert not isinstance(facts.image, NoImageError) and facts.image is not None
    assert facts.image.id == NEW


def test_an_image_that_others_put_in_its_place_goes_by_its_id() -> None:
    assert there(DescribeInstances=told(raw(ImageId=NEW))).spec["image"] == NEW


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"GetParameter": None}, "published"),
        ({"DescribeImages": None}, "shared"),
        ({"DescribeImages": {"Images": [image(NEW, "arm64")]}}, "arm64"),
    ],
)
def test_what_can_t_start_is_refused_in_words(answers: dict[str, Any], why: str) -> None:
    facts = account(**answers).run(KIND.prepare("web", wish(image="ubuntu-lts"), None))
    with pytest.raises(GenesysError, match=why):
        list(KIND.create("web", KIND.fill(wish(), facts, ()), PLACE, facts))


def test_a_disk_that_its_image_does_not_fit_on_is_refused() -> None:
    facts = account().run(KIND.prepare("web", wish(), None))
    with pytest.raises(GenesysError, match="at least 8 GB"):
        list(KIND.create("web", KIND.fill(wish(disk=4), facts, ()), PLACE, facts))


def test_without_a_network_to_start_in_it_is_refused() -> None:
    facts = account(DescribeSubnets={"Subnets": []}).run(KIND.prepare("web", wish(), None))
    with pytest.raises(GenesysError, match="no default network"):
        list(KIND.create("web", KIND.fill(wish(), facts, ()), PLACE, facts))


# what is read ---------------------------------------------------------------------------------------------------------
def test_what_is_terminated_is_not_there_any_more() -> None:
    gone = account(DescribeInstances=told(raw(State={"Name": "terminated"})))
    assert gone.run(KIND.read("i-1", KIND.fields)) is None
    assert gone.run(KIND.locate("web")) is None
    assert there(DescribeInstances=told(raw(State={"Name": "shutting-down"}))).transition == "deleting"


def test_two_of_one_name_are_told_apart_by_who_made_them() -> None:
    ours = raw(InstanceId="i-2", Tags=[*raw()["Tags"], {"Key": "genesys:stack", "Value": "shop"}])
    found = account(DescribeInstances=told(raw(), ours)).run(KIND.locate("web"))
    assert found is not None and found.id == "i-2"
    with pytest.raises(GenesysError, match="i-1, i-3"):
        account(DescribeInstances=told(raw(), raw(InstanceId="i-3"))).run(KIND.locate("web"))


def test_user_data_that_is_no_text_survives() -> None:
    packed = b"\x1f\x8b\x00\xff"
    answer = {"UserData": {"Value": b64encode(packed).decode()}}
    data = there(DescribeInstanceAttribute=answer).spec["user_data"]
    facts = account().run(KIND.prepare("web", wish(), None))
    filled = KIND.fill(InstanceSpec.of({"user_data": data}), facts, ())
    run = next(call for call in calls_of(KIND.create("web", filled, PLACE, facts)) if call.operation == "RunInstances")
    assert run.params["UserData"] == packed


def test_a_stopped_instance_is_not_running_and_its_public_address_is_not_asked() -> None:
    have = there(DescribeInstances=told(raw(State={"Name": "stopped"})))
    assert have.spec["running"] is False
    assert "public_ip" not in have.spec
    assert set(KIND.outputs_of(have)) == {"id", "arn", "name"}


def test_what_aws_runs_is_aws_s_own() -> None:
    managed = raw(Operator={"Managed": True, "Principal": "eks.amazonaws.com"})
    assert there(DescribeInstances=told(managed)).of_aws == "managed by eks.amazonaws.com"


# where it starts ------------------------------------------------------------------------------------------------------
SUBNETS = {
    "Subnets": [
        {"SubnetId": "public-a", "AvailabilityZone": "eu-west-1a", "MapPublicIpOnLaunch": True},
        {"SubnetId": "private-b", "AvailabilityZone": "eu-west-1b", "MapPublicIpOnLaunch": False},
        {"SubnetId": "private-a", "AvailabilityZone": "eu-west-1a", "MapPublicIpOnLaunch": False},
    ]
}


@pytest.mark.parametrize(("public", "chosen"), [(False, "private-a"), (True, "public-a")])
def test_it_starts_in_a_subnet_that_suits(public: bool, chosen: str) -> None:
    facts = account().run(KIND.prepare("web", wish(), None))
    want = KIND.fill(wish(public_ip=public, network="vpc-0a1b2c3d"), facts, ())
    choice = calls_of(KIND.create("web", want, PLACE, facts))[0]
    assert choice.operation == "DescribeSubnets"
    assert captured(choice.captures, SUBNETS) == {"_subnet": chosen}
    only_public = {"Subnets": SUBNETS["Subnets"][:1]}
    assert captured(choice.captures, only_public) == {"_subnet": "public-a"}
    assert captured(choice.captures, {"Subnets": []}) is None


def test_it_starts_in_the_zone_of_its_volumes() -> None:
    facts = account().run(KIND.prepare("web", wish(), None))
    want = KIND.fill(wish(volumes={"/dev/sdf": "vol-0a1b2c3d"}), facts, ())
    zone, subnet, *_ = calls_of(KIND.create("web", want, PLACE, facts))
    assert zone.operation == "DescribeVolumes"
    assert captured(zone.captures, {"Volumes": [{"AvailabilityZone": "eu-west-1b"}]}) == {"_zone": "eu-west-1b"}
    params: Any = subnet.params
    assert "availability-zone" in {one["Name"] for one in params["Filters"]}


# changes --------------------------------------------------------------------------------------------------------------
def names(calls: list[Call]) -> list[str]:
    return [call.operation for call in calls]


def test_a_size_changes_while_it_stands_still() -> None:
    steps = ["StopInstances", "ModifyInstanceAttribute", "StartInstances"]
    assert names(changed(there(), size="large")) == steps
    stopped = there(DescribeInstances=told(raw(State={"Name": "stopped"})))
    assert names(changed(stopped, size="large")) == steps[1:2]
    assert names(changed(stopped, size="large", running=True)) == steps[1:]
    assert names(changed(there(), size="large", running=False)) == steps[:2]


def test_waits_end_when_ec2_says_so() -> None:
    stop, _, start = changed(there(), size="large")
    [terminate] = calls_of(KIND.delete(there(), InstanceFacts()))
    assert stop.wait and start.wait and terminate.wait
    assert holds(stop.wait.done, told(raw(State={"Name": "stopped"})))
    assert not holds(stop.wait.done, told(raw(State={"Name": "stopping"})))
    assert holds(str(start.wait.failed), told(raw(State={"Name": "terminated"})))
    assert not holds(str(start.wait.failed), None)
    assert captured(start.wait.captures, told(raw(PublicIpAddress="1.2.3.4"))) == {"public_ip": "1.2.3.4"}
    assert holds(terminate.wait.done, None)
    assert holds(terminate.wait.done, told(raw(State={"Name": "terminated"})))
    assert not holds(terminate.wait.done, told(raw(State={"Name": "shutting-down"})))


@pytest.mark.parametrize(
    ("before", "profile", "operation"),
    [(None, "web", "Associate"), ("assoc-1", "web", "Replace"), ("assoc-1", None, "Disassociate")],
)
def test_a_profile_is_given_replaced_and_taken(before: str | None, profile: str | None, operation: str) -> None:
    found = {"IamInstanceProfileAssociations": [{"AssociationId": before}] if before else []}
    asked = account(DescribeIamInstanceProfileAssociations=found)
    facts = asked.run(KIND.prepare("web", wish(profile=profile), there()))
    [call] = changed(there(), facts, profile=profile)
    assert call.operation.startswith(operation)
    assert call.params.get("AssociationId") == before
    assert call.params.get("IamInstanceProfile") == ({"Name": profile} if profile else None)
    web = {"Arn": "arn:aws:iam::123456789012:instance-profile/web"}
    other = {"Arn": "arn:aws:iam::123456789012:instance-profile/other"}
    assert call.wait and not holds(call.wait.done, told(raw(IamInstanceProfile=other)))
    assert holds(call.wait.done, told(raw(IamInstanceProfile=web) if profile else raw()))


def test_a_stopped_instance_lets_go_of_a_profile_before_it_takes_another() -> None:
    """EC2 replaces that of a running one only."""
    stopped = there(DescribeInstances=told(raw(State={"Name": "stopped"})))
    calls = changed(stopped, InstanceFacts(association="assoc-1"), profile="web")
    assert names(calls) == ["DisassociateIamInstanceProfile", "AssociateIamInstanceProfile"]
    assert calls[1].params == {"InstanceId": stopped.id, "IamInstanceProfile": {"Name": "web"}}


def test_a_profile_that_is_gone_already_is_not_taken_off_again() -> None:
    assert changed(there(), InstanceFacts(), profile=None) == []


def test_a_lost_answer_about_a_profile_is_settled_by_which_one_is_there() -> None:
    [call] = changed(there(), InstanceFacts(association="assoc-1"), profile="web")
    assert call.find is not None

    def found(arn: str) -> object:
        association = {"AssociationId": "assoc-2", "IamInstanceProfile": {"Arn": arn}}
        return captured(call.find.captures, {"IamInstanceProfileAssociations": [association]}) if call.find else None

    assert found("arn:aws:iam::123456789012:instance-profile/web")
    assert not found("arn:aws:iam::123456789012:instance-profile/other")


def test_metrics_each_minute_are_switched() -> None:
    assert names(changed(there(), monitoring=True)) == ["MonitorInstances"]
    assert names(changed(there(), monitoring=False)) == ["UnmonitorInstances"]


def test_its_disk_grows_and_never_shrinks() -> None:
    [call] = changed(there(), disk=50)
    assert (call.name, call.params) == ("ec2:ModifyVolume", {"VolumeId": "vol-root", "Size": 50})
    with pytest.raises(GenesysError, match="only grow"):
        changed(there(), disk=20)


def test_what_can_t_change_in_place_is_refused_before_any_call() -> None:
    with pytest.raises(GenesysError, match="arm64"):
        changed(there(), size="t4g.medium")
    with pytest.raises(GenesysError, match="CpuOptions"):
        changed(there(), aws={"CpuOptions": {"CoreCount": 1}})


def test_a_volume_gives_way_to_another_on_its_device() -> None:
    calls = changed(there(), volumes={"/dev/sdf": "vol-0a1b2c3d"})
    assert names(calls) == ["DetachVolume", "AttachVolume"]
    detach = calls[0]
    assert detach.wait and holds(detach.wait.done, {"Volumes": []})
    assert not holds(detach.wait.done, {"Volumes": [{"VolumeId": "vol-data"}]})


def test_protection_is_taken_off_before_it_is_deleted() -> None:
    protected = there(DescribeInstanceAttribute={"DisableApiTermination": {"Value": True}})
    off, terminate = calls_of(KIND.delete(protected, InstanceFacts()))
    assert off.params["DisableApiTermination"] == {"Value": False}
    assert terminate.operation == "TerminateInstances"


# money and permissions ------------------------------------------------------------------------------------------------
def test_prices_follow_the_size() -> None:
    def hourly(size: str) -> float | None:
        prices = KIND.prices(wish(size=size, disk=8))
        return prices[0].unit_usd if prices else None

    assert [hourly(size) for size in ("small", "medium", "t4g.micro")] == [0.0208, 0.0416, 0.0084]
    assert hourly("m5.4xlarge") == 0.768
    assert hourly("p5.48xlarge") is None
    assert hourly("m5.metal") is None
    assert [price.unit for price in KIND.prices(wish(size="small", disk=8, running=False)) or ()] == ["GB-month"]


def test_every_call_names_what_iam_must_allow() -> None:
    facts = account().run(KIND.prepare("web", wish(image="ubuntu-lts"), None))
    whole = wish(
        profile="web",
        key="ops",
        running=False,
        security_groups=["sg-0a1b2c3d", "web"],
        volumes={"/dev/sdf": "data"},
        aws={"SourceDestCheck": False},
    )
    calls = calls_of(KIND.create("web", KIND.fill(whole, facts, ()), PLACE, facts))
    more: dict[str, Any] = {
        "size": "large",
        "disk": 50,
        "monitoring": True,
        "metadata": "any",
        "deletion_protection": True,
    }
    calls += changed(there(), security_groups=["sg-0a1b2c3d"], profile="web", tags={"team": "a", "b": None}, **more)
    calls += changed(there(), InstanceFacts(association="assoc-1"), profile=None, volumes={"/dev/sdf": None})
    calls += calls_of(KIND.delete(there(), InstanceFacts()))
    check_permissions(calls)


# as a stack file asks -------------------------------------------------------------------------------------------------
def test_a_stack_file_counts_them_and_names_the_size_by_type(aws: str, world: Path) -> None:
    entry = {"name": "web", "type": "medium", "image": "amazon-linux", "count": 3}
    path = world / "genesys.yaml"
    path.write_text(yaml.safe_dump({"stack": "shop", "region": "eu-west-1", "resources": {"compute": [entry]}}))
    workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, stack="shop", home=world))
    try:
        plan = workspace.plan(read_stack_file(path))
        assert not plan.blocked, plan.findings
        assert [step.address for step in plan.steps] == [f"instance.web-{number}" for number in (1, 2, 3)]
        runs = [
            call.params["InstanceType"] for step in plan.steps for call in step.calls if call.name == "ec2:RunInstances"
        ]
        assert runs == ["t3.medium"] * 3
        assert workspace.apply(plan).wait().status == "done"
        assert workspace.plan(read_stack_file(path)).steps == ()
    finally:
        workspace.close()
