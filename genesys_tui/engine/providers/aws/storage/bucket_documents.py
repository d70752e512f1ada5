"""The documents that S3 keeps for a bucket: between their wire shape and the spec. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from genesys_tui.engine.model.call import Value
from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.resource import MARK_PREFIX
from genesys_tui.engine.model.specs.bucket import Lifecycle

PUBLIC_ACCESS_BLOCK = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

RULE_IDS = {
    "delete_after_days": "genesys-delete",
    "archive_after_days": "genesys-archive",
    "delete_old_versions_after_days": "genesys-delete-old-versions",
    "abort_uploads_after_days": "genesys-abort-uploads",
}
"""The lifecycle rule that each field of the spec owns."""

Tag = dict[str, Value]


def tag_set(tags: Mapping[str, Value]) -> list[Tag]:
    """Tags as S3 takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def users_tags(tags: Sequence[Mapping[str, str]]) -> Document:
    """The tags of a set that are neither ours nor AWS's."""
    return {tag["Key"]: tag.get("Value", "") for tag in tags if not tag["Key"].startswith((MARK_PREFIX, "aws:"))}


def merged_tags(before: Sequence[Mapping[str, Value]], changed: Mapping[str, Value]) -> list[Tag]:
    """The whole set after a change: None removes. AWS's own tags can't be written and are left out."""
    merged = {str(tag["Key"]): tag.get("Value", "") for tag in before}
    merged.update(changed)
    return tag_set({key: value for key, value in merged.items() if value is not None and not key.startswith("aws:")})


def encryption_of(answer: Mapping[str, Any]) -> Leaf:
    """`managed`, `kms` or a key, of GetBucketEncryption's answer; None without a rule."""
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    if not rules:
        return None
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    if default.get("SSEAlgorithm") == "AES256":
        return "managed"
    key: str = default.get("KMSMasterKeyID", "kms")
    return key


def encryption_document(key: str) -> Value:
    """The rule that makes `key` the default. Bucket keys spare calls to KMS, which cost money."""
    if key == "managed":
        return {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    default = {"SSEAlgorithm": "aws:kms"} | ({} if key == "kms" else {"KMSMasterKeyID": key})
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}


def lifecycle_of(rules: Sequence[Mapping[str, Any]]) -> Document:
    """The days of our own enabled rules; None for those that are not there."""
    ours = {rule.get("ID"): rule for rule in rules if rule.get("Status") == "Enabled"}
    return {field: _days(field, ours[id]) if id in ours else None for field, id in RULE_IDS.items()}


def foreign_rules(rules: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that are not ours."""
    return [rule for rule in rules if rule.get("ID") not in RULE_IDS.values()]


def merged_rules(before: Sequence[Mapping[str, Any]], changed: Lifecycle) -> list[Value]:
    """All rules after a change: those of others as they stand, ours as wanted, those not named as they are."""
    wanted = changed.model_dump(exclude_unset=True)
    replaced = {RULE_IDS[field] for field in wanted}
    kept: list[Value] = [rule for rule in before if rule.get("ID") not in replaced]
    return kept + [_rule(field, days) for field, days in wanted.items() if days is not None]


def _rule(field: str, days: int) -> Value:
    action: Mapping[str, Value]
    match field:
        case "delete_after_days":
            action = {"Expiration": {"Days": days}}
        case "archive_after_days":
            action = {"Transitions": [{"Days": days, "StorageClass": "GLACIER"}]}
        case "delete_old_versions_after_days":
            action = {"NoncurrentVersionExpiration": {"NoncurrentDays": days}}
        case _:
            action = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days}}
    return {"ID": RULE_IDS[field], "Status": "Enabled", "Filter": {"Prefix": ""}, **action}


def _days(field: str, rule: Mapping[str, Any]) -> Leaf:
    days: int | None
    match field:
        case "delete_after_days":
            days = rule.get("Expiration", {}).get("Days")
        case "archive_after_days":
            days = next((move.get("Days") for move in rule.get("Transitions", ())), None)
        case "delete_old_versions_after_days":
            days = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
        case _:
            days = rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation")
    return days
