"""The universal spec of a bucket: object storage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, ByName, Part, Refers, Spec
from genesys_tui.engine.model.specs.bucket_notification import NotificationEntry, notification_mistakes
from genesys_tui.engine.model.specs.bucket_policy import StatementEntry, statement_mistakes


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


_HOST = re.compile(r"(https?://)?[A-Za-z0-9.-]+")


Days = Annotated[int, Field(ge=1, le=36_500)]


class Lifecycle(Part):
    """Rules that we own, one a field. Rules of others are left as they are."""

    delete_after_days: Days | None = None
    archive_after_days: Days | None = None
    delete_old_versions_after_days: Days | None = None
    abort_uploads_after_days: Days | None = None


_Key = Annotated[str, Field(min_length=1, max_length=1024)]


def _host(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and not _HOST.fullmatch(value):
        raise ValueError("it takes a host, example.com or https://example.com")
    return value


def _page(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and "/" in value:
        raise ValueError("it takes the name of a file in each folder, without slashes: index.html")
    return value


class Website(Part):
    """Served over plain HTTP to everybody who may read it. `index`: the page of each folder. `error`: the page of what
    is not there. `redirect`: a host that every request is sent to instead (`https://example.com`)."""

    index: Annotated[_Key, AfterValidator(_page)] | None = None
    error: _Key | None = None
    redirect: Annotated[str, AfterValidator(_host)] | None = None


def _upper(value: object) -> object:
    several = [value] if isinstance(value, str) else value
    return [one.upper() if isinstance(one, str) else one for one in several] if isinstance(several, list) else several


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


_Several = Annotated[list[str], BeforeValidator(_several), Field(min_length=1)]


class Cors(Part):
    """Which pages of other origins may read it, or write to it. `max_age`: seconds that a browser remembers so."""

    origins: _Several | None = None
    methods: Annotated[list[Literal["GET", "PUT", "POST", "DELETE", "HEAD"]], BeforeValidator(_upper)] | None = None
    headers: _Several | None = None
    max_age: Annotated[int, Field(ge=0)] | None = None


class Logging(Part):
    """Who asked for what is written to `bucket`, whose policy must let logging.s3.amazonaws.com put objects. `prefix`:
    what the names of these objects start with."""

    bucket: Annotated[str, Refers("bucket", "name")] | None = None
    prefix: _Key | None = None


class BucketSpec(Spec):
    """A bucket. `encryption`: `managed` (SSE-S3), `kms` (the account's aws/s3 key), or the id or ARN of a KMS key.
    `cors`, `policy` and `notifications` are rules by name; those of others are left as they are."""

    never_absent: ClassVar[frozenset[str]] = frozenset({"versioning", "encryption", "public_access", "ownership"})
    records: ClassVar[frozenset[str]] = frozenset({"cors", "policy", "notifications"})

    versioning: bool | None = None
    encryption: Annotated[
        Literal["managed", "kms"] | str | None, BeforeValidator(_switch), AfterValidator(_known_key)
    ] = None
    public_access: bool | None = None
    """False: all four public access blocks are on. True: they are off (the bucket is still private by policy)."""
    lifecycle: Lifecycle | None = None
    website: Website | None = None
    cors: Annotated[dict[str, Cors | None], ByName] | None = None
    policy: Annotated[dict[str, StatementEntry | None], ByName] | None = None
    notifications: Annotated[dict[str, NotificationEntry | None], ByName] | None = None
    logging: Logging | None = None
    ownership: Literal["enforced", "preferred", "writer"] | None = None
    """Whose an object is that another account puts: the bucket's (`enforced`, ACLs are off, as in every new bucket),
    the bucket's if its writer says so, or its writer's."""

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

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.website and self.website.redirect and (self.website.index or self.website.error):
            yield ("website", "redirect"), "a website redirects, or has pages (`index`, `error`): leave one out"
        for name, one in (self.cors or {}).items():
            if not 0 < len(name) <= 255:
                yield ("cors", name), "the name of a rule has 1 to 255 characters"
            if one is not None and not (one.origins and one.methods):
                yield ("cors", name), "a rule needs `origins` (https://example.com) and `methods` (GET)"
        yield from statement_mistakes(self.policy or {})
        yield from notification_mistakes(self.notifications or {})


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)
