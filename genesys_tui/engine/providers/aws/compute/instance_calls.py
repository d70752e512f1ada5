"""The EC2 calls of an instance that is there or is being made. Source: the EC2 API reference; EC2 is eventually
consistent, so that what was just made may not be known yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from genesys_tui.engine.model.call import Call, Capture, Find, Params, RetryOn, Value, Wait, read
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.providers.aws import ec2

Id: TypeAlias = "str | Output"

NOT_THERE: Final = ("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed")
THERE: Final = RetryOn("InvalidInstanceID.NotFound")
STATE: Final = "Reservations[0].Instances[0].State.Name"
PROFILE: Final = "Reservations[0].Instances[0].IamInstanceProfile.Arn"
DEAD: Final = f"contains(['shutting-down', 'terminated'], {STATE} || '')"
ADDRESSES: Final[Mapping[str, Capture]] = {
    "private_ip": Capture("Reservations[0].Instances[0].PrivateIpAddress", required=False),
    "public_ip": Capture("Reservations[0].Instances[0].PublicIpAddress", required=False),
}

NO_PROFILE_YET: Final = RetryOn("InvalidParameterValue", 60, "Invalid IAM Instance Profile")
"""A profile that IAM made a moment ago, and that EC2 does not know yet."""


def describe(id: Id) -> Call:
    return read("ec2", "DescribeInstances", {"InstanceIds": [id]}, absent_on=NOT_THERE)


def attribute(id: str, name: str) -> Call:
    """Of an instance that is terminated none can be asked."""
    absent = (*NOT_THERE, "IncorrectInstanceState")
    return read("ec2", "DescribeInstanceAttribute", {"InstanceId": id, "Attribute": name}, absent_on=absent)


def until_running(id: Id, name: str) -> Wait:
    done = f"{STATE} == 'running'"
    return Wait(describe(id), done, f"until instance '{name}' runs", DEAD, 5, 600, ADDRESSES)


def start(id: Id, name: str, arn: str) -> Call:
    wait = until_running(id, name)
    return Call("ec2", "StartInstances", {"InstanceIds": [id]}, idempotent=True, wait=wait, on=(arn,), seconds=20)


def stop(id: Id, name: str, arn: str) -> Call:
    wait = Wait(describe(id), f"{STATE} == 'stopped'", f"until instance '{name}' stands still", DEAD, 5, 600)
    return Call("ec2", "StopInstances", {"InstanceIds": [id]}, idempotent=True, wait=wait, on=(arn,), seconds=45)


def terminate(id: str, name: str, arn: str) -> Call:
    done = f"!Reservations || {STATE} == 'terminated'"
    return Call(
        "ec2",
        "TerminateInstances",
        {"InstanceIds": [id]},
        absent_on=NOT_THERE,
        idempotent=True,
        wait=Wait(describe(id), done, f"until instance '{name}' is gone", interval=5, limit=900),
        on=(arn,),
        seconds=45,
    )


def associations(id: str, *states: str) -> Call:
    """The profiles that it has, by the state that they are in with it."""
    there = ec2.filters({"instance-id": id, "state": list(states)})
    return read("ec2", "DescribeIamInstanceProfileAssociations", {"Filters": there})


def take_profile(id: str, association: str, arn: str) -> Call:
    return Call(
        "ec2",
        "DisassociateIamInstanceProfile",
        {"AssociationId": association},
        absent_on=("InvalidAssociationID.NotFound",),
        idempotent=True,
        wait=Wait(describe(id), f"!({PROFILE})", "until the instance has no profile"),
        on=(arn,),
    )


def give_profile(
    id: str, profile: str, association: str | None, arn: str, needs: Mapping[str, tuple[str, ...]]
) -> Call:
    """In place of the one that it has by this `association`, which a running instance takes; else as its first."""
    operation = "ReplaceIamInstanceProfileAssociation" if association else "AssociateIamInstanceProfile"
    which: Params = {"AssociationId": association} if association else {"InstanceId": id}
    ours = f"IamInstanceProfileAssociations[?ends_with(IamInstanceProfile.Arn, '/{profile}')] | [0].AssociationId"
    return Call(
        "ec2",
        operation,
        {**which, "IamInstanceProfile": {"Name": profile}},
        find=Find(
            associations(id, "associating", "associated"),
            {"_association": Capture(ours)},
            ("IncorrectState", "InvalidAssociationID.NotFound"),
        ),
        wait=Wait(describe(id), f"ends_with({PROFILE} || '', '/{profile}')", "until the instance has the profile"),
        retry_on=(NO_PROFILE_YET,),
        on=(arn,),
        also_needs=needs,
    )


def modify(id: Id, *on: str, **attributes: Value) -> Call:
    """One attribute: EC2 takes no more at once."""
    params: Params = {"InstanceId": id, **attributes}
    return Call("ec2", "ModifyInstanceAttribute", params, idempotent=True, retry_on=(THERE,), on=on)


def attach(id: Id, volume: str, device: str, on: tuple[str, ...]) -> Call:
    """Sent again, it is told that the volume is in use: by us, if it is attached to this very instance."""
    there = {"volume-id": volume, "attachment.instance-id": id, "attachment.device": device}
    look = read("ec2", "DescribeVolumes", {"Filters": ec2.filters(there)})
    settled = read("ec2", "DescribeVolumes", {"Filters": ec2.filters({**there, "attachment.status": "attached"})})
    return Call(
        "ec2",
        "AttachVolume",
        {"InstanceId": id, "VolumeId": volume, "Device": device},
        find=Find(look, {"_attached": Capture("Volumes[0].VolumeId")}, ("VolumeInUse", "InvalidParameterValue")),
        wait=Wait(settled, "Volumes", f"until the volume is attached as {device}", interval=2, limit=120),
        on=on,
        seconds=3,
    )


def detach(id: str, volume: str, device: str, on: tuple[str, ...]) -> Call:
    held = ec2.filters({"volume-id": volume, "attachment.instance-id": id})
    look = read("ec2", "DescribeVolumes", {"Filters": held})
    return Call(
        "ec2",
        "DetachVolume",
        {"InstanceId": id, "VolumeId": volume, "Device": device},
        absent_on=("IncorrectState", "InvalidAttachment.NotFound", "InvalidVolume.NotFound"),
        idempotent=True,
        wait=Wait(look, "!Volumes", f"until the volume is detached from {device}", interval=2, limit=300),
        on=on,
        seconds=5,
    )


def choose_subnet(where: Mapping[str, Value], *, public: bool) -> Call:
    """The first one by zone, of the wanted sort where there is one."""
    sort = f"sort_by(Subnets[?MapPublicIpOnLaunch == `{'true' if public else 'false'}`], &AvailabilityZone)"
    any_ = "sort_by(Subnets, &AvailabilityZone)"
    look = read("ec2", "DescribeSubnets", {"Filters": ec2.filters({**where, "state": "available"})})
    return replace(look, captures={"_subnet": Capture(f"({sort}[0] || {any_}[0]).SubnetId")})


def zone_of_volume(volume: str) -> Call:
    look = read("ec2", "DescribeVolumes", {"VolumeIds": [volume]})
    return replace(look, captures={"_zone": Capture("Volumes[0].AvailabilityZone")})
