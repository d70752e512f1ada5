"""The settings of a bucket: the one call that reads each, and what its answer says. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from genesys_tui.engine.model.call import Call, read

READS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "versioning": ("GetBucketVersioning", ()),
    "encryption": ("GetBucketEncryption", ("ServerSideEncryptionConfigurationNotFoundError",)),
    "public_access": ("GetPublicAccessBlock", ("NoSuchPublicAccessBlockConfiguration",)),
    "lifecycle": ("GetBucketLifecycleConfiguration", ("NoSuchLifecycleConfiguration",)),
    "website": ("GetBucketWebsite", ("NoSuchWebsiteConfiguration",)),
    "cors": ("GetBucketCors", ("NoSuchCORSConfiguration",)),
    "policy": ("GetBucketPolicy", ("NoSuchBucketPolicy",)),
    "notifications": ("GetBucketNotificationConfiguration", ()),
    "logging": ("GetBucketLogging", ()),
    "ownership": ("GetBucketOwnershipControls", ("OwnershipControlsNotFoundError",)),
    "replication": ("GetBucketReplication", ("ReplicationConfigurationNotFoundError",)),
    "tags": ("GetBucketTagging", ("NoSuchTagSet",)),
}
"""By field, the operation, and the codes by which S3 says that there is none. Replication is no field: it is only shown
where all of a bucket is."""


def setting(id: str, field: str) -> Call:
    """The call that reads a field."""
    operation, absent = READS[field]
    return read("s3", operation, {"Bucket": id}, absent_on=absent)
