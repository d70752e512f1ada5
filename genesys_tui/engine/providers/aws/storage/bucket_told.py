"""What S3 tells of a bucket, as the spec has it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from genesys_tui.engine.model.call import Answer
from genesys_tui.engine.model.document import Leaf
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.storage.bucket_access import (
    WEBSITE,
    cors_of,
    logging_of,
    ownership_of,
    website_of,
)
from genesys_tui.engine.providers.aws.storage.bucket_documents import (
    PUBLIC_ACCESS_BLOCK,
    encryption_of,
    foreign_rules,
    lifecycle_of,
    users_tags,
)
from genesys_tui.engine.providers.aws.storage.bucket_notifications import PARTS, notifications_of
from genesys_tui.engine.providers.aws.storage.bucket_policy import nameless_statements, policy_of

_TELL: Mapping[str, Callable[[Answer], Leaf]] = {
    "versioning": lambda answer: answer.get("Status") == "Enabled",
    "encryption": encryption_of,
    "public_access": lambda answer: (
        not all(answer.get("PublicAccessBlockConfiguration", {}).get(key) for key in PUBLIC_ACCESS_BLOCK)
    ),
    "lifecycle": lambda answer: lifecycle_of(answer.get("Rules", [])),
    "website": website_of,
    "cors": lambda answer: cors_of(answer.get("CORSRules", [])),
    "notifications": notifications_of,
    "logging": logging_of,
    "ownership": ownership_of,
    "tags": lambda answer: users_tags(answer.get("TagSet", [])),
}
"""What the answer to the read of each field says."""

_KEEP: Mapping[str, tuple[str, Callable[[Answer], Any]]] = {
    "lifecycle": ("rules", lambda answer: answer.get("Rules", [])),
    "website": ("website", lambda answer: {part: answer[part] for part in WEBSITE if part in answer}),
    "cors": ("cors", lambda answer: answer.get("CORSRules", [])),
    "policy": ("policy", lambda answer: answer.get("Policy", "")),
    "notifications": ("notifications", lambda answer: {part: answer[part] for part in PARTS if part in answer}),
    "logging": ("logging", lambda answer: answer.get("LoggingEnabled", {})),
    "replication": ("replication", lambda answer: answer.get("ReplicationConfiguration", {})),
    "tags": ("tag_set", lambda answer: answer.get("TagSet", [])),
}
"""The documents that are written whole, or only shown: kept as they were read, under these keys."""


def bare(bucket: Mapping[str, Any]) -> Actual:
    """A bucket of a listing."""
    name = bucket["Name"]
    return Actual(
        "bucket",
        name,
        name,
        bucket.get("BucketRegion", ""),
        arn=f"arn:aws:s3:::{name}",
        created=bucket.get("CreationDate"),
    )


def actual_of(id: str, answers: Mapping[str, Answer | None]) -> Actual:
    """The bucket from the answers to the reads of its fields; None where S3 says that there is none. Documents that are
    written whole are kept as they were read."""
    arn = f"arn:aws:s3:::{id}"
    found = {field: answer or {} for field, answer in answers.items()}
    spec = {field: _TELL[field](answer) for field, answer in found.items() if field in _TELL}
    if "policy" in found:
        spec["policy"] = policy_of(found["policy"].get("Policy"), arn)
    kept = {field: _KEEP[field] for field in found if field in _KEEP}
    raw = {key: document(found[field]) for field, (key, document) in kept.items()}
    tags = {tag["Key"]: tag.get("Value", "") for tag in raw.get("tag_set", ())}
    return Actual("bucket", id, id, "", spec, tags, arn, provider_data=raw)


def foreign_parts(raw: Mapping[str, Any]) -> Iterator[str]:
    """What others wrote into its documents that no field of the spec shows, in words."""
    for rule in foreign_rules(raw.get("rules", ())):
        yield f"lifecycle rule {rule.get('ID')!r}"
    if nameless_statements(raw.get("policy")):
        yield "statements without a name in its policy"
    if not all(rule.get("ID") for rule in raw.get("cors", ())):
        yield "CORS rules without a name"
    if raw.get("website", {}).get("RoutingRules"):
        yield "its website's rules of redirection"
    if "EventBridgeConfiguration" in raw.get("notifications", {}):
        yield "events to EventBridge"
    for rule in raw.get("replication", {}).get("Rules", ()):
        yield f"replication to {rule.get('Destination', {}).get('Bucket', '').rpartition(':')[2]}"
