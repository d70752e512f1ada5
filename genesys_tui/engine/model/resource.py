"""What you want, what is there, and what we remember: three records of one shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from genesys_tui.engine.model.document import Document, Path

Origin = Literal["file", "words"]

MARK_PREFIX = "genesys:"
"""Our own tags start so. They are never part of a spec."""


def address_of(kind: str, name: str) -> str:
    """`bucket.my-data`: how a resource is named in plans, files and state."""
    return f"{kind}.{name}"


def split_address(address: str) -> tuple[str, str]:
    """Kind and name; a name may itself hold dots."""
    kind, _, name = address.partition(".")
    return kind, name


class Reference(str):
    """A text of the stack file that holds `${kind.name.output}`. Kept as written; resolved only when it is sent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file: 1-based line and column, and the path of keys that leads there."""

    file: str
    line: int
    column: int = 1
    path: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" + (f" ({self.path})" if self.path else "")


@dataclass(frozen=True, slots=True)
class Desired:
    """One resource that is wanted. `spec` holds only what was asked for, validated.

    `complete`: the spec is the whole wish (a stack file), so that a field it drops is reset; words are only a patch.
    `adopt`: take over what exists under this name. `modify`: it must exist; do not create it. `needs`: addresses that
    must be done before. `outcome`: the sentence of the outcome that it is a part of; plans group by it. `tagged`: what
    is adopted gets our own tags; else it is only remembered.
    """

    address: str
    kind: str
    name: str
    spec: Document
    complete: bool = False
    adopt: bool = False
    modify: bool = False
    needs: tuple[str, ...] = ()
    mark: Mark | None = None
    outcome: str = ""
    tagged: bool = True

    @property
    def origin(self) -> Origin:
        return "file" if self.complete else "words"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something wanted as a whole (`static-site`), that stands for several resources. `spec`: what was asked for,
    validated. `complete`: as in `Desired`."""

    kind: str
    name: str
    spec: Document
    complete: bool = False
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """All that is wanted at once: what an intent or a stack file comes to.

    `whole`: remembered resources that came from a file and are not here any more are to be deleted.
    `source`: the words or the file, for the plan's title. `stack`/`region`: None where the wish does not say.
    `outcomes` become resources when it is planned. `delete_data`: what holds data may be deleted.
    `forced`: addresses that are adopted though another tool manages them. `threshold`: the score from which
    on adopting needs no typed confirmation; None: as it is configured.
    """

    resources: tuple[Desired, ...]
    source: str
    whole: bool = False
    stack: str | None = None
    region: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    delete_data: bool = False
    forced: frozenset[str] = frozenset()
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Actual:
    """What is there. `spec` has only the fields that were read; `tags` are all tags, ours and AWS's too.

    `provider_data`: raw facts of the provider that lowering needs later (part ids and the like). `of_aws`: why it is
    AWS's own furniture ("the default VPC"); empty where it is the account's. `transition`: what is under way with it
    (`creating`, `deleting`); empty where it is settled.
    """

    kind: str
    id: str
    name: str
    region: str
    spec: Document = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    arn: str = ""
    created: datetime | None = None
    provider_data: Mapping[str, Any] = field(default_factory=dict)
    of_aws: str = ""
    transition: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What we remember of one resource.

    `spec`: the managed fields and their values, nothing else. `asked`: those of them that were asked for; the others
    are defaults of good practice, managed since the create. `owned`: False for a thing that is only used (referenced),
    and so never changed or destroyed. `outputs`: what others may refer to. `needs`: addresses it refers to.
    `pending`: the token of a create of which it is not known whether it happened (the answer was lost, or the process
    died): what is found under the name and bears the token is ours. `created`: the provider's own time of creation, as
    read back: it tells ours from a later one of the same name.
    """

    address: str
    kind: str
    name: str
    id: str
    region: str
    spec: Document
    asked: frozenset[Path] = frozenset()
    outputs: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = "words"
    owned: bool = True
    adopted: bool = False
    needs: tuple[str, ...] = ()
    created: datetime | None = None
    pending: str = ""
