"""A call to a cloud, as data. Sentences, permissions, cost, counts and the dry run all derive from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from hashlib import sha256
from json import dumps
from typing import Any, Literal, TypeAlias

from genesys_tui.engine.model.references import Output

Effect = Literal["read", "write", "secret"]

Answer: TypeAlias = Mapping[str, Any]
"""What the provider's parser returned. Its shape is the provider's API reference; only kinds take it apart."""


@dataclass(frozen=True, slots=True)
class Token:
    """`<execution>/<address>`, known only when the call is sent. Written as the tag `genesys:step`, so that a create
    whose answer was lost can be found again. `digest`: as 32 hexadecimal digits, for client tokens."""

    digest: bool = False


@dataclass(frozen=True, slots=True)
class Json:
    """A document that the API takes as a text (a policy). What it nests is filled in before it is written."""

    document: Value


@dataclass(frozen=True, slots=True)
class Joined:
    """One text made of parts that are known only when the call is sent."""

    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of an artifact that was made on this machine, known by its SHA-256 in hexadecimal. `size`: only so many
    of them, from `start` on; None: all."""

    sha256: str
    start: int = 0
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that is read only when the call is sent, and kept nowhere. `source`: `env:NAME`, `file:PATH` or
    `random:LENGTH`."""

    source: str


@dataclass(frozen=True, slots=True)
class Each:
    """In the params of a call with `repeat`, what its read found; with `merge`, the whole document."""


Value: TypeAlias = (
    "bool | int | float | str | bytes | datetime | Output | Token | Json | Joined | Blob | Secret | Each"
    " | Sequence[Value] | Mapping[str, Value] | None"
)
Params: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Capture:
    """Where an output stands in an answer: a JMESPath `expression`. A required one that is not there is a failure. One
    whose name starts with `_` is for the later calls of its step only. `drop`: what is taken off its start."""

    expression: str
    required: bool = True
    drop: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Poll `read` until `done` holds (JMESPath, truthy; an absent answer is `{}`), fail when `failed` does, give up
    after `limit` seconds. `captures` are taken from the last answer. `reason`: where that says why it failed."""

    read: Call
    done: str
    why: str
    failed: str | None = None
    interval: float = 1.0
    limit: float = 60.0
    captures: Mapping[str, Capture] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Find:
    """Did our own create, whose answer we never saw, happen? `read` is asked; the call's captures are taken from its
    answer by `captures`. Nothing found (an absent answer or a required capture missing) means that it did not.
    `codes` are the errors (an AlreadyExists) that mean so, but only after an attempt of our own was journalled."""

    read: Call
    captures: Mapping[str, Capture]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryOn:
    """An answer of eventual consistency: retried while `code` is answered with `message` in its text, for at most
    `seconds`."""

    code: str
    seconds: float = 30.0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """`read`, take what JMESPath `items` finds, send the call with it in place of `Each()`; until nothing is found."""

    read: Call
    items: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A policy that the call replaces whole, and in which others own statements too: `read` just before it is sent, at
    JMESPath `at` (a text; nothing: no policy yet), and sent in place of `Each()` with these `statements` by Sid in it
    (None: taken out). `empty`: what is sent where none is left; None: then it can't be sent."""

    read: Call
    at: str
    statements: Mapping[str, Value]
    empty: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One `call` that does for several steps what each one's own call does for one thing. It is equal for all that go
    together, and takes up to `limit` of their `item`s in its param `items`. Those that JMESPath `failed` finds in its
    answer, and all where it fails as a whole, are left to their own calls. `sort`: what may be known to fail alike.
    """

    call: Call
    item: str
    items: str
    failed: str
    sort: str
    limit: int = 20

    @property
    def key(self) -> str:
        """Equal for those that may go together."""
        return dumps([self.call.name, self.call.region, self.call.params], sort_keys=True, default=repr)


@dataclass(frozen=True, slots=True)
class Guard:
    """A read whose answer at JMESPath `at` must still have `fingerprint` just before the call is sent: it protects what
    others wrote into a document that the call replaces whole."""

    read: Call
    at: str
    fingerprint: str


def fingerprint(document: object) -> str:
    """Short and stable, of a document as it was read; nothing at all is as good as an empty list."""
    return sha256(dumps(document or [], sort_keys=True, default=str).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Call:
    """One API call. `params` may nest `Output` and `Token`, filled in when it is sent.

    `absent_on`: error codes that are an answer, read as None. `on`: ARNs (patterns) of the resources that the caller
    must be allowed it on; none: any. `also_needs`: IAM actions beyond the operation's own, with the ARNs each is needed
    on. `moved_on`: error codes that say that somebody changed it since the plan was made. `seconds`: the usual time of
    one call, without its wait. `idempotent`: sending it twice is as sending it once. A read may have a `wait` too: then
    it is a line that waits for what is under way.
    """

    service: str
    operation: str
    params: Params = field(default_factory=dict)
    _: KW_ONLY
    effect: Effect = "write"
    provider: str = "aws"
    region: str | None = None
    paginate: bool = False
    absent_on: tuple[str, ...] = ()
    captures: Mapping[str, Capture] = field(default_factory=dict)
    wait: Wait | None = None
    retry_on: tuple[RetryOn, ...] = ()
    find: Find | None = None
    guard: Guard | None = None
    moved_on: tuple[str, ...] = ()
    idempotent: bool = False
    on: tuple[str, ...] = ()
    also_needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeat: Repeat | None = None
    merge: Merge | None = None
    batch: Batch | None = None
    seconds: float = 0.3

    @property
    def name(self) -> str:
        """`s3:CreateBucket`: service and operation as the API names them."""
        return f"{self.service}:{self.operation}"


def read(
    service: str,
    operation: str,
    params: Params | None = None,
    *,
    paginate: bool = False,
    absent_on: tuple[str, ...] = (),
    region: str | None = None,
) -> Call:
    """A call that only looks. What truly may pass in read-only is the provider's table, not this word."""
    return Call(
        service,
        operation,
        params or {},
        effect="read",
        paginate=paginate,
        absent_on=absent_on,
        region=region,
        idempotent=True,
    )
