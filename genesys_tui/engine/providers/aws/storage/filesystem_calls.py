"""The EFS calls of a filesystem. Source: the EFS API reference, with the EC2 permissions that "Identity-based policies"
of the EFS user guide names for mount targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from genesys_tui.engine.model.call import Answer, Call, Params, RetryOn, Value, Wait, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.references import Output

Id: TypeAlias = "str | Output"

NOT_THERE: Final = ("FileSystemNotFound",)
NO_TARGET: Final = ("MountTargetNotFound",)
FOR_A_TARGET: Final[Mapping[str, tuple[str, ...]]] = {
    "ec2:CreateNetworkInterface": (),
    "ec2:DescribeNetworkInterfaces": (),
    "ec2:DescribeSecurityGroups": (),
    "ec2:DescribeSubnets": (),
}
BY_KEY: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")
"""What it takes to use a key of one's own. Source: "Amazon EFS key policies for AWS KMS", EFS user guide."""
STATES: Final = "FileSystems[0].LifeCycleState"


def describe(id: Id) -> Call:
    return read("efs", "DescribeFileSystems", {"FileSystemId": id}, absent_on=NOT_THERE)


def targets(id: Id) -> Call:
    return read("efs", "DescribeMountTargets", {"FileSystemId": id}, absent_on=NOT_THERE)


def targets_with_groups(id: str) -> Reading[Answer | None]:
    """The mount targets, each with the ids of its security groups under `SecurityGroups`."""
    answer = yield targets(id)
    found: Sequence[Mapping[str, Any]] = (answer or {}).get("MountTargets", ())
    alive = [raw for raw in found if raw.get("LifeCycleState") not in ("deleting", "deleted")]
    asked = [
        read("efs", "DescribeMountTargetSecurityGroups", {"MountTargetId": raw["MountTargetId"]}, absent_on=NO_TARGET)
        for raw in alive
    ]
    groups = yield list(asked)
    for one in groups:
        if isinstance(one, CallError):
            raise one
    return {
        "MountTargets": [
            {**raw, "SecurityGroups": (one or {}).get("SecurityGroups") or []}
            for raw, one in zip(alive, groups, strict=True)
        ]
    }


def until_ready(id: Id, name: str) -> Wait:
    done = f"{STATES} == 'available'"
    return Wait(describe(id), done, f"until filesystem '{name}' is ready", f"{STATES} == 'error'", 2, 300)


def set_throughput(id: str, name: str, wire: Mapping[str, Value], arn: str) -> Call:
    params: Params = {"FileSystemId": id, **wire}
    wait = until_ready(id, name)
    return Call("efs", "UpdateFileSystem", params, idempotent=True, wait=wait, on=(arn,), seconds=5)


def set_lifecycle(id: Id, rules: Sequence[Value], arn: str) -> Call:
    params: Params = {"FileSystemId": id, "LifecyclePolicies": rules}
    return Call("efs", "PutLifecycleConfiguration", params, idempotent=True, on=(arn,))


def set_backups(id: str, arn: str, *, on: bool) -> Call:
    params: Params = {"FileSystemId": id, "BackupPolicy": {"Status": "ENABLED" if on else "DISABLED"}}
    return Call("efs", "PutBackupPolicy", params, idempotent=True, on=(arn,))


def create_target(id: Id, subnet: str, groups: Sequence[str] | None, arn: str) -> Call:
    """A zone takes one: sent again it is told so, and whether it is the right one shows when it is read back."""
    params: dict[str, Value] = {"FileSystemId": id, "SubnetId": subnet}
    if groups:
        params["SecurityGroups"] = groups
    return Call(
        "efs",
        "CreateMountTarget",
        params,
        absent_on=("MountTargetConflict",),
        retry_on=(RetryOn("SubnetNotFound"), RetryOn("SecurityGroupNotFound")),
        idempotent=True,
        on=(arn,),
        also_needs=FOR_A_TARGET,
        seconds=1,
    )


def all_reachable(id: Id, name: str) -> Call:
    """Waits until every mount target can be used."""
    busy = "MountTargets[?LifeCycleState != 'available']"
    failed = "MountTargets[?LifeCycleState == 'error']"
    why = f"until filesystem '{name}' can be mounted"
    wait = Wait(targets(id), f"MountTargets && !({busy})", why, failed, 5, 600)
    return replace(targets(id), wait=wait, seconds=60)


def none_left(id: str, name: str, gone: Sequence[str]) -> Call:
    """Waits until these mount targets, and so their network interfaces, are gone."""
    left = " || ".join(f"MountTargetId == '{target}'" for target in gone)
    why = f"until the mount targets of filesystem '{name}' are gone"
    wait = Wait(targets(id), f"!(MountTargets[?{left}])", why, interval=5, limit=600)
    return replace(targets(id), wait=wait, seconds=60)


def delete_target(target: str, arn: str) -> Call:
    return Call(
        "efs",
        "DeleteMountTarget",
        {"MountTargetId": target},
        absent_on=NO_TARGET,
        idempotent=True,
        on=(arn,),
        also_needs={"ec2:DeleteNetworkInterface": ()},
    )


def set_groups(target: str, groups: Sequence[str], arn: str) -> Call:
    return Call(
        "efs",
        "ModifyMountTargetSecurityGroups",
        {"MountTargetId": target, "SecurityGroups": groups},
        idempotent=True,
        on=(arn,),
        also_needs={"ec2:ModifyNetworkInterfaceAttribute": ()},
    )


def delete(id: str, name: str, arn: str) -> Call:
    gone = f"!FileSystems || {STATES} == 'deleted'"
    return Call(
        "efs",
        "DeleteFileSystem",
        {"FileSystemId": id},
        absent_on=NOT_THERE,
        retry_on=(RetryOn("FileSystemInUse", 120),),
        idempotent=True,
        wait=Wait(describe(id), gone, f"until filesystem '{name}' is gone", interval=3, limit=300),
        on=(arn,),
        seconds=5,
    )
