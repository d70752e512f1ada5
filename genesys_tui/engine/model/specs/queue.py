"""The universal spec of a queue: work that waits until someone has time for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Part, Refers, Spec


class DeadLetter(Part):
    """Where a message goes that was received `after` times and never deleted."""

    queue: Annotated[str, Refers("queue", "arn")] | None = None
    after: Annotated[int, Field(ge=1, le=1000)] | None = None


class QueueSpec(Spec):
    """A queue; one whose name ends in `.fifo` keeps the order. `encryption`: `managed` (SSE-SQS) or a KMS key."""

    takes_aws: ClassVar[bool] = True
    never_absent: ClassVar[frozenset[str]] = frozenset({"visibility_timeout", "retention", "delay", "receive_wait"})

    visibility_timeout: Annotated[int, Field(ge=0, le=43_200)] | None = None
    """Seconds in which nobody else sees a message that was received."""
    retention: Annotated[int, Field(ge=60, le=1_209_600)] | None = None
    """Seconds that a message waits at most."""
    delay: Annotated[int, Field(ge=0, le=900)] | None = None
    """Seconds until a new message can be received."""
    receive_wait: Annotated[int, Field(ge=0, le=20)] | None = None
    """Seconds that a receive waits for a message (long polling)."""
    dead_letter: DeadLetter | None = None
    encryption: Annotated[str, Refers("key", "arn", ("managed",))] | None = None
    deduplicate: bool | None = None
    """By content; of a FIFO queue only."""

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateQueue, SQS API reference."""
        if re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", name):
            return ""
        return "1 to 80 letters, digits, hyphens and underscores; a FIFO queue ends in .fifo"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.dead_letter and bool(self.dead_letter.queue) != bool(self.dead_letter.after):
            yield ("dead_letter",), "it takes both `queue` and `after`"
