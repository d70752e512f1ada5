"""What several steps of a plan would each send alike goes together in one call. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from genesys_tui.engine.model.call import Call
from genesys_tui.engine.model.plan import Line, Step


def gathered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps, in which a call keeps its batch only where another may go with it."""
    steps = tuple(steps)
    alike = Counter(call.batch.key for step in steps for call in step.calls if call.batch)
    company = {key for key, count in alike.items() if count > 1}
    return tuple(_gathered(step, company) for step in steps)


def _gathered(step: Step, company: set[str]) -> Step:
    if not any(call.batch for call in step.calls):
        return step
    return replace(step, lines=tuple(_line(line, company) for line in step.lines))


def _line(line: Line, company: set[str]) -> Line:
    calls = tuple(_call(call, company) for call in line.calls)
    batch = next((call.batch for call in calls if call.batch), None)
    words = f"; one call does up to {batch.limit} like it" if batch else ""
    return replace(line, calls=calls, reason=line.reason + words)


def _call(call: Call, company: set[str]) -> Call:
    alone = call.batch is not None and call.batch.key not in company
    return replace(call, batch=None) if alone else call
