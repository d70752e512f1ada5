"""What would be better about a resource that is there. Never a change: nobody asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Topic = Literal["practice", "overlap", "duplicate", "unused"]
"""`practice`: a setting is not what good practice has. `overlap`: its addresses are another network's too. `duplicate`:
it looks like a copy of another thing. `unused`: nothing seems to use it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`words`: what is there. `fix`: what would be better, where a setting can say it (`--versioning on`). `usd`: US
    dollars a month that it costs as it is; None where that is not known, or nothing."""

    topic: Topic
    words: str
    fix: str = ""
    usd: float | None = None
