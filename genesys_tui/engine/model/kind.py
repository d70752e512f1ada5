"""The contract of a resource kind: sans-I/O reads, writes as data.

A read is a generator (`Reading`). It yields a `Call` and is sent its answer (None where an `absent_on` code came; other
errors are thrown in as `CallError`); or yields a list of calls and readings, and is sent the list of their answers, in
which an answer may be a `CallError`; or yields `Found`, which streams a page of a listing. It returns what was read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from genesys_tui.engine.model.call import Batch, Call
from genesys_tui.engine.model.document import Document, Path
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual, Desired, Fragment
from genesys_tui.engine.model.specs.base import Spec

AnyKind: TypeAlias = "Kind[Any]"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a listing."""

    actuals: tuple[Actual, ...]


T = TypeVar("T")
S = TypeVar("S", bound=Spec)

Ask: TypeAlias = "Call | Found | list[Call | Reading[Any]]"
Reading: TypeAlias = Generator[Ask, Any, T]

Fields: TypeAlias = frozenset[str]
"""Top fields of a spec that a read must fill: only what is managed or on screen costs a call."""

Facts: TypeAlias = Any
"""What a kind's own `prepare` read for its own lowering (zones, raw documents); nobody else looks inside."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What lowering may know of where and for whom it works."""

    region: str
    stack: str = ""
    account: str = ""
    delete_data: bool = False
    """Whether it was asked for to delete what holds data."""
    emptied: frozenset[str] = frozenset()
    """Addresses that others stand in which the same plan deletes first: what is in them now tells nothing."""
    heavy: Mapping[str, int] = field(default_factory=dict)
    """The artifacts that are too big for one call: their bytes, by SHA-256 in hexadecimal."""

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`: the second word of an ARN."""
        if self.region.startswith("cn-"):
            return "aws-cn"
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def arn(self, service: str, rest: str, *, region: str | None = None) -> str:
        """`arn:aws:sqs:eu-west-1:123456789012:my-queue`; an empty `region` for what is global."""
        where = self.region if region is None else region
        return f"arn:{self.partition}:{service}:{where}:{self.account or '*'}:{rest}"


class Kind(ABC, Generic[S]):
    """A resource kind. Everything but the readings is pure. Its word and section are in the registry."""

    name: ClassVar[str]
    """`bucket`: the word in addresses, files and intents."""
    title: ClassVar[str]
    """`S3 bucket`: the words in a plan."""
    purpose: ClassVar[str]
    """`secure S3 bucket`: what a plan's title says is deployed."""
    spec: type[S]
    create_only: ClassVar[frozenset[str]] = frozenset()
    """Top fields that can't change in place: a change replaces the resource."""
    kept: ClassVar[frozenset[str]] = frozenset()
    """Top fields that, once dropped from a stack file, stay as they are rather than being reset: what can't change in
    place anyway, and what only chose other fields when it was made."""
    defaults: ClassVar[Document] = {}
    """Good practice that needs no facts: what a create is filled with, and what a dropped field goes back to."""
    practice: ClassVar[frozenset[str]] = frozenset()
    """Top fields of `defaults` that what is there should have too; the others are choices."""
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    """What `${kind.name.output}` may name. `subnet_*` stands for all that start so."""

    def has_output(self, name: str) -> bool:
        """Whether it is an output that such a thing may have."""
        return name in self.outputs or any(
            one.endswith("*") and name.startswith(one[:-1]) and len(name) >= len(one) for one in self.outputs
        )

    shared: ClassVar[bool] = False
    """Whether it is the same for everybody under one name: used where it is there already, left to others by a plan
    that wants it no more, and deleted only where nobody uses it."""
    everywhere: ClassVar[bool] = False
    """Whether it is told alike in every region: then an account lists it once."""
    listed: ClassVar[bool] = True
    """Whether `discover` finds all of the kind: not so where there may be too many to look."""

    @property
    def fields(self) -> Fields:
        """All top fields of the spec that a read can fill. Of `aws`, as wide as the provider's own document, only
        what is wanted or managed is looked at."""
        unread = {"aws"} if self.spec.takes_tags else {"aws", "tags"}
        return frozenset(self.spec.model_fields) - self.spec.write_only - unread

    # reading ------------------------------------------------------------------------------------------------------
    @abstractmethod
    def discover(self, place: Placement) -> Reading[None]:
        """List all of the kind by bulk calls, streaming `Found`, each with its ARN. Specs hold only what the listing
        itself tells; details are read when they are on screen or planned."""

    @abstractmethod
    def locate(self, name: str) -> Reading[Actual | None]:
        """The one existing resource that goes by this name, bare; None where there is none."""

    @abstractmethod
    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        """The resource with these fields of its spec filled; None where it does not exist (any more)."""

    def prepare(self, name: str, want: S, have: Actual | None) -> Reading[Facts]:
        """What lowering must know beyond the two specs. Read at plan time. `want` holds only what is to change; with
        `have` and an empty `want` a delete is being prepared."""
        yield from ()
        return None

    # lowering -----------------------------------------------------------------------------------------------------
    @abstractmethod
    def fill(self, want: S, facts: Facts, siblings: Sequence[S]) -> S:
        """`want` completed with the defaults of good practice, for a create. `siblings`: the filled specs of the same
        kind that this plan creates before it."""

    @abstractmethod
    def create(self, name: str, want: S, place: Placement, facts: Facts) -> Iterator[Line]:
        """The lines that make it. They must capture at least the output `id`."""

    @abstractmethod
    def update(self, have: Actual, changed: S, place: Placement, facts: Facts) -> Iterator[Line]:
        """The fewest calls that bring `changed` (only the fields that differ; None = remove) about and touch nothing
        else. Also completes a create that was cut off."""

    @abstractmethod
    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        """The lines that remove it and its parts."""

    @abstractmethod
    def mark(self, have: Actual, tags: Mapping[str, str | None], facts: Facts) -> Iterator[Line]:
        """The lines that write these tags (ours among them: adopt; None removes: forget) and nothing else."""

    def marked_together(self, call: Call, have: Actual, tags: Mapping[str, str | None]) -> Batch | None:
        """How one call may do for several things what this `call` of `mark` does for one; None where none can."""
        return None

    def companions(self, desired: Desired, fragment: Fragment | None) -> tuple[Desired, ...]:
        """What a wish for this kind comes to: itself, perhaps completed, and the resources with addresses of their own
        that it brings along (a function's role and log group). Must come to the same again for what it brought."""
        return (desired,)

    def use(self, want: S, facts: Facts) -> Actual | None:
        """An existing thing that is not ours and suits, to be used rather than created."""
        return None

    def users(self, have: Actual, facts: Facts) -> tuple[str, ...]:
        """Of what is shared, before a delete: the ARNs of all that use it now."""
        return ()

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        """The outputs of a thing that was read, even with no field of its spec: all that it declares."""
        return {"id": have.id, "arn": have.arn, "name": have.name}

    def made_by(self, have: Actual, token: str) -> bool:
        """Whether our own create with this token made it. Where the tag can't be seen, the name must do."""
        return have.tags.get(f"{MARK_PREFIX}step", token) == token

    def blank(self) -> Document:
        """The spec that a new, unconfigured resource has: what `create` leaves in the fields it does not set."""
        return {}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: S) -> tuple[Price, ...] | None:
        """What it costs a month; None where we do not know."""
        return ()

    def findings(self, address: str, want: S) -> Iterator[Finding]:
        """What good practice would say of it."""
        yield from ()

    def clashes(self, address: str, want: S, facts: Facts, siblings: Sequence[S]) -> Iterator[Finding]:
        """What a create gets in the way of, or what stands in its own, as `prepare` saw it. `siblings` as in `fill`."""
        yield from ()

    def foreign(self, have: Actual) -> str:
        """What others put into it that its spec does not show; empty where nothing. An undo does not delete that."""
        return ""

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        """What deleting it loses."""
        return Reversal("irreversible")

    def refuses_removal(self, have: Actual, facts: Facts) -> str:
        """Why the cloud would refuse to delete it now (others are in it); empty where it would not."""
        return ""

    def once_gone(self, facts: Facts, gone: frozenset[str]) -> Facts:
        """The facts before a delete as they will be once these addresses are deleted, by the same plan."""
        return facts

    def holds(self, have: Actual, facts: Facts) -> str:
        """The data that deleting it would lose ("its objects"); empty where it holds none. Such a delete is refused
        unless it was asked for in so many words; then `delete` empties it, and keeps a final snapshot where it can."""
        return ""

    def reversal(self, have: Actual, changed: S) -> Reversal:
        """What an update loses."""
        return Reversal()

    def why_asked(self, path: Path) -> str:
        """The reason given for a reset of a field that the stack file dropped."""
        return "No longer in the stack file"
