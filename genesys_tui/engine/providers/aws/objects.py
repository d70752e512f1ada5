"""Texts that lie in S3. Source: GetObject and ListObjectsV2 of the S3 API reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from genesys_tui.engine.model.call import Answer, Call, read
from genesys_tui.engine.model.errors import CallError, UsageError
from genesys_tui.engine.providers.aws.session import Session

SCHEME: Final = "s3://"
MISSING: Final = frozenset({"NoSuchKey", "404"})


class Place(NamedTuple):
    """`s3://bucket/key`, taken apart."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    @classmethod
    def parse(cls, uri: str) -> Place:
        """Raises UsageError."""
        bucket, _, key = uri.removeprefix(SCHEME).partition("/")
        if not bucket:
            raise UsageError(f"{uri!r} names no bucket", todo="write it as s3://bucket/key, or s3://bucket/folder/")
        return cls(bucket, key)


class Text(NamedTuple):
    """An object's text, and the tag by which S3 tells this version of it from others."""

    etag: str
    text: str


def text_at(session: Session, place: Place, *, known: str = "", largest: int) -> Text | None:
    """None where it still has the tag `known`. Raises CallError; UsageError for what is larger than so many bytes, or
    is no text."""
    unless = {"IfNoneMatch": known} if known else {}
    call = read("s3", "GetObject", {"Bucket": place.bucket, "Key": place.key, **unless}, absent_on=("304",))
    answer = session.send(call, call.params)
    if answer is None:
        return None
    if answer.get("ContentLength", 0) > largest:
        answer["Body"].close()
        raise UsageError(f"{place} is larger than a state file can be", todo="name a terraform.tfstate")
    try:
        return Text(answer.get("ETag", ""), _body(call, answer).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{place} is no text", why=str(error), todo="name a terraform.tfstate") from error


def tags_under(session: Session, place: Place) -> Mapping[str, str]:
    """The keys that start so, each with the tag of what lies there. Raises CallError."""
    call = read("s3", "ListObjectsV2", {"Bucket": place.bucket, "Prefix": place.key}, paginate=True)
    answer = session.send(call, call.params) or {}
    return {one["Key"]: one.get("ETag", "") for one in answer.get("Contents", ())}


def _body(call: Call, answer: Answer) -> bytes:
    """It comes after the answer, and may be cut off."""
    from genesys_tui.engine.providers.aws import failures

    try:
        content: bytes = answer["Body"].read()
    except failures.ERRORS as error:
        raise CallError(call.name, "lost", type(error).__name__, str(error), todo="Try again in a moment") from error
    return content
