"""The universal spec of a schedule: at a time, in the time zone of people, something is started."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, Refers, Spec
from genesys_tui.engine.model.specs.rule import TargetEntry

_WHEN = re.compile(
    r"rate\([1-9][0-9]* (minutes?|hours?|days?)\)|cron\(\S+( \S+){5}\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)"
)


def _when(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and not _WHEN.fullmatch(value):
        raise ValueError("it takes rate(5 minutes), cron(0 3 * * ? *) with six fields, or at(2026-12-24T18:00:00)")
    return value


def _zone(value: str, info: ValidationInfo) -> str:
    if info.context == WISH and value not in available_timezones():
        raise ValueError("it takes a zone such as Europe/Berlin, or UTC")
    return value


class ScheduleSpec(Spec):
    """A schedule of EventBridge. Without a `role` it gets one that may start its target, and nothing else."""

    takes_tags: ClassVar[bool] = False
    never_absent: ClassVar[frozenset[str]] = frozenset({"when", "timezone", "target", "role", "enabled", "group"})

    when: Annotated[str, AfterValidator(_when)] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] | None = None
    target: TargetEntry | None = None
    role: Annotated[str, Refers("role", "arn")] | None = None
    enabled: bool | None = None
    window: Annotated[int, Field(ge=1, le=1440)] | None = None
    """Minutes within which it may start; absent: on the minute."""
    description: Annotated[str, Field(max_length=512)] | None = None
    group: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=64)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateSchedule, EventBridge Scheduler API reference."""
        return "" if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) else "1 to 64 letters, digits, dots, hyphens and _"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.target and not self.target.arn:
            yield ("target",), "it takes `function`, `queue`, `topic` or `arn`"
