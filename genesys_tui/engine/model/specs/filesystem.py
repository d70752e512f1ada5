"""The universal spec of a filesystem: files that many instances share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Part, Refers, Text
from genesys_tui.engine.model.specs.named import NamedByTag

Days = Literal[1, 7, 14, 30, 60, 90, 180, 270, 365]


class Lifecycle(Part):
    """What becomes of files that nobody reads for so many days."""

    infrequent_after_days: Days | None = None
    """Until they are kept more cheaply, and read at a price."""
    archive_after_days: Days | None = None
    """Until they are kept more cheaply still."""
    back_on_access: bool | None = None
    """Whether a file that is read comes back."""


class FilesystemSpec(NamedByTag):
    """A shared filesystem (NFS). It is reached through a mount target in each of its `subnets`, one in a zone at the
    most; with only a `network` given, in one subnet of each of its zones, a private one where there is one.
    `encryption`: `managed` (the key that AWS keeps for filesystems) or a KMS key."""

    takes_aws: ClassVar[bool] = True
    longest_name: ClassVar[int] = 256
    never_absent: ClassVar[frozenset[str]] = frozenset(
        {"performance", "throughput", "backups", "network", "security_groups"}
    )

    performance: Literal["general", "max-io"] | None = None
    throughput: Literal["elastic", "bursting"] | Annotated[int, Field(ge=1, le=3414)] | None = None
    """`elastic` (paid for by what is read and written), `bursting` (grows with its size), or MiB a second."""
    encryption: Annotated[str, Refers("key", "arn", ("managed",))] | None = None
    lifecycle: Lifecycle | None = None
    backups: bool | None = None
    """A backup each day, kept for 35 days (AWS Backup)."""
    network: Annotated[str, Refers("network", "id")] | None = None
    subnets: list[Text] | None = None
    """Ids of subnets, or references to them: `${network.main.subnet_private_a}`."""
    security_groups: Annotated[list[Annotated[str, Refers("security-group", "id")]], Field(min_length=1)] | None = None

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.performance == "max-io" and self.throughput == "elastic":
            yield ("throughput",), "performance max-io takes bursting, or MiB a second"
        lifecycle = self.lifecycle or Lifecycle()
        infrequent, archive = lifecycle.infrequent_after_days, lifecycle.archive_after_days
        if archive and self.throughput not in (None, "elastic"):
            yield ("lifecycle", "archive_after_days"), "only a filesystem with elastic throughput has an archive"
        if infrequent and archive and archive <= infrequent:
            yield ("lifecycle", "archive_after_days"), f"more than the {infrequent} days of `infrequent_after_days`"
