"""S3 buckets. Source: the S3 API reference; prices of S3 Standard in us-east-1, November 2026.

Tags and lifecycle rules are documents that S3 replaces whole: they are read at plan time, merged, and guarded, so that
what others wrote into them survives. Our lifecycle rules are known by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Fields, Found, Kind, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual
from genesys_tui.engine.model.specs.bucket import BucketSpec, Lifecycle
from genesys_tui.engine.providers.aws.storage.bucket_documents import (
    PUBLIC_ACCESS_BLOCK,
    encryption_of,
    foreign_rules,
    lifecycle_of,
    tag_set,
    users_tags,
)
from genesys_tui.engine.providers.aws.storage.bucket_lines import emptying_line, mark_line, setting, setting_lines

STORAGE = Price("storage", "GB-month", 0.023, low=1, typical=50, high=1_000)


class Bucket(Kind[BucketSpec]):
    """An S3 bucket. Its id is its name."""

    name = "bucket"
    title = "S3 bucket"
    purpose = "secure S3 bucket"
    spec = BucketSpec
    defaults: ClassVar[Document] = {"versioning": True, "encryption": "managed", "public_access": False}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("s3", "ListBuckets", paginate=True)
        yield Found(tuple(_bare(bucket) for bucket in answer.get("Buckets", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        try:
            answer = yield read("s3", "ListBuckets", paginate=True)
        except CallError as error:
            if error.failure != "denied":
                raise
            there = yield read("s3", "HeadBucket", {"Bucket": name}, absent_on=("404", "NoSuchBucket"))
            return None if there is None else _bare({"Name": name})
        return next((_bare(bucket) for bucket in answer.get("Buckets", ()) if bucket["Name"] == name), None)

    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        asked = sorted(fields)
        if not asked:
            there = yield read("s3", "HeadBucket", {"Bucket": id}, absent_on=("404", "NoSuchBucket"))
            return None if there is None else _bare({"Name": id})
        answers = yield [setting(id, field) for field in asked]
        for answer in answers:
            if isinstance(answer, CallError):
                if answer.code == "NoSuchBucket":
                    return None
                raise answer
        return _actual(id, dict(zip(asked, answers, strict=True)))

    def prepare(self, name: str, want: BucketSpec, have: Actual | None) -> Reading[Facts]:
        """Before a delete: is there anything in it?"""
        if have is None or want.model_fields_set:
            return None
        answer = yield read("s3", "ListObjectVersions", {"Bucket": have.id, "MaxKeys": 1}, absent_on=("NoSuchBucket",))
        return answer

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: BucketSpec, facts: Facts, siblings: Sequence[BucketSpec]) -> BucketSpec:
        return BucketSpec.of({**self.defaults, **want.document})

    def blank(self) -> Document:
        return {"versioning": False, "lifecycle": Lifecycle().model_dump(), "tags": {}}

    def create(self, name: str, want: BucketSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        marks: Mapping[str, Value] = {f"{MARK_PREFIX}stack": place.stack, f"{MARK_PREFIX}step": Token()}
        where = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
        yield Line(
            f"Create S3 bucket '{name}'",
            "Store your application data securely",
            (
                Call(
                    "s3",
                    "CreateBucket",
                    {"Bucket": name, "CreateBucketConfiguration": {**where, "Tags": tag_set(marks)}},
                    captures=_outputs(name),
                    find=Find(
                        read("s3", "ListBuckets", {"Prefix": name}),
                        {**_outputs(name), "id": Capture(f"Buckets[?Name=='{name}'] | [0].Name")},
                        codes=("BucketAlreadyOwnedByYou",),
                    ),
                    seconds=0.8,
                ),
            ),
        )
        new = Actual("bucket", name, name, place.region, provider_data={"tag_set": tag_set(marks)})
        yield from self.update(new, _beyond_blank(want), place, facts)

    def update(self, have: Actual, changed: BucketSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        yield from setting_lines(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        yield emptying_line(have)
        yield Line(
            f"Delete S3 bucket '{have.name}'",
            "No longer wanted",
            (Call("s3", "DeleteBucket", {"Bucket": have.id}, absent_on=("NoSuchBucket",), idempotent=True),),
        )

    def mark(self, have: Actual, tags: Mapping[str, str | None], facts: Facts) -> Iterator[Line]:
        yield mark_line(have, tags)

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: BucketSpec) -> tuple[Price, ...]:
        return (STORAGE,)

    def findings(self, address: str, want: BucketSpec) -> Iterator[Finding]:
        if want.has("versioning") and not want.versioning:
            yield Finding("note", address, "versioning is off: a deleted object can't come back", "--versioning on")
        if want.has("encryption") and want.encryption is None:
            yield Finding("note", address, "encryption is left to the S3 default", "--encryption managed")
        if want.public_access:
            yield Finding("warning", address, "public access can be granted on it", "--public-access off")

    def foreign(self, have: Actual) -> str:
        return ", ".join(
            f"lifecycle rule {rule.get('ID')!r}" for rule in foreign_rules(have.provider_data.get("rules", ()))
        )

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "an empty bucket with these settings is made again if its name is free then")

    def holds(self, have: Actual, facts: Facts) -> str:
        held = facts or {}
        return "objects, or versions of such" if held.get("Versions") or held.get("DeleteMarkers") else ""

    def reversal(self, have: Actual, changed: BucketSpec) -> Reversal:
        days = changed.lifecycle and (
            changed.lifecycle.delete_after_days or changed.lifecycle.delete_old_versions_after_days
        )
        if days:
            return Reversal("loses data", f"objects older than {days} days are deleted and do not come back")
        return Reversal()


def _outputs(name: str) -> Mapping[str, Capture]:
    """All of a bucket's outputs are known by its name: JMESPath raw strings."""
    return {"id": Capture(f"'{name}'"), "arn": Capture(f"'arn:aws:s3:::{name}'"), "name": Capture(f"'{name}'")}


def _bare(bucket: Mapping[str, Any]) -> Actual:
    name = bucket["Name"]
    return Actual(
        "bucket",
        name,
        name,
        bucket.get("BucketRegion", ""),
        arn=f"arn:aws:s3:::{name}",
        created=bucket.get("CreationDate"),
    )


def _actual(id: str, answers: Mapping[str, Answer | None]) -> Actual:
    """The bucket from the answers to the reads of its fields; None where S3 says that there is none."""
    spec: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    for field, answer in answers.items():
        found = answer or {}
        match field:
            case "versioning":
                spec[field] = found.get("Status") == "Enabled"
            case "encryption":
                spec[field] = encryption_of(found)
            case "public_access":
                block = found.get("PublicAccessBlockConfiguration", {})
                spec[field] = not all(block.get(key) for key in PUBLIC_ACCESS_BLOCK)
            case "lifecycle":
                raw["rules"] = found.get("Rules", [])
                spec[field] = lifecycle_of(raw["rules"])
            case "tags":
                raw["tag_set"] = found.get("TagSet", [])
                spec[field] = users_tags(raw["tag_set"])
    tags = {tag["Key"]: tag.get("Value", "") for tag in raw.get("tag_set", ())}
    return Actual("bucket", id, id, "", spec, tags, f"arn:aws:s3:::{id}", provider_data=raw)


def _beyond_blank(want: BucketSpec) -> BucketSpec:
    """What a new bucket must still be told: what is wanted, less what S3 promises to every new bucket."""
    document = dict(want.document)
    if not document.get("versioning"):
        document.pop("versioning", None)
    if want.lifecycle is None or not any(want.lifecycle.model_dump().values()):
        document.pop("lifecycle", None)
    if not document.get("tags"):
        document.pop("tags", None)
    if document.get("encryption") is None:
        document.pop("encryption", None)
    return BucketSpec.of(document)
