"""A plan as text: what will happen in numbered sentences, what it needs, costs and takes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.text import about, counted, money
from genesys_tui.engine.model.plan import Cost, Finding, Plan, Step
from genesys_tui.engine.model.shown import shown

BLOCKED = "Blocked: this can't be applied as it is."


def plan_text(plan: Plan, paint: Paint, apply_command: str = "") -> str:
    """The whole plan; `apply_command` is what to type to apply it. One calm line where there is nothing to do."""
    if not plan.steps:
        sections = [_no_steps(plan), _findings(plan, paint), _conflicts(plan)]
    else:
        sections = [
            paint.strong(f"Plan: {shown(plan.title)}"),
            _steps(plan, paint),
            _permissions(plan),
            f"Estimated cost: {shown(plan.cost.headline)}\nTime to complete: {about(plan.duration_seconds)}",
            _usage(plan.cost),
            _one_way(plan, paint),
            _findings(plan, paint),
            _conflicts(plan),
            _unchanged(plan),
            _next(plan, apply_command),
        ]
    return "\n\n".join(section for section in sections if section)


def _no_steps(plan: Plan) -> str:
    if plan.blocked:
        return BLOCKED
    if plan.undoes:
        return f"{shown(plan.title)}. For an older one: genesys history"
    if not plan.unchanged:
        return f"Nothing to do in stack '{shown(plan.stack)}'."
    if len(plan.unchanged) == 1:
        return f"Nothing to do: {shown(plan.unchanged[0])} is as wanted."
    return f"Nothing to do: all {counted(len(plan.unchanged), 'resource')} are as wanted."


def _steps(plan: Plan, paint: Paint) -> str:
    """The sentences, numbered through all steps; each step under its own header where there are several."""
    numbers = count(1)
    if len(plan.steps) == 1:
        return "\n".join(["What will happen:", *_lines(plan.steps[0], numbers, paint)])
    lines = ["What will happen:"]
    outcome = ""
    for step in plan.steps:
        if step.outcome != outcome:
            outcome = step.outcome
            lines += ["", paint.strong(f"== {shown(outcome or 'Beside that')}")]
        lines += ["", _header(step, paint), *_lines(step, numbers, paint)]
    return "\n".join(lines)


def _header(step: Step, paint: Paint) -> str:
    needs = f" (after {', '.join(map(shown, step.needs))})" if step.needs else ""
    return f"{paint.strong(shown(step.address))}: {step.action}{needs}"


def _lines(step: Step, numbers: Iterator[int], paint: Paint) -> Iterator[str]:
    for line in step.lines:
        number = next(numbers)
        yield f"{number}. {shown(line.sentence)}"
        if line.reason:
            yield " " * (len(str(number)) + 2) + paint.faint(f"-> {shown(line.reason)}")


def _permissions(plan: Plan) -> str:
    actions = plan.permissions.actions
    return "\n".join(["Permissions needed:", *(f"- {shown(action)}" for action in actions)]) if actions else ""


def _usage(cost: Cost) -> str:
    """What low, typical and high usage come to, and what they mean."""
    lines = [f"- {shown(assumption)}" for assumption in cost.assumptions]
    if cost.high:
        usage = f"{money(cost.low)} at low, {money(cost.typical)} at typical, {money(cost.high)} at high usage"
        lines.insert(0, f"Cost a month: {usage}" + (", where:" if cost.assumptions else ""))
    if cost.unknown:
        lines.append(f"Not priced: {', '.join(map(shown, cost.unknown))}")
    return "\n".join(lines)


def _one_way(plan: Plan, paint: Paint) -> str:
    steps = [step for step in plan.steps if step.reversal.kind != "reversible"]
    lines = []
    for step in steps:
        loses = paint.bad("loses data") if step.reversal.kind == "loses data" else ""
        words = ": ".join(filter(None, (loses, shown(step.reversal.why))))
        lines.append(f"- {shown(step.address)}" + (f": {words}" if words else ""))
    return "\n".join(["Can't be undone:", *lines]) if lines else ""


def _findings(plan: Plan, paint: Paint) -> str:
    return (
        "\n".join(["Worth knowing:", *(_finding(finding, paint) for finding in plan.findings)]) if plan.findings else ""
    )


def _finding(finding: Finding, paint: Paint) -> str:
    colour = {"blocked": paint.bad, "warning": paint.warning, "note": paint.faint}[finding.severity]
    fix = f"\n  Do: {shown(finding.fix)}" if finding.fix else ""
    return f"- {colour(finding.severity)}: {shown(finding.address)}: {shown(finding.message)}{fix}"


def _conflicts(plan: Plan) -> str:
    """What an undo leaves as it is."""
    lines = [f"- {shown(conflict.address)}: {shown(conflict.message)}" for conflict in plan.conflicts]
    return "\n".join(["Left as it is:", *lines]) if lines else ""


def _unchanged(plan: Plan) -> str:
    return f"Unchanged: {counted(len(plan.unchanged), 'resource')}" if plan.unchanged else ""


def _next(plan: Plan, apply_command: str) -> str:
    if plan.blocked:
        return BLOCKED
    return f"To apply: {shown(apply_command)}" if apply_command else ""
