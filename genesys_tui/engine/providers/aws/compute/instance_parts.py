"""What EC2 answers about an instance, taken apart. Pure. Source: DescribeInstances, EC2 API reference."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from genesys_tui.engine.model.call import Answer
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual
from genesys_tui.engine.model.specs.instance import size_word
from genesys_tui.engine.providers.aws import ec2
from genesys_tui.engine.providers.aws.tags import tags_from_wire

Raw = Mapping[str, Any]
"""An instance as EC2 answers it."""

IMAGE_TAG: Final = f"{MARK_PREFIX}image"
"""What the word for an image came to when the instance was made: `ubuntu-lts=ami-0abc`."""

GONE: Final = ("shutting-down", "terminated")
"""States that nothing comes back from. An instance that is terminated is still told of for an hour."""

BINARY: Final = "base64:"
"""What user data begins with here that is no text."""

_TRANSITIONS: Final = {"pending": "creating", "shutting-down": "deleting", "stopping": "stopping"}


def instances(answer: Answer) -> Iterator[Raw]:
    """All that are not gone for good."""
    for reservation in answer.get("Reservations", ()):
        for raw in reservation.get("Instances", ()):
            if state(raw) != "terminated":
                yield {**raw, "OwnerId": reservation.get("OwnerId", "")}


def actual(raw: Raw, place: Placement | None = None) -> Actual:
    """The instance with all fields that the listing tells. The ARN is composed: EC2 tells none."""
    id = raw["InstanceId"]
    where = place or Placement(ec2.region_of(zone_of(raw)), account=raw.get("OwnerId", ""))
    operator = raw.get("Operator") or {}
    return Actual(
        "instance",
        id,
        ec2.name_of(raw, id),
        where.region,
        _spec(raw),
        tags_from_wire(raw.get("Tags")),
        where.arn("ec2", f"instance/{id}"),
        _created(raw),
        raw,
        of_aws=f"managed by {operator.get('Principal', 'AWS')}" if operator.get("Managed") else "",
        transition=_TRANSITIONS.get(state(raw), ""),
    )


def state(raw: Raw) -> str:
    """pending, running, stopping, stopped, shutting-down or terminated."""
    return str(raw.get("State", {}).get("Name", ""))


def zone_of(raw: Raw) -> str:
    """`eu-west-1a`"""
    return str((raw.get("Placement") or {}).get("AvailabilityZone") or "")


def root_volume(raw: Raw) -> str | None:
    """The id of the volume that it starts from."""
    return attached(raw).get(raw.get("RootDeviceName") or "")


def attached(raw: Raw) -> dict[str, str]:
    """Volume ids by device, its own disk among them; less those on their way off."""
    return {
        mapping["DeviceName"]: mapping["Ebs"]["VolumeId"]
        for mapping in raw.get("BlockDeviceMappings", ())
        if mapping.get("Ebs", {}).get("Status") not in ("detaching", "detached")
    }


def user_data_of(answer: Answer) -> str | None:
    """The text; `base64:...` for what is none."""
    encoded = (answer.get("UserData") or {}).get("Value")
    if not encoded:
        return None
    data = b64decode(encoded)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return BINARY + str(encoded)


def _created(raw: Raw) -> datetime | None:
    """When its first network interface was attached, which stays: its launch time is that of its last start."""
    attached_at: datetime | None = (_interface(raw).get("Attachment") or {}).get("AttachTime")
    return attached_at


def _groups(raw: Raw) -> list[str] | None:
    """Those of its first network interface, by their ids."""
    found = raw.get("SecurityGroups") or _interface(raw).get("Groups") or ()
    return sorted(group["GroupId"] for group in found) or None


def _interface(raw: Raw) -> Raw:
    """Its first network interface."""
    first: Iterator[Raw] = (
        one for one in raw.get("NetworkInterfaces", ()) if (one.get("Attachment") or {}).get("DeviceIndex") == 0
    )
    return next(first, {})


def _spec(raw: Raw) -> dict[str, Any]:
    profile = (raw.get("IamInstanceProfile") or {}).get("Arn")
    root = raw.get("RootDeviceName")
    return {
        "size": size_word(raw["InstanceType"]),
        "image": image_of(raw),
        "network": raw.get("VpcId"),
        "subnet": raw.get("SubnetId"),
        "security_groups": _groups(raw),
        "key": raw.get("KeyName"),
        "profile": profile.rpartition("/")[2] if profile else None,
        "volumes": {device: volume for device, volume in attached(raw).items() if device != root},
        "running": state(raw) in ("pending", "running"),
        "metadata": _metadata(raw.get("MetadataOptions") or {}),
        "monitoring": (raw.get("Monitoring") or {}).get("State") in ("enabled", "pending"),
        "tags": ec2.users_tags(raw),
    }


def image_of(raw: Raw) -> str:
    """The word that it was made by, if it still is the image that the word meant then."""
    id = str(raw.get("ImageId"))
    word, _, meant = tags_from_wire(raw.get("Tags")).get(IMAGE_TAG, "").partition("=")
    return word if word and meant == id else id


def _metadata(options: Mapping[str, Any]) -> str:
    if options.get("HttpEndpoint") == "disabled":
        return "off"
    return "v2" if options.get("HttpTokens") == "required" else "any"
