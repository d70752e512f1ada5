"""What EFS answers about a filesystem, taken apart, and our words on its wire. Pure. Source: the EFS API reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from genesys_tui.engine.model.call import Answer, Value
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws import ec2
from genesys_tui.engine.providers.aws.tags import tags_from_wire

PERFORMANCE: Final[Mapping[str, str]] = {"general": "generalPurpose", "max-io": "maxIO"}
_PERFORMANCE_OF: Final = {wire: word for word, wire in PERFORMANCE.items()}

TRANSITIONS: Final = {"creating": "creating", "updating": "updating", "deleting": "deleting"}

RULES: Final[Mapping[str, str]] = {
    "infrequent_after_days": "TransitionToIA",
    "archive_after_days": "TransitionToArchive",
    "back_on_access": "TransitionToPrimaryStorageClass",
}


def throughput_on_wire(throughput: int | str | None) -> dict[str, Value]:
    """A number of MiB a second is the mode `provisioned`."""
    if isinstance(throughput, int):
        return {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": throughput}
    return {"ThroughputMode": throughput or "elastic"}


def throughput_of(raw: Answer) -> int | str:
    mode = str(raw.get("ThroughputMode", "bursting"))
    return round(raw.get("ProvisionedThroughputInMibps") or 0) if mode == "provisioned" else mode


def performance_of(raw: Answer) -> str:
    return _PERFORMANCE_OF.get(raw.get("PerformanceMode", ""), "general")


def lifecycle_on_wire(lifecycle: Mapping[str, Any]) -> list[Value]:
    """Whole: EFS takes one rule in each entry."""
    asked = {field: lifecycle.get(field) for field in RULES}
    wire: dict[str, str] = {
        RULES[field]: "AFTER_1_ACCESS" if days is True else f"AFTER_{days}_DAY" + ("S" if days != 1 else "")
        for field, days in asked.items()
        if days
    }
    return [{rule: after} for rule, after in wire.items()]


def lifecycle_of(answer: Answer | None) -> Document | None:
    """None where files stay where they are."""
    told = {key: value for entry in (answer or {}).get("LifecyclePolicies", ()) for key, value in entry.items()}
    if not told:
        return None
    days = {field: _days(told.get(RULES[field])) for field in ("infrequent_after_days", "archive_after_days")}
    return {**days, "back_on_access": RULES["back_on_access"] in told or None}


def _days(rule: str | None) -> int | None:
    """`AFTER_30_DAYS`"""
    return int(rule.split("_")[1]) if rule else None


def one_for_each_zone(subnets: Sequence[Mapping[str, Any]]) -> list[str]:
    """Subnet ids: of each zone a private one where there is one, else any. A zone takes one mount target."""
    chosen: dict[str, str] = {}
    ordered = sorted(subnets, key=lambda raw: (bool(raw.get("MapPublicIpOnLaunch")), raw["SubnetId"]))
    for raw in ordered:
        chosen.setdefault(raw["AvailabilityZone"], raw["SubnetId"])
    return [id for _, id in sorted(chosen.items())]


def alive(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("LifeCycleState") != "deleted")


def actual(raw: Mapping[str, Any], more: Document | None = None, targets: Sequence[Mapping[str, Any]] = ()) -> Actual:
    id, tags = raw["FileSystemId"], tags_from_wire(raw.get("Tags"))
    arn = raw.get("FileSystemArn", "")
    spec: dict[str, Any] = {
        "performance": performance_of(raw),
        "throughput": throughput_of(raw),
        "tags": ec2.users_tags(raw),
        "aws": raw,
        **(more or {}),
    }
    return Actual(
        "filesystem",
        id,
        ec2.name_of(raw, id),
        (arn.split(":") + [""] * 4)[3],
        spec,
        tags,
        arn,
        raw.get("CreationTime"),
        {**raw, "targets": targets},
        transition=TRANSITIONS.get(raw.get("LifeCycleState", ""), ""),
    )


def domain_of(region: str) -> str:
    """`efs.eu-west-1.amazonaws.com`: what the DNS names of its filesystems end in."""
    return f"efs.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def in_words(size: float) -> str:
    """`12.3 GB`"""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} TB"
