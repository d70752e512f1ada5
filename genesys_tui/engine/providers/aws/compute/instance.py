"""EC2 instances. Source: the EC2 API reference.

An instance goes by its tag `Name`. The image that a word came to is remembered in a tag of ours, so that a newer one is
no drift.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual, Reference
from genesys_tui.engine.model.specs.instance import InstanceSpec
from genesys_tui.engine.providers.aws import ec2
from genesys_tui.engine.providers.aws.compute import instance_calls as calls
from genesys_tui.engine.providers.aws.compute.instance_changes import update_lines
from genesys_tui.engine.providers.aws.compute.instance_image import Image, NoImageError, image_for
from genesys_tui.engine.providers.aws.compute.instance_lines import InstanceFacts, create_lines, delete_lines
from genesys_tui.engine.providers.aws.compute.instance_parts import (
    actual,
    image_of,
    instances,
    root_volume,
    user_data_of,
)
from genesys_tui.engine.providers.aws.compute.instance_prices import instance_prices
from genesys_tui.engine.providers.aws.described import Described, Part, Told
from genesys_tui.engine.providers.aws.named import the_one
from genesys_tui.engine.providers.aws.storage import volume_calls


def _own_disk(id: str) -> Reading[Answer | None]:
    """Its volume; the instance, that names it, is asked once for both."""
    answer = yield calls.describe(id)
    volume = next((root_volume(raw) for raw in instances(answer or {})), None)
    if volume is None:
        return None
    disk: Answer | None = yield volume_calls.describe(volume)
    return disk


class Instance(Described[InstanceSpec]):
    """An EC2 instance. Its id is the one that EC2 gives."""

    name = "instance"
    title = "EC2 instance"
    noun = "instance"
    purpose = "instance"
    spec = InstanceSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"image", "network", "subnet", "key", "user_data", "public_ip"})
    kept: ClassVar[frozenset[str]] = frozenset({"disk", "running", "security_groups"})
    defaults: ClassVar[Document] = {"size": "small", "image": "amazon-linux", "metadata": "v2", "public_ip": False}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "private_ip", "public_ip"})
    tagging = ec2.TAGGING
    parts: ClassVar[Mapping[str, Part]] = {
        "instance": Part(calls.describe),
        "user_data": Part(lambda id: calls.attribute(id, "userData"), frozenset({"user_data"})),
        "protection": Part(lambda id: calls.attribute(id, "disableApiTermination"), frozenset({"deletion_protection"})),
        "disk": Part(_own_disk, frozenset({"disk"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("ec2", "DescribeInstances", paginate=True)
        yield Found(tuple(actual(raw, place) for raw in instances(answer)))

    def locate(self, name: str) -> Reading[Actual | None]:
        # The whole listing: it is asked once for all names of a plan, and a filter would read `*` as a pattern.
        answer = yield read("ec2", "DescribeInstances", paginate=True)
        return the_one(self.name, name, map(actual, instances(answer)))

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = next(instances(told["instance"] or {}), None)
        if raw is None:
            return None
        there = actual(raw)
        spec: dict[str, Any] = {**there.spec, "aws": raw}
        if "user_data" in told:
            spec["user_data"] = user_data_of(told["user_data"] or {})
        if "protection" in told:
            spec["deletion_protection"] = bool(
                ((told["protection"] or {}).get("DisableApiTermination") or {}).get("Value")
            )
        if "disk" in told:
            disks = (told["disk"] or {}).get("Volumes", ())
            spec["disk"] = next((disk["Size"] for disk in disks), None)
        return replace(there, spec=spec)

    def prepare(self, name: str, want: InstanceSpec, have: Actual | None) -> Reading[InstanceFacts]:
        image: Image | NoImageError | None = None
        homeless, association = "", None
        if have is None or want.model_fields_set & self.create_only:
            image = yield from self._image(want, have)
            homeless = yield from self._homeless(want)
        if have is not None and want.has("profile"):
            association = yield from self._association(have)
        return InstanceFacts(image, homeless, association)

    def _image(self, want: InstanceSpec, have: Actual | None) -> Reading[Image | NoImageError]:
        raw = have.provider_data if have else {}
        asked = want.image or (image_of(raw) if raw else str(self.defaults["image"]))
        size = want.size or raw.get("InstanceType") or str(self.defaults["size"])
        try:
            found = yield from image_for(asked, size, have)
        except NoImageError as error:
            return error
        return found

    def _homeless(self, want: InstanceSpec) -> Reading[str]:
        """Why there is no subnet to start in; empty where there is one, or where that can't be known yet."""
        if want.subnet or isinstance(want.network, Reference):
            return ""
        home = {"vpc-id": want.network} if want.network else {"default-for-az": "true"}
        answer = yield read("ec2", "DescribeSubnets", {"Filters": ec2.filters({**home, "state": "available"})})
        if answer.get("Subnets"):
            return ""
        return f"network {want.network} has no subnet" if want.network else "this region has no default network"

    def _association(self, have: Actual) -> Reading[str | None]:
        answer = yield calls.associations(have.id, "associating", "associated")
        return next((one["AssociationId"] for one in answer.get("IamInstanceProfileAssociations", ())), None)

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: InstanceSpec, facts: InstanceFacts, siblings: Sequence[InstanceSpec]) -> InstanceSpec:
        filled: dict[str, Any] = {**self.defaults, **want.document}
        if isinstance(facts.image, Image):
            filled["image"] = want.image or facts.image.word or facts.image.id
            filled.setdefault("disk", facts.image.least)
        return self.spec.of(filled)

    def blank(self) -> Document:
        return {
            "key": None,
            "user_data": None,
            "profile": None,
            "volumes": {},
            "running": True,
            "monitoring": False,
            "deletion_protection": False,
            "tags": {},
        }

    def create(self, name: str, want: InstanceSpec, place: Placement, facts: InstanceFacts) -> Iterator[Line]:
        return create_lines(name, want, place, facts)

    def update(self, have: Actual, changed: InstanceSpec, place: Placement, facts: InstanceFacts) -> Iterator[Line]:
        yield from update_lines(have, changed, place, facts)
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: InstanceFacts) -> Iterator[Line]:
        return delete_lines(have)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        return ec2.tag_calls(have.id, tags)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        addresses = {
            "private_ip": have.provider_data.get("PrivateIpAddress"),
            "public_ip": have.provider_data.get("PublicIpAddress"),
        }
        return {**super().outputs_of(have), **{name: one for name, one in addresses.items() if one}}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: InstanceSpec) -> tuple[Price, ...] | None:
        runs = want.running is not False
        return instance_prices(want.size or "", want.disk or 8, public_ip=bool(want.public_ip), running=runs)

    def findings(self, address: str, want: InstanceSpec) -> Iterator[Finding]:
        if want.metadata == "any":
            what = "any program on it can ask for its credentials without a token (IMDSv1)"
            yield Finding("warning", address, what, "--metadata v2")

    def removal(self, have: Actual, facts: InstanceFacts) -> Reversal:
        return Reversal("loses data", "what is on its own disk goes with it; attached volumes stay")

    def reversal(self, have: Actual, changed: InstanceSpec) -> Reversal:
        if changed.disk:
            return Reversal("irreversible", "a disk can't shrink")
        if changed.size:
            return Reversal("reversible", "it stands still for some minutes each time")
        return Reversal()
