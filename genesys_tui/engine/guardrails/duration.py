"""How long a plan takes, as a rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.plan import Step

POLLS = 2
"""How often a wait usually has to look again."""

AT_ONCE = 32
"""How many calls are under way at once, as a rule."""


def estimate(steps: Sequence[Step]) -> float:
    """Seconds along the longest chain of `needs`, or for the mere number of calls where that takes longer. The steps
    are in the order of dependencies, as a plan holds them."""
    ends: dict[str, float] = {}
    for step in steps:
        start = max((ends.get(address, 0.0) for address in step.needs), default=0.0)
        ends[step.address] = start + sum(map(_seconds, step.calls))
    sending = sum(call.seconds for step in steps for call in step.calls) / AT_ONCE
    return round(max(sending, *ends.values()), 1) if ends else 0.0


def in_words(seconds: float) -> str:
    """`~3 seconds`, `~5 minutes`, `~1.5 hours`."""
    if seconds <= 0:
        return "no time"
    if seconds < 60:
        return _about(max(1, round(seconds)), "second")
    if seconds < 3600:
        return _about(round(seconds / 60), "minute")
    return _about(round(seconds / 3600, 1), "hour")


def _seconds(call: Call) -> float:
    looks = call.guard.read.seconds if call.guard else 0.0
    waiting = POLLS * call.wait.interval if call.wait else 0.0
    return call.seconds + looks + waiting


def _about(count: float, unit: str) -> str:
    return f"~{count:g} {unit}" + ("" if count == 1 else "s")
