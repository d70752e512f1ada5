"""How much the plan of a function changes: what a loop applies by itself is its code alone."""

from __future__ import annotations

from genesys_tui.engine.functions.subject import CODE
from genesys_tui.engine.model.loop import Width
from genesys_tui.engine.model.plan import CHANGING, Plan


def width_of(plan: Plan, address: str) -> Width:
    """How much a plan changes. An image that is pushed is no more than code that is sent."""
    steps = [step for step in plan.steps if step.action in CHANGING]
    if not steps:
        return "nothing"
    [first, *more] = [step for step in steps if (step.kind, step.action) != ("image", "create")] or steps
    alone = not more and first.address == address and first.action == "update"
    changed = {change.path for change in first.changes}
    return "code" if alone and changed and changed <= CODE else "wider"
