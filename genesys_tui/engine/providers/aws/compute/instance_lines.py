"""What an operator would say of making and removing an instance, with the calls that do it. Pure."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Token, Value, read
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import Output, name_in
from genesys_tui.engine.model.resource import Actual, Reference
from genesys_tui.engine.model.specs.instance import SIZES, InstanceSpec
from genesys_tui.engine.providers.aws import ec2
from genesys_tui.engine.providers.aws.compute import instance_calls as calls
from genesys_tui.engine.providers.aws.compute.instance_image import Image, NoImageError
from genesys_tui.engine.providers.aws.compute.instance_parts import BINARY, IMAGE_TAG
from genesys_tui.engine.providers.aws.described import fixed, present

METADATA: Final[Mapping[str, Params]] = {
    "v2": {"HttpEndpoint": "enabled", "HttpTokens": "required"},
    "any": {"HttpEndpoint": "enabled", "HttpTokens": "optional"},
    "off": {"HttpEndpoint": "disabled"},
}
LATER: Final = ("SourceDestCheck",)
"""Parameters of AWS that a create does not take."""


@dataclass(frozen=True, slots=True)
class InstanceFacts:
    """`image`: what it starts from, or why there is none. `homeless`: there is no subnet that it could start in.
    `association`: the id by which it has its profile."""

    image: Image | NoImageError | None = None
    homeless: str = ""
    association: str | None = None


def create_lines(name: str, want: InstanceSpec, place: Placement, facts: InstanceFacts) -> Iterator[Line]:
    """Raises GenesysError where it could not start."""
    if isinstance(facts.image, NoImageError) or facts.image is None:
        raise facts.image or NoImageError(f"instance '{name}' has no image")
    if facts.homeless and want.subnet is None:
        raise GenesysError(f"instance '{name}' has no place to start in", why=facts.homeless, todo="name a `subnet`")
    image = facts.image
    if want.disk and want.disk < image.least:
        why = f"image {image.id} is that big"
        raise GenesysError(f"the disk of instance '{name}' takes at least {image.least} GB", why=why)
    meant = f" ({image.id})" if image.word else ""
    where = f" in {_where(want)}" if want.subnet or want.network else ""
    yield Line(
        f"Start instance '{name}': {want.size} with {want.image}{meant}{where}",
        "A machine of its own" + ("" if want.subnet else ", in the first zone that suits"),
        (*_choices(want), _run(name, want, place, image)),
    )
    made = Actual("instance", "", name, place.region, arn=place.arn("ec2", "instance/*"))
    for device, volume in (want.volumes or {}).items():
        if volume:
            yield attach(made, device, volume, place)
    for key in LATER:
        if key in (want.aws or {}):
            yield set_attribute(made, key, (want.aws or {})[key])
    if want.running is False:
        yield Line(f"Stop instance '{name}'", "Asked for: not running", (calls.stop(Output("id"), name, made.arn),))


def _where(want: InstanceSpec) -> str:
    if want.subnet:
        return f"subnet {want.subnet}"
    return f"a {'public' if want.public_ip else 'private'} subnet of network {name_in(want.network or '')}"


def _choices(want: InstanceSpec) -> Iterator[Call]:
    """Reads that choose where it starts, as late as that can be known: a volume is only to be had in its own zone."""
    if want.subnet:
        return
    home: dict[str, Value] = {"vpc-id": want.network} if want.network else {"default-for-az": "true"}
    volume = next(filter(None, (want.volumes or {}).values()), None)
    if volume:
        yield calls.zone_of_volume(volume)
        home["availability-zone"] = Output("_zone")
    yield calls.choose_subnet(home, public=bool(want.public_ip))


def _run(name: str, want: InstanceSpec, place: Placement, image: Image) -> Call:
    prefix = place.arn("ec2", "instance/")

    def captures(found: str) -> dict[str, Capture]:
        return {
            "id": Capture(f"{found}.InstanceId | [0]"),
            "arn": Capture(f"{found}.join('', ['{prefix}', InstanceId]) | [0]"),
            "name": fixed(name),
        }

    look = read("ec2", "DescribeInstances", {"Filters": ec2.ours()})
    passed = {"iam:PassRole": (place.arn("iam", "role/*", region=""),)} if want.profile else {}
    return Call(
        "ec2",
        "RunInstances",
        _params(name, want, place, image),
        captures=captures("Instances[]"),
        find=Find(look, captures("Reservations[].Instances[]")),
        retry_on=(calls.NO_PROFILE_YET,) if want.profile else (),
        wait=calls.until_running(Output("id"), name),
        on=_needed_on(want, place, image),
        also_needs={**ec2.NEEDS_TAGGING, **passed},
        seconds=25,
    )


def _params(name: str, want: InstanceSpec, place: Placement, image: Image) -> Params:
    interface = present(
        {
            "DeviceIndex": 0,
            "SubnetId": want.subnet or Output("_subnet"),
            "Groups": want.security_groups,
            "AssociatePublicIpAddress": bool(want.public_ip),
            "DeleteOnTermination": True,
        }
    )
    disk: Params = {"VolumeSize": want.disk, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True}
    params: dict[str, Value] = {
        "ImageId": image.id,
        "InstanceType": SIZES.get(want.size or "", want.size),
        "MinCount": 1,
        "MaxCount": 1,
        "ClientToken": Token(digest=True),
        "NetworkInterfaces": [interface],
        "BlockDeviceMappings": [{"DeviceName": image.device, "Ebs": present(disk)}],
        "KeyName": want.key,
        "UserData": _user_data(want.user_data),
        "IamInstanceProfile": {"Name": want.profile} if want.profile else None,
        "MetadataOptions": METADATA[want.metadata or "v2"],
        "Monitoring": {"Enabled": True} if want.monitoring else None,
        "DisableApiTermination": True if want.deletion_protection else None,
        "TagSpecifications": _tags(name, want, place, image),
    }
    return present({**params, **{key: value for key, value in (want.aws or {}).items() if key not in LATER}})


def _user_data(text: str | None) -> Value:
    if text and not isinstance(text, Reference) and text.startswith(BINARY):
        return b64decode(text.removeprefix(BINARY))
    return text


def _tags(name: str, want: InstanceSpec, place: Placement, image: Image) -> Sequence[Value]:
    """On the instance and on its own disk."""
    meant = {IMAGE_TAG: f"{image.word}={image.id}"} if image.word else {}
    own = ec2.tagged("instance", name, {**want.tags, **meant}, place)
    return [*own, *ec2.tagged("volume", f"{name}-disk", want.tags, place)]


def _needed_on(want: InstanceSpec, place: Placement, image: Image) -> tuple[str, ...]:
    named = ["instance/*", "network-interface/*", "volume/*", f"subnet/{known(want.subnet)}"]
    named += [f"security-group/{known(group)}" for group in want.security_groups or ["*"]]
    named += [f"key-pair/{want.key}"] if want.key else []
    return (*(place.arn("ec2", one) for one in named), ec2.arn_of_nobody(place, f"image/{image.id}"))


def known(id: str | None) -> str:
    return "*" if id is None or isinstance(id, Reference) else id


def protection(have: Actual, *, on: bool) -> Line:
    call = calls.modify(have.id, have.arn, DisableApiTermination={"Value": on})
    if on:
        return Line(f"Protect instance '{have.name}' against deletion", "Asked for", (call,))
    return Line(f"Take the protection against deletion off instance '{have.name}'", "Asked for", (call,))


def attach(have: Actual, device: str, volume: str, place: Placement) -> Line:
    on = (have.arn, place.arn("ec2", f"volume/{known(volume)}"))
    call = calls.attach(have.id or Output("id"), volume, device, on)
    return Line(f"Attach volume '{name_in(volume)}' to instance '{have.name}' as {device}", "Asked for", (call,))


def set_attribute(have: Actual, key: str, value: Any) -> Line:
    call = calls.modify(have.id or Output("id"), have.arn, **{key: {"Value": value}})
    return Line(f"Set {key} of instance '{have.name}' to {value}", "Asked for", (call,))


def delete_lines(have: Actual) -> Iterator[Line]:
    if have.spec.get("deletion_protection"):
        yield protection(have, on=False)
    call = calls.terminate(have.id, have.name, have.arn)
    yield Line(f"Delete instance '{have.name}' with its own disk", "No longer wanted", (call,))
