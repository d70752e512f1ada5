"""The EC2 calls of a volume. Source: the EC2 API reference, and the EBS user guide."""

from __future__ import annotations

from json import dumps
from typing import Final, TypeAlias

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Wait, read
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.providers.aws import ec2

Id: TypeAlias = "str | Output"

NOT_THERE: Final = ("InvalidVolume.NotFound", "InvalidVolumeID.Malformed")


def describe(id: Id) -> Call:
    return read("ec2", "DescribeVolumes", {"VolumeIds": [id]}, absent_on=NOT_THERE)


def until_available(id: Id, why: str, limit: float = 120) -> Wait:
    return Wait(describe(id), "Volumes[0].State == 'available'", why, "Volumes[0].State == 'error'", 2, limit)


def modify(id: str, changes: Params, on: tuple[str, ...]) -> Call:
    """It can be used meanwhile, and from the state `optimizing` on it is what was asked for. Sent again, it is told
    that a change is under way: ours, if it leads to what was asked for."""
    state = "VolumesModifications[0].ModificationState"
    absent = ("InvalidVolumeModification.NotFound",)
    look = read("ec2", "DescribeVolumesModifications", {"VolumeIds": [id]}, absent_on=absent)
    ours = " && ".join(f"Target{name} == `{dumps(value)}`" for name, value in changes.items())
    done = f"contains(['optimizing', 'completed'], {state} || '')"
    return Call(
        "ec2",
        "ModifyVolume",
        {"VolumeId": id, **changes},
        find=Find(
            look,
            {"_changed": Capture(f"VolumesModifications[?{ours}] | [0].VolumeId")},
            ("IncorrectModificationState",),
        ),
        wait=Wait(look, done, f"until volume {id} is changed", f"{state} == 'failed'", 5, 1800),
        on=on,
        seconds=10,
    )


def snapshot(id: str, name: str, place: Placement, on: tuple[str, ...]) -> Call:
    """The first one of a volume takes its time: all of it is copied."""
    captures = {"_snapshot": Capture("SnapshotId")}
    look = read("ec2", "DescribeSnapshots", {"Filters": ec2.ours(), "OwnerIds": ["self"]})
    made = read(
        "ec2", "DescribeSnapshots", {"SnapshotIds": [Output("_snapshot")]}, absent_on=("InvalidSnapshot.NotFound",)
    )
    state = "Snapshots[0].State"
    return Call(
        "ec2",
        "CreateSnapshot",
        {
            "VolumeId": id,
            "Description": f"Final snapshot of {id}, by Genesys",
            "TagSpecifications": ec2.tagged("snapshot", f"{name}-final", {}, place),
        },
        captures=captures,
        find=Find(look, {"_snapshot": Capture("Snapshots[0].SnapshotId")}),
        wait=Wait(made, f"{state} == 'completed'", "until the snapshot is whole", f"{state} == 'error'", 15, 14_400),
        on=(*on, ec2.arn_of_nobody(place, "snapshot/*")),
        seconds=120,
    )


def delete(id: str, name: str, on: tuple[str, ...]) -> Call:
    gone = Wait(describe(id), "!Volumes", f"until volume '{name}' is gone", interval=2, limit=300)
    params: Params = {"VolumeId": id}
    return Call("ec2", "DeleteVolume", params, absent_on=NOT_THERE, idempotent=True, wait=gone, on=on, seconds=3)
