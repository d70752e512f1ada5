"""S3 buckets. Source: the S3 API reference; prices of S3 Standard in us-east-1, November 2026.

Tags, rules, statements and notifications are documents that S3 replaces whole: they are read at plan time, merged, and
guarded, so that what others wrote into them survives. Ours are known by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from genesys_tui.engine.model.call import Batch, Call, Capture, Find, Params, Token, Value, read
from genesys_tui.engine.model.document import Document, same
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Fields, Found, Kind, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual
from genesys_tui.engine.model.specs.bucket import BucketSpec, Lifecycle
from genesys_tui.engine.providers.aws.messaging import queue_policy, topic_policy
from genesys_tui.engine.providers.aws.storage.bucket_access import OWNERSHIP, WHOSE
from genesys_tui.engine.providers.aws.storage.bucket_documents import tag_set
from genesys_tui.engine.providers.aws.storage.bucket_facts import SAMPLE, BucketFacts
from genesys_tui.engine.providers.aws.storage.bucket_lines import emptying_line, mark_line, setting_lines
from genesys_tui.engine.providers.aws.storage.bucket_notifications import shut_calls, to_be_told
from genesys_tui.engine.providers.aws.storage.bucket_policy import policy_opens
from genesys_tui.engine.providers.aws.storage.bucket_settings import setting
from genesys_tui.engine.providers.aws.storage.bucket_told import actual_of, bare, foreign_parts
from genesys_tui.engine.providers.aws.tags import written_together
from genesys_tui.engine.providers.aws.words import plain

ELSEWHERE = ("301", "PermanentRedirect")
STORAGE = Price("storage", "GB-month", 0.023, low=1, typical=50, high=1_000)


class Bucket(Kind[BucketSpec]):
    """An S3 bucket. Its id is its name."""

    name = "bucket"
    title = "S3 bucket"
    purpose = "secure S3 bucket"
    spec = BucketSpec
    everywhere = True
    defaults: ClassVar[Document] = {"versioning": True, "encryption": "managed", "public_access": False}
    practice: ClassVar[frozenset[str]] = frozenset({"encryption", "public_access", "versioning"})

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("s3", "ListBuckets", paginate=True)
        yield Found(tuple(bare(bucket) for bucket in answer.get("Buckets", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        try:
            answer = yield read("s3", "ListBuckets", paginate=True)
        except CallError as error:
            if error.failure != "denied":
                raise
            there = yield read("s3", "HeadBucket", {"Bucket": name}, absent_on=("404", "NoSuchBucket"))
            return None if there is None else bare({"Name": name})
        return next((bare(bucket) for bucket in answer.get("Buckets", ()) if bucket["Name"] == name), None)

    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        asked = sorted(fields)
        if not asked:
            there = yield read("s3", "HeadBucket", {"Bucket": id}, absent_on=("404", "NoSuchBucket"))
            return None if there is None else bare({"Name": id})
        asked += ["replication"] if fields >= self.fields else []
        answers = yield [setting(id, field) for field in asked]
        for answer in answers:
            if isinstance(answer, CallError):
                if answer.code == "NoSuchBucket":
                    return None
                raise answer
        return actual_of(id, dict(zip(asked, answers, strict=True)))

    def prepare(self, name: str, want: BucketSpec, have: Actual | None) -> Reading[BucketFacts]:
        """Whether its name is free, before a create; whether there is anything in it, before a delete; and the policies
        of those that it tells, or told."""
        taken = False if have is not None else (yield from _taken(name))
        removed = have is not None and not want.model_fields_set
        held = None
        if have is not None and removed:
            params: Params = {"Bucket": have.id, "MaxKeys": SAMPLE}
            held = yield read("s3", "ListObjectVersions", params, absent_on=("NoSuchBucket",))
        if not (removed or want.has("notifications")):
            return BucketFacts(taken=taken)
        queues = yield from queue_policy.policies_of(to_be_told(have, want.notifications, "sqs"))
        topics = yield from topic_policy.policies_of(to_be_told(have, want.notifications, "sns"))
        return BucketFacts(held, queues, topics, taken)

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: BucketSpec, facts: Facts, siblings: Sequence[BucketSpec]) -> BucketSpec:
        return BucketSpec.of({**self.defaults, **want.document})

    def blank(self) -> Document:
        empty: Document = {"cors": {}, "policy": {}, "notifications": {}, "tags": {}}
        return {**empty, "versioning": False, "lifecycle": Lifecycle().model_dump(), "website": None, "logging": None}

    def create(self, name: str, want: BucketSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        marks: Mapping[str, Value] = {f"{MARK_PREFIX}stack": place.stack, f"{MARK_PREFIX}step": Token()}
        where = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
        owner = {"ObjectOwnership": OWNERSHIP[want.ownership]} if want.ownership else {}
        outputs = _outputs(name)
        new = Actual(
            "bucket", name, name, place.region, arn=f"arn:aws:s3:::{name}", provider_data={"tag_set": tag_set(marks)}
        )
        call = Call(
            "s3",
            "CreateBucket",
            {"Bucket": name, "CreateBucketConfiguration": {**where, "Tags": tag_set(marks)}, **owner},
            captures=outputs,
            find=Find(
                read("s3", "ListBuckets", {"Prefix": name}),
                {**outputs, "id": Capture(f"Buckets[?Name=='{name}'] | [0].Name")},
                codes=("BucketAlreadyOwnedByYou",),
            ),
            also_needs={"s3:PutBucketOwnershipControls": (new.arn,)} if owner else {},
            seconds=0.8,
        )
        whose = f", whose objects belong to {WHOSE[want.ownership]}" if want.ownership not in (None, "enforced") else ""
        yield Line(f"Create S3 bucket '{name}'{whose}", "Store your application data securely", (call,))
        yield from self.update(new, self._beyond_blank(want), place, facts)

    def _beyond_blank(self, want: BucketSpec) -> BucketSpec:
        """What a new bucket must still be told: what is wanted, less what it is anyway or was told at its create."""
        blank = {**self.blank(), "encryption": None, "ownership": want.ownership}
        return BucketSpec.of(
            {
                field: value
                for field, value in want.document.items()
                if field not in blank or not same(value or None, blank[field] or None)
            }
        )

    def update(self, have: Actual, changed: BucketSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        yield from setting_lines(have, changed, facts or BucketFacts(), place)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        yield emptying_line(have)
        yield Line(
            f"Delete S3 bucket '{have.name}'",
            "No longer wanted",
            (
                Call("s3", "DeleteBucket", {"Bucket": have.id}, absent_on=("NoSuchBucket",), idempotent=True),
                *shut_calls(have, facts or BucketFacts()),
            ),
        )

    def marked_together(self, call: Call, have: Actual, tags: Mapping[str, str | None]) -> Batch | None:
        return written_together(call, have, tags)

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
        elif want.has("public_access"):
            for name in policy_opens(want.policy):
                message = f"its policy lets anybody in ('{name}'), which S3 refuses while public access is blocked"
                yield Finding("blocked", address, message, "--public-access on, or give the statement a condition")
        if want.website:
            better = "the outcome `static-site`: a private bucket behind a CDN"
            yield Finding("note", address, "a bucket's own website has no HTTPS and must be public", better)
            if want.has("public_access") and not want.public_access:
                yield Finding("warning", address, "nobody can read the website: public access is blocked", better)
        if want.logging and want.logging.bucket:
            message = f"the policy of bucket {plain(want.logging.bucket)} must let logging.s3.amazonaws.com put objects"
            yield Finding("note", address, message, "a statement in its `policy`")

    def clashes(
        self, address: str, want: BucketSpec, facts: Facts, siblings: Sequence[BucketSpec]
    ) -> Iterator[Finding]:
        if (facts or BucketFacts()).taken:
            message = "another account has a bucket of this name: names are unique in all of AWS"
            yield Finding("blocked", address, message, "choose another name")

    def foreign(self, have: Actual) -> str:
        return ", ".join(foreign_parts(have.provider_data))

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "an empty bucket with these settings is made again if its name is free then")

    def holds(self, have: Actual, facts: Facts) -> str:
        return (facts or BucketFacts()).holds

    def reversal(self, have: Actual, changed: BucketSpec) -> Reversal:
        days = changed.lifecycle and (
            changed.lifecycle.delete_after_days or changed.lifecycle.delete_old_versions_after_days
        )
        if days:
            return Reversal("loses data", f"objects older than {days} days are deleted and do not come back")
        return Reversal()


def _taken(name: str) -> Reading[bool]:
    """Whether there is such a bucket, when it is known to be none of ours. One that lets nobody in answers that it is
    forbidden, one of another region that it is elsewhere; only a free name is not found."""
    try:
        there = yield read("s3", "HeadBucket", {"Bucket": name}, absent_on=("404", "NoSuchBucket"))
    except CallError as error:
        if error.failure != "denied" and error.code not in ELSEWHERE:
            raise
        return True
    return there is not None


def _outputs(name: str) -> Mapping[str, Capture]:
    """All of a bucket's outputs are known by its name: JMESPath raw strings."""
    return {"id": Capture(f"'{name}'"), "arn": Capture(f"'arn:aws:s3:::{name}'"), "name": Capture(f"'{name}'")}
