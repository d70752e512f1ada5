"""What a change of a bucket's settings comes to: sentences, reasons, and the one call that each needs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genesys_tui.engine.model.call import Call, Each, Guard, Params, Repeat, fingerprint, read
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.bucket import BucketSpec, Lifecycle
from genesys_tui.engine.providers.aws.storage.bucket_access import (
    cors_line,
    logging_line,
    ownership_line,
    website_line,
)
from genesys_tui.engine.providers.aws.storage.bucket_documents import (
    PUBLIC_ACCESS_BLOCK,
    encryption_document,
    foreign_rules,
    merged_rules,
    merged_tags,
)
from genesys_tui.engine.providers.aws.storage.bucket_facts import BucketFacts
from genesys_tui.engine.providers.aws.storage.bucket_notifications import notification_line
from genesys_tui.engine.providers.aws.storage.bucket_policy import policy_line
from genesys_tui.engine.providers.aws.storage.bucket_settings import setting
from genesys_tui.engine.providers.aws.tags import mark_in_words, tags_in_words


def setting_lines(have: Actual, changed: BucketSpec, facts: BucketFacts, place: Placement) -> Iterator[Line]:
    """The fewest calls that bring `changed` about. Public access is let in before what needs it."""
    bucket = {"Bucket": have.id}
    if changed.has("versioning"):
        yield _versioning(bucket, changed.versioning)
    if changed.has("encryption"):
        yield _encryption(bucket, changed.encryption)
    if changed.has("public_access"):
        yield _public_access(bucket, changed.public_access)
    if changed.has("lifecycle"):
        yield _lifecycle(have, changed.lifecycle or Lifecycle.model_validate(Lifecycle().model_dump()))
    yield from _access_lines(have, changed)
    if changed.has("notifications"):
        yield notification_line(have, changed.notifications or {}, facts, place)
    if changed.has("tags"):
        yield Line(tags_in_words(changed.tags, "the bucket"), "Asked for", (_tagging(have, changed.tags),))


def _access_lines(have: Actual, changed: BucketSpec) -> Iterator[Line]:
    if changed.has("ownership"):
        yield ownership_line(have, changed.ownership)
    if changed.has("cors"):
        yield cors_line(have, changed.cors or {})
    if changed.has("website"):
        yield website_line(have, changed.website)
    if changed.has("policy"):
        yield policy_line(have, changed.policy or {})
    if changed.has("logging"):
        yield logging_line(have, changed.logging)


def mark_line(have: Actual, tags: Mapping[str, str | None]) -> Line:
    """Our own tags, with those asked for beside them: S3 takes all in one document."""
    return Line(*mark_in_words(f"bucket '{have.name}'", tags), (_tagging(have, tags),))


def emptying_line(have: Actual) -> Line:
    """Every version and delete marker goes, page by page; of an empty bucket that is one look."""
    gone = ("NoSuchBucket",)
    look = read("s3", "ListObjectVersions", {"Bucket": have.id, "MaxKeys": 1000}, absent_on=gone)
    each = "[Versions, DeleteMarkers][][].{Key: Key, VersionId: VersionId}"
    call = Call(
        "s3",
        "DeleteObjects",
        {"Bucket": have.id, "Delete": {"Objects": Each(), "Quiet": True}},
        also_needs={"s3:DeleteObjectVersion": (f"arn:aws:s3:::{have.id}/*",)},
        repeat=Repeat(look, each),
        absent_on=gone,
        idempotent=True,
    )
    return Line(f"Empty S3 bucket '{have.name}'", "Only an empty one can be deleted", (call,))


def _versioning(bucket: Mapping[str, str], on: bool | None) -> Line:
    status = "Enabled" if on else "Suspended"
    call = Call("s3", "PutBucketVersioning", {**bucket, "VersioningConfiguration": {"Status": status}}, idempotent=True)
    if on:
        return Line("Enable versioning on bucket", "Protect against accidental deletion", (call,))
    return Line("Suspend versioning on bucket", "Asked for: new versions are no longer kept", (call,))


def _encryption(bucket: Mapping[str, str], key: str | None) -> Line:
    if key is None:
        call = Call("s3", "DeleteBucketEncryption", {**bucket}, idempotent=True)
        return Line("Leave encryption to the S3 default", "Asked for", (call,))
    document = encryption_document(key)
    call = Call("s3", "PutBucketEncryption", {**bucket, "ServerSideEncryptionConfiguration": document}, idempotent=True)
    with_what = {"managed": "AWS managed keys", "kms": "the account's KMS key for S3"}.get(key, f"KMS key {key}")
    return Line(f"Apply encryption with {with_what}", "Secure data at rest", (call,))


def _public_access(bucket: Mapping[str, str], allowed: bool | None) -> Line:
    if allowed:
        call = Call("s3", "DeletePublicAccessBlock", {**bucket}, idempotent=True)
        return Line("Allow public access to be granted", "Asked for: a policy or ACL can now open the bucket", (call,))
    block = dict.fromkeys(PUBLIC_ACCESS_BLOCK, True)
    call = Call("s3", "PutPublicAccessBlock", {**bucket, "PublicAccessBlockConfiguration": block}, idempotent=True)
    return Line("Block all public access", "Prevent data exposure", (call,))


AGING: Mapping[str, str] = {
    "delete_after_days": "delete objects",
    "archive_after_days": "archive objects",
    "delete_old_versions_after_days": "delete old versions",
    "abort_uploads_after_days": "end unfinished uploads",
}


def _lifecycle(have: Actual, changed: Lifecycle) -> Line:
    before = have.provider_data.get("rules")
    rules = merged_rules(before or [], changed)
    guard = None if before is None else Guard(setting(have.id, "lifecycle"), "Rules", fingerprint(before))
    if rules:
        params: Params = {"Bucket": have.id, "LifecycleConfiguration": {"Rules": rules}}
        call = Call("s3", "PutBucketLifecycleConfiguration", params, guard=guard, idempotent=True)
    else:
        call = Call("s3", "DeleteBucketLifecycle", {"Bucket": have.id}, guard=guard, idempotent=True)
    days = changed.model_dump(exclude_unset=True)
    phrases = [f"{AGING[field]} after {n} days" if n else f"no longer {AGING[field]}" for field, n in days.items()]
    reason = "Old data goes by itself" if any(days.values()) else "Asked for"
    kept = len(foreign_rules(before or ()))
    if kept:
        reason += f"; {kept} rule{'s' if kept > 1 else ''} of others stay{'' if kept > 1 else 's'}"
    return Line(f"Set the lifecycle: {', '.join(phrases)}", reason, (call,))


def _tagging(have: Actual, changed: Mapping[str, str | None]) -> Call:
    before = have.provider_data.get("tag_set")
    tags = merged_tags(before or [], changed)
    # A bucket that this very plan creates has no tags of others yet: there is nothing to guard.
    guard = Guard(setting(have.id, "tags"), "TagSet", fingerprint(before)) if "tags" in have.spec else None
    if not tags:
        return Call("s3", "DeleteBucketTagging", {"Bucket": have.id}, guard=guard, idempotent=True)
    return Call(
        "s3", "PutBucketTagging", {"Bucket": have.id, "Tagging": {"TagSet": tags}}, guard=guard, idempotent=True
    )
