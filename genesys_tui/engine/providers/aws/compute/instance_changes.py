"""What an operator would say of changing an instance, with the calls that do it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from genesys_tui.engine.model.call import Call, Params
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.instance import SIZES, InstanceSpec
from genesys_tui.engine.providers.aws.compute import instance_calls as calls
from genesys_tui.engine.providers.aws.compute.instance_image import architecture_of
from genesys_tui.engine.providers.aws.compute.instance_lines import (
    LATER,
    METADATA,
    InstanceFacts,
    attach,
    known,
    protection,
    set_attribute,
)
from genesys_tui.engine.providers.aws.compute.instance_parts import root_volume, state
from genesys_tui.engine.providers.aws.storage import volume_calls

METADATA_WORDS: Final = {"v2": "with a token only (IMDSv2)", "any": "in any way (IMDSv1 too)", "off": "not at all"}
HALTED: Final = ("EbsOptimized", "EnaSupport")
"""Parameters of AWS that change only while it stands still."""


def update_lines(have: Actual, changed: InstanceSpec, place: Placement, facts: InstanceFacts) -> Iterator[Line]:
    """Raises GenesysError for what EC2 would refuse."""
    who = f"instance '{have.name}'"
    if changed.has("deletion_protection"):
        yield protection(have, on=bool(changed.deletion_protection))
    if changed.metadata:
        params: Params = {"InstanceId": have.id, **METADATA[changed.metadata]}
        call = Call("ec2", "ModifyInstanceMetadataOptions", params, idempotent=True, on=(have.arn,))
        yield Line(f"Let {who} ask for its metadata {METADATA_WORDS[changed.metadata]}", "Asked for", (call,))
    if changed.has("monitoring"):
        operation = "MonitorInstances" if changed.monitoring else "UnmonitorInstances"
        call = Call("ec2", operation, {"InstanceIds": [have.id]}, idempotent=True, on=(have.arn,))
        yield Line(f"Measure {who} each {'minute' if changed.monitoring else '5 minutes'}", "Asked for", (call,))
    if changed.security_groups:
        groups = changed.security_groups
        on = tuple(place.arn("ec2", f"security-group/{known(group)}") for group in groups)
        call = calls.modify(have.id, have.arn, *on, Groups=groups)
        named = ", ".join(f"'{name_in(group)}'" for group in groups)
        yield Line(f"Put {who} into {named} only", "Asked for: who may reach it", (call,))
    if changed.has("profile"):
        yield _profile(have, changed.profile, place, facts)
    if changed.disk:
        yield _grow(have, changed.disk, place)
    yield from _volumes(have, changed, place)
    yield from _power(have, changed)


def _profile(have: Actual, profile: str | None, place: Placement, facts: InstanceFacts) -> Line:
    who = f"instance '{have.name}'"
    taken = (calls.take_profile(have.id, facts.association, have.arn),) if facts.association else ()
    if profile is None:
        return Line(f"Take its profile off {who}", "Asked for: it has no role any more", taken)
    passes = {"iam:PassRole": (place.arn("iam", "role/*", region=""),)}
    runs = state(have.provider_data) in ("pending", "running")
    given = calls.give_profile(have.id, profile, facts.association if runs else None, have.arn, passes)
    return Line(
        f"Give {who} the profile '{profile}'", "Asked for: the role of its programs", (*(() if runs else taken), given)
    )


def _grow(have: Actual, size: int, place: Placement) -> Line:
    volume, before = root_volume(have.provider_data), have.spec.get("disk")
    if volume is None or (isinstance(before, int) and size < before):
        raise GenesysError(
            f"the disk of instance '{have.name}' can't become {size} GB",
            why=f"it has {before} GB, and a disk can only grow" if volume else "it has none of its own",
            todo="leave it as it is, or delete the instance and make it again",
        )
    call = volume_calls.modify(volume, {"Size": size}, (place.arn("ec2", f"volume/{volume}"),))
    return Line(f"Grow the disk of instance '{have.name}' to {size} GB", "Asked for", (call,))


def _volumes(have: Actual, changed: InstanceSpec, place: Placement) -> Iterator[Line]:
    there: Any = have.spec.get("volumes") or {}
    for device, volume in (changed.volumes or {}).items():
        if before := there.get(device):
            on = (have.arn, place.arn("ec2", f"volume/{before}"))
            yield Line(
                f"Detach volume {before} ({device}) from instance '{have.name}'",
                "Asked for: what it holds stays. Unmount it first",
                (calls.detach(have.id, before, device, on),),
            )
        if volume:
            yield attach(have, device, volume, place)


def _power(have: Actual, changed: InstanceSpec) -> Iterator[Line]:
    """Stopped, changed and started again, as far as that is needed."""
    who, asked = f"instance '{have.name}'", changed.aws or {}
    _check_in_place(have, changed)
    resized = bool(changed.size) or any(key in asked for key in HALTED)
    runs = state(have.provider_data) in ("pending", "running")
    wanted = runs if changed.running is None else changed.running
    if runs and (resized or not wanted):
        why = "It must stand still to be changed" if resized else "Asked for: not running"
        yield Line(f"Stop {who}", why, (calls.stop(have.id, have.name, have.arn),))
    if changed.size:
        call = calls.modify(have.id, have.arn, InstanceType={"Value": SIZES.get(changed.size, changed.size)})
        yield Line(f"Make {who} {changed.size}", "Asked for: its size", (call,))
    for key, value in asked.items():
        yield set_attribute(have, key, value)
    if wanted and (resized or not runs):
        why = "As it was before" if runs else "Asked for: running"
        yield Line(f"Start {who}", why, (calls.start(have.id, have.name, have.arn),))


def _check_in_place(have: Actual, changed: InstanceSpec) -> None:
    fixed_ones = sorted(set(changed.aws or {}) - {*LATER, *HALTED})
    if fixed_ones:
        raise GenesysError(
            f"{', '.join(fixed_ones)} of instance '{have.name}' can't change in place",
            todo="leave it as it is, or delete the instance and make it again",
        )
    made_for = have.provider_data.get("Architecture")
    if changed.size and made_for in ("x86_64", "arm64") and architecture_of(changed.size) != made_for:
        raise GenesysError(
            f"instance '{have.name}' can't become {changed.size}",
            why=f"its image is for {made_for}, that size is {architecture_of(changed.size)}",
            todo="choose another size, or delete the instance and make it again",
        )
