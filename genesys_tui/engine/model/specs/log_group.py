"""The universal spec of a log group: lines of a program, kept for a while."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from genesys_tui.engine.model.specs.base import Refers, Spec

DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)


def _kept(days: int) -> int:
    if days not in DAYS:
        raise ValueError(f"CloudWatch keeps logs for {', '.join(map(str, DAYS))} days, or for ever")
    return days


Days = Annotated[int, AfterValidator(_kept)]
"""How long lines are kept."""


class LogGroupSpec(Spec):
    """A log group. `retention`: days; absent: for ever."""

    retention: Days | None = None
    key: Annotated[str, Refers("key", "arn")] | None = None
    tier: Literal["standard", "infrequent"] | None = None

    never_absent: ClassVar[frozenset[str]] = frozenset({"tier"})

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateLogGroup, CloudWatch Logs API reference."""
        if name.startswith("aws/") or not re.fullmatch(r"[\w./#-]{1,512}", name, re.ASCII):
            return "1 to 512 letters, digits and any of . - _ / #, and no aws/ at the start"
        return ""
