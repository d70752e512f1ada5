"""The universal spec of a bucket: object storage."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.specs.base import WISH, Part, Spec


def _switch(value: object) -> object:
    """`encryption: true` is the provider's managed key."""
    if value is False:
        raise ValueError("S3 encrypts every new object since 2023: choose `managed` or `kms`")
    return "managed" if value is True else value


_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3", ".mrap")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:\S+|alias/\S+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _known_key(key: str | None, info: ValidationInfo) -> str | None:
    if info.context == WISH and key not in {None, "managed", "kms"} and not _KEY.fullmatch(str(key)):
        raise ValueError("it takes managed, kms, or the id, ARN or alias of a KMS key")
    return key


Days = Annotated[int, Field(ge=1, le=36_500)]


class Lifecycle(Part):
    """Rules that we own, one a field. Rules of others are left as they are."""

    delete_after_days: Days | None = None
    archive_after_days: Days | None = None
    delete_old_versions_after_days: Days | None = None
    abort_uploads_after_days: Days | None = None


class BucketSpec(Spec):
    """A bucket. `encryption`: `managed` (SSE-S3), `kms` (the account's aws/s3 key), or the id or ARN of a KMS key."""

    never_absent: ClassVar[frozenset[str]] = frozenset({"versioning", "encryption", "public_access"})

    versioning: bool | None = None
    encryption: Annotated[
        Literal["managed", "kms"] | str | None, BeforeValidator(_switch), AfterValidator(_known_key)
    ] = None
    public_access: bool | None = None
    """False: all four public access blocks are on. True: they are off (the bucket is still private by policy)."""
    lifecycle: Lifecycle | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: the bucket naming rules of the S3 user guide, general purpose buckets."""
        if not _NAME.fullmatch(name):
            return "3 to 63 lowercase letters, digits, dots and hyphens; a letter or digit first and last"
        if ".." in name:
            return "no two dots side by side"
        if _ADDRESS.fullmatch(name):
            return "not the form of an IP address"
        if name.startswith(_RESERVED_STARTS) or name.endswith(_RESERVED_ENDS):
            return (
                f"S3 reserves names that start with {_listed(_RESERVED_STARTS)} or end with {_listed(_RESERVED_ENDS)}"
            )
        return ""


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)
