"""Files of this machine in S3. Source: the S3 API reference.

The ETag of an object that was put in one call into a bucket encrypted by S3's own keys is its MD5. Where a bucket has a
KMS key it is not, and every file is sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from mimetypes import guess_type
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Blob, Call, Capture, Params, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.content import ContentSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import Tagging

PUTS = Price("uploads", "1,000 requests", 0.005, low=0.1, typical=1, high=100)
GONE = ("NoSuchBucket",)
BATCH = 1_000
"""Keys that DeleteObjects takes."""
FRESH, LASTING = "no-cache", "public, max-age=31536000, immutable"


def _id(id: str) -> tuple[str, str]:
    """Bucket and prefix."""
    bucket, _, prefix = id.partition("/")
    return bucket, prefix


def _listed(id: str) -> Call:
    bucket, prefix = _id(id)
    return read("s3", "ListObjectsV2", {"Bucket": bucket, "Prefix": prefix}, paginate=True, absent_on=GONE)


class Content(Described[ContentSpec]):
    """The objects under a prefix of a bucket that are ours. Its id is its name."""

    name = "content"
    title = "files in a bucket"
    noun = "files"
    purpose = "files"
    spec = ContentSpec
    everywhere = True
    listed = False
    create_only: ClassVar[frozenset[str]] = frozenset({"bucket"})
    kept: ClassVar[frozenset[str]] = frozenset({"bucket", "distribution"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    tagging = Tagging("s3")
    parts: ClassVar[Mapping[str, Part]] = {"objects": Part(_listed)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """The objects of buckets are no part of an inventory: there may be billions."""
        yield Found(())

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset({"files"})))

    def composed(self, id: str, told: Told) -> Actual | None:
        bucket, prefix = _id(id)
        found = (told["objects"] or {}).get("Contents") or ()
        files = {one["Key"].removeprefix(prefix): one["ETag"].strip('"') for one in found}
        if not files:
            return None
        return Actual("content", id, id, "", {"bucket": bucket, "files": files})

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"files": {}}

    def create(self, name: str, want: ContentSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.files:
            todo = "name their folder: source: ./public"
            raise GenesysError(f"there are no files for '{name}'", todo=todo)
        yield _upload(name, want.files, place, {"id": fixed(name), "name": fixed(name)})

    def update(self, have: Actual, changed: ContentSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        put = {name: digest for name, digest in (changed.files or {}).items() if digest}
        gone = [name for name, digest in (changed.files or {}).items() if not digest]
        if put:
            yield _upload(have.id, put, place, {})
        if gone:
            yield _take_away(have.id, gone, f"Take {_counted(gone)} out of '{have.id}'")
        if (put or gone) and changed.distribution:
            yield _refresh(changed.distribution)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        files: Any = have.spec.get("files") or {}
        yield _take_away(have.id, list(files), f"Delete {_counted(list(files))} from '{have.id}'")

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "name": have.name}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: ContentSpec) -> tuple[Price, ...]:
        return (PUTS,)

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "the files are put back as long as they are among this machine's artifacts")


def _counted(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} files"


def _upload(id: str, files: Mapping[str, str | None], place: Placement, outputs: Mapping[str, Capture]) -> Line:
    """Pages that name others are sent last, so that nobody is shown what is not there yet."""
    bucket, prefix = _id(id)
    names = sorted(files, key=lambda name: (name.endswith(".html"), name))
    calls = tuple(
        Call(
            "s3",
            "PutObject",
            {"Bucket": bucket, "Key": prefix + name, "Body": Blob(str(files[name])), **_headers(name)},
            captures=outputs,
            idempotent=True,
            on=(f"arn:{place.partition}:s3:::{bucket}/*",),
            seconds=0.2,
        )
        for name in names
    )
    return Line(f"Upload {_counted(names)} to '{id}'", "They are new, or others than those there", calls)


def _headers(name: str) -> dict[str, Value]:
    """What browsers are told: pages are asked for again each time; what bears its hash in its name lasts."""
    kind, encoding = guess_type(name)
    kind = kind or "application/octet-stream"
    text = f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith(("/javascript", "/json")) else kind
    hashed = any(len(part) >= 8 and part.isalnum() and any(map(str.isdigit, part)) for part in _parts(name)[1:-1])
    encoded: dict[str, Value] = {"ContentEncoding": encoding} if encoding else {}
    return {"ContentType": text, "CacheControl": LASTING if hashed else FRESH, **encoded}


def _parts(name: str) -> list[str]:
    """`app`, `3f9a1c2b`, `js` of `assets/app-3f9a1c2b.js`."""
    last = name.rpartition("/")[2]
    return list(chain.from_iterable(part.split("-") for part in last.split(".")))


def _take_away(id: str, names: list[str], sentence: str) -> Line:
    bucket, prefix = _id(id)
    calls = []
    for start in range(0, len(names), BATCH):
        objects: list[Value] = [{"Key": prefix + name} for name in names[start : start + BATCH]]
        params: Params = {"Bucket": bucket, "Delete": {"Objects": objects, "Quiet": True}}
        calls.append(Call("s3", "DeleteObjects", params, absent_on=GONE, idempotent=True))
    return Line(sentence, "They are wanted no more", tuple(calls))


def _refresh(distribution: Value) -> Line:
    batch: Params = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": Token()}
    params: Params = {"DistributionId": distribution, "InvalidationBatch": batch}
    call = Call("cloudfront", "CreateInvalidation", params, idempotent=True)
    return Line("Let CloudFront forget what it keeps", "Readers get the new files at once", (call,))
