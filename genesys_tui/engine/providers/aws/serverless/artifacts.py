"""Code that is too big for one call goes through a bucket of the account. Source: Lambda quotas; "Amazon S3 bucket
owner condition", S3 user guide. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from genesys_tui.engine.model.call import Blob, Call, Params, Value
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line

THERE = ("BucketAlreadyOwnedByYou",)
DAYS = 1
"""How long an upload is kept: Lambda has made a copy of its own by then."""


def code_of(digest: str, place: Placement) -> dict[str, Value]:
    """Where Lambda finds the zip of this hash: in the call itself, or in the bucket."""
    if digest not in place.heavy:
        return {"ZipFile": Blob(digest)}
    return {"S3Bucket": bucket(place), "S3Key": f"{digest}.zip"}


def needed(digest: str, place: Placement) -> Mapping[str, tuple[str, ...]]:
    """What the caller of Lambda must be allowed, who has it read from the bucket."""
    return {"s3:GetObject": (_arn(place, "/*"),)} if digest in place.heavy else {}


def bucket(place: Placement) -> str:
    """The name that the bucket has in every account."""
    return f"genesys-artifacts-{place.account}-{place.region}"


def uploaded(digest: str, what: str, place: Placement) -> Iterator[Line]:
    """The line that puts a zip into the bucket, if it is too big for one call. Only a bucket of this account will do:
    its name can be guessed, and somebody else may have taken it."""
    if digest not in place.heavy:
        return
    ours: Params = {"Bucket": bucket(place), "ExpectedBucketOwner": place.account}
    rule: Params = {"ID": "uploads", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": DAYS}}
    kept: Params = {**ours, "LifecycleConfiguration": {"Rules": [rule]}}
    upload: Params = {**ours, "Key": f"{digest}.zip", "Body": Blob(digest)}
    size = place.heavy[digest]
    yield Line(
        f"Upload {what} ({size / (1 << 20):.0f} MB) to bucket '{bucket(place)}'",
        "Lambda takes more than 50 MB from a bucket only; it is made where it is missing, and keeps nothing for long",
        (
            Call("s3", "CreateBucket", _made(place), absent_on=THERE, idempotent=True),
            Call("s3", "PutBucketLifecycleConfiguration", kept, idempotent=True),
            Call("s3", "PutObject", upload, idempotent=True, seconds=size / (8 << 20)),
        ),
    )


def _made(place: Placement) -> Params:
    where = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
    return {"Bucket": bucket(place), **({"CreateBucketConfiguration": where} if where else {})}


def _arn(place: Placement, rest: str) -> str:
    return f"arn:{place.partition}:s3:::{bucket(place)}{rest}"
