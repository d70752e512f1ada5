"""Which image an instance starts from: a word becomes the id that it means today, unless it was resolved before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.instance import SIZES
from genesys_tui.engine.providers.aws.compute.instance_parts import IMAGE_TAG

PARAMETERS: Final[Mapping[str, str]] = {
    "amazon-linux": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{x86_64}",
    "ubuntu-lts": "/aws/service/canonical/ubuntu/server/24.04/stable/current/{amd64}/hvm/ebs-gp3/ami-id",
}
"""The public parameters in which AWS and Canonical publish their newest images. Between braces the word for the
processor of most sizes; `arm64` for the others."""

_ARM: Final = re.compile(r"a1|[a-z]+[0-9]+[a-z]*g[a-z]*")
"""Families with AWS's own processors: `t4g`, `m7gd`, `c6gn`, `im4gn`."""

NO_IMAGE: Final = ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed")


class NoImageError(GenesysError):
    """What was asked for is no image that the size can start from."""


@dataclass(frozen=True, slots=True)
class Image:
    """`word`: what it was asked by, where that was a word. `device`: where its own disk is. `least`: GB of that, at
    the least."""

    id: str
    word: str = ""
    device: str = "/dev/xvda"
    least: int = 8
    architecture: str = "x86_64"


def architecture_of(size: str) -> str:
    """`arm64` or `x86_64`."""
    family = SIZES.get(size, size).partition(".")[0]
    return "arm64" if _ARM.fullmatch(family) else "x86_64"


def image_for(asked: str, size: str, have: Actual | None) -> Reading[Image]:
    """The image that `asked` means for this size. What the word meant for `have` it means still, while that image is
    to be had. Raises NoImageError where there is no such image."""
    architecture = architecture_of(size)
    if asked not in PARAMETERS:
        return (yield from _described(asked, "", architecture))
    word, _, meant = (have.tags.get(IMAGE_TAG, "") if have else "").partition("=")
    if word == asked and have and have.provider_data.get("Architecture", architecture) == architecture:
        known = yield from _found(meant)
        if known:
            return _image(known, asked, architecture)
    newest = yield from _newest(asked, architecture)
    return (yield from _described(newest, asked, architecture))


def _newest(word: str, architecture: str) -> Reading[str]:
    name = re.sub(r"\{(\w+)\}", "arm64" if architecture == "arm64" else r"\1", PARAMETERS[word])
    answer = yield read("ssm", "GetParameter", {"Name": name}, absent_on=("ParameterNotFound",))
    if answer is None:
        raise NoImageError(
            f"There is no image '{word}' in this region",
            why=f"its newest is not published under {name}",
            todo="Write the id of an image, ami-...",
        )
    return str(answer["Parameter"]["Value"])


def _described(id: str, word: str, architecture: str) -> Reading[Image]:
    raw = yield from _found(id)
    if raw is None:
        raise NoImageError(
            f"There is no image {id} in this region",
            why="none of this id is the account's own, public, or shared with it",
            todo="Write another id, or amazon-linux",
        )
    return _image(raw, word, architecture)


def _found(id: str) -> Reading[Mapping[str, Any] | None]:
    answer = yield read("ec2", "DescribeImages", {"ImageIds": [id]}, absent_on=NO_IMAGE)
    found: Mapping[str, Any] | None = next(iter((answer or {}).get("Images", ())), None)
    return found


def _image(raw: Mapping[str, Any], word: str, architecture: str) -> Image:
    """Raises NoImageError for one that the size can't start."""
    id, made_for = raw["ImageId"], raw.get("Architecture") or architecture
    if made_for.replace("_mac", "") != architecture:
        raise NoImageError(
            f"Image {id} does not start on this size",
            why=f"the image is for {made_for}, the size is {architecture}",
            todo="Choose a size or an image of the other kind",
        )
    device = raw.get("RootDeviceName") or "/dev/xvda"
    disks = [one.get("Ebs", {}) for one in raw.get("BlockDeviceMappings", ()) if one.get("DeviceName") == device]
    return Image(id, word, device, next((disk["VolumeSize"] for disk in disks if disk.get("VolumeSize")), 8), made_for)
