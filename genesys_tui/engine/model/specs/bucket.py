"""The universal spec of a bucket: object storage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from genesys_tui.engine.model.specs.base import Part, Spec


def _switch(value: object) -> object:
    """`encryption: true` is the provider's managed key."""
    return {True: "managed", False: None}[value] if isinstance(value, bool) else value


Days = Annotated[int, Field(ge=1, le=36_500)]


class Lifecycle(Part):
    """Rules that we own, one a field. Rules of others are left as they are."""

    delete_after_days: Days | None = None
    archive_after_days: Days | None = None
    delete_old_versions_after_days: Days | None = None
    abort_uploads_after_days: Days | None = None


class BucketSpec(Spec):
    """A bucket. `encryption`: `managed` (SSE-S3), `kms` (the account's aws/s3 key), or the id or ARN of a KMS key."""

    versioning: bool | None = None
    encryption: Annotated[Literal["managed", "kms"] | str | None, BeforeValidator(_switch)] = None
    public_access: bool | None = None
    """False: all four public access blocks are on. True: they are off (the bucket is still private by policy)."""
    lifecycle: Lifecycle | None = None
