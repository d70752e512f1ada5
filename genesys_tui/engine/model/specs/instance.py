"""The universal spec of an instance: a virtual machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, Refers, Text
from genesys_tui.engine.model.specs.named import NamedByTag

SIZES: Final[Mapping[str, str]] = {
    "small": "t3.small",
    "medium": "t3.medium",
    "large": "t3.large",
    "xlarge": "t3.xlarge",
}
"""What the universal sizes are at AWS."""

_WORD_OF: Final = {type_: word for word, type_ in SIZES.items()}


def size_word(size: str) -> str:
    """The universal word for a size, where there is one: `t3.medium` is `medium`."""
    return _WORD_OF.get(size, size)


def _size(value: str, info: ValidationInfo) -> str:
    known = value in SIZES or re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", value)
    if info.context == WISH and not known:
        raise ValueError(f"it takes {', '.join(SIZES)}, or a size of AWS's own such as t4g.medium")
    return size_word(value)


IMAGES: Final = ("ubuntu-lts", "amazon-linux")
"""Images by a word that means the newest; which one that was is remembered."""


def _image(value: str, info: ValidationInfo) -> str:
    known = value in IMAGES or re.fullmatch(r"ami-[0-9a-f]{8,17}", value)
    if info.context == WISH and not known:
        raise ValueError(f"it takes {', '.join(IMAGES)}, or the id of an image such as ami-0abcdef1234567890")
    return value


def _device(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and not re.fullmatch(r"/dev/(sd|xvd)[b-z][a-z0-9]?", value):
        raise ValueError("it takes the name of a device, /dev/sdf to /dev/sdp")
    return value


Device = Annotated[str, AfterValidator(_device)]


class InstanceSpec(NamedByTag):
    """A virtual machine. Without `subnet` it goes into a subnet of its `network` (without that, the default one): a
    private one, or with `public_ip` a public one."""

    takes_aws: ClassVar[bool] = True
    write_only: ClassVar[frozenset[str]] = frozenset({"public_ip"})
    """While it is stopped nobody can see whether it will have a public address."""
    one_way: ClassVar[frozenset[str]] = frozenset({"disk"})
    """A disk can't shrink."""
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {
            "size",
            "image",
            "network",
            "subnet",
            "security_groups",
            "disk",
            "public_ip",
            "running",
            "metadata",
            "monitoring",
            "deletion_protection",
        }
    )

    size: Annotated[str, AfterValidator(_size)] | None = None
    """small, medium, large, xlarge, or a size of AWS's own."""
    image: Annotated[str, AfterValidator(_image)] | None = None
    """`ubuntu-lts`, `amazon-linux`, or the id of an image. What a word meant when it was made stays."""
    network: Annotated[str, Refers("network", "id")] | None = None
    subnet: Text | None = None
    """The id of a subnet, or a reference to one: `${network.main.subnet_public_a}`."""
    security_groups: Annotated[list[Annotated[str, Refers("security-group", "id")]], Field(min_length=1)] | None = None
    key: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """The name of a key pair, for SSH."""
    user_data: Text | None = None
    """A script, or a cloud-init document, that runs at the first start."""
    profile: Annotated[str, Field(pattern=r"^[\w+=,.@-]{1,128}$")] | None = None
    """The name of an instance profile, whose role the instance has."""
    disk: Annotated[int, Field(ge=1, le=65_536)] | None = None
    """GB of its own disk; it can only grow."""
    volumes: dict[Device, Annotated[str, Refers("volume", "id")] | None] | None = None
    """Volumes that are attached, by device: `/dev/sdf: data`."""
    public_ip: bool | None = None
    running: bool | None = None
    metadata: Literal["v2", "any", "off"] | None = None
    """How the instance may ask for its own metadata: with a token only (IMDSv2), in any way, or not at all."""
    monitoring: bool | None = None
    """Metrics each minute rather than each five."""
    deletion_protection: bool | None = None

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        for key in sorted(self.aws or {}):
            if key in _TAKEN:
                yield ("aws", key), f"`{_TAKEN[key]}` says that"
        if self.user_data and len(self.user_data.encode()) > _MOST_USER_DATA:
            yield ("user_data",), f"at most {_MOST_USER_DATA:,} bytes: let it fetch the rest"


_MOST_USER_DATA: Final = 16_384

_TAKEN: Final = {
    "BlockDeviceMappings": "disk",
    "DisableApiTermination": "deletion_protection",
    "IamInstanceProfile": "profile",
    "ImageId": "image",
    "InstanceType": "size",
    "KeyName": "key",
    "MetadataOptions": "metadata",
    "Monitoring": "monitoring",
    "NetworkInterfaces": "subnet",
    "SecurityGroupIds": "security_groups",
    "SubnetId": "subnet",
    "UserData": "user_data",
}
"""Parameters of AWS that a field of ours says."""
