"""The side pane of a plan: what it needs, costs and risks; a step's calls and differences; how an apply ended."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from genesys_tui.engine.model.call import Call, Token
from genesys_tui.engine.model.document import UNSET, dotted
from genesys_tui.engine.model.history import ExecutionRecord, ExecutionStatus, StepRecord
from genesys_tui.engine.model.plan import Plan, Step
from genesys_tui.engine.model.references import Output
from genesys_tui.tui.progress import StepProgress
from genesys_tui.tui.text import count, setting, took
from genesys_tui.tui.widgets.words import Page

PARAMS = 6_000
"""Characters of one call's parameters that are shown."""
OUTCOMES: dict[ExecutionStatus, str] = {
    "running": "▸ Running, or cut off",
    "done": "✓ Done",
    "failed": "✗ Not all done",
    "cancelled": "! Cancelled: not all done",
    "interrupted": "! Interrupted: its process ended before it did",
}
SEVERITY = {"note": ("·", "faint"), "warning": ("!", "warn"), "blocked": ("✗", "bad")}


def money(amount: float) -> str:
    """`$2.10`; below a cent as many digits as it takes."""
    return f"${amount:.2f}" if amount >= 0.01 or amount == 0 else f"${amount:.2g}"


def summary(plan: Plan) -> Page:
    """What the plan as a whole needs, costs and risks."""
    page = Page()
    _findings(page, plan)
    actions = plan.permissions.actions
    page.heading("Permissions", f"{len(actions)} needed" if actions else "none", "faint")
    for action in actions:
        page.line(f"  {action}")
    _cost(page, plan)
    page.heading("Time", f"~{math.ceil(plan.duration_seconds)} s" if plan.changes else "none")
    _undo(page, plan)
    return page


def digest(plan: Plan) -> str:
    """The same in one line, for a narrow screen."""
    lasting = sum(step.reversal.kind != "reversible" for step in plan.steps)
    parts = [
        count(len(plan.permissions.actions), "permission"),
        f"cost {plan.cost.headline}",
        f"~{math.ceil(plan.duration_seconds)} s",
        f"{lasting} can't be undone" if lasting else "all reversible",
        count(len(plan.findings), "finding") if plan.findings else "",
    ]
    return " · ".join(part for part in parts if part)


def in_keys(fix: str) -> str:
    """A fix as it is done here: a flag of the shell is a key."""
    return fix.replace("--adopt", "A")


def _findings(page: Page, plan: Plan) -> None:
    if not plan.findings:
        return
    blocked = plan.blocked
    page.heading("Findings", "blocked: this can't be applied" if blocked else "", "bad")
    for finding in sorted(plan.findings, key=lambda finding: finding.severity != "blocked"):
        sign, tone = SEVERITY[finding.severity]
        page.line(f"  {sign} {finding.severity}  {finding.address}", tone)
        page.line(f"    {finding.message}")
        if finding.fix:
            page.line(f"    → {in_keys(finding.fix)}", "accent")


def _cost(page: Page, plan: Plan) -> None:
    cost = plan.cost
    page.heading("Cost", cost.headline)
    if cost.high:
        low, typical, high = money(cost.low), money(cost.typical), money(cost.high)
        page.line(f"  {low:>8} {typical:>8} {high:>8}  a month")
        page.line(f"  {'low':>8} {'typical':>8} {'high':>8}", "faint")
    for assumption in cost.assumptions:
        page.line(f"  {assumption}", "faint")
    for address in cost.unknown:
        page.line(f"  not known for {address}", "warn")


def _undo(page: Page, plan: Plan) -> None:
    lasting = [step for step in plan.steps if step.reversal.kind != "reversible"]
    page.heading("Undo", "" if lasting else "all reversible", "faint")
    for step in lasting:
        page.line(f"  ! {step.address}: {step.reversal.kind}", "warn")
        if step.reversal.why:
            page.line(f"    {step.reversal.why}")


def step_words(step: Step, state: StepProgress | None) -> Page:
    """The differences a step makes and the very calls it sends."""
    page = Page()
    page.heading(f"{step.action} {step.address}")
    if step.id:
        page.line(step.id, "faint")
    if state and state.error:
        page.line().error(state.error)
    elif state and state.note:
        page.line().line(state.note)
    if step.needs:
        page.line(f"after {', '.join(step.needs)}", "faint")
    if step.reversal.why:
        page.line(f"{step.reversal.kind}: {step.reversal.why}", "faint", hang=2)
    _differences(page, step)
    for number, line in enumerate(step.lines, 1):
        page.heading(f"{number} {line.sentence}")
        if not line.calls:
            page.line("  no call: only what genesys remembers changes", "faint")
        for call in line.calls:
            _call(page, call)
    return page


def _differences(page: Page, step: Step) -> None:
    if step.changes:
        page.heading("Differences")
    for change in step.changes:
        field = change.path[-1]
        before = "–" if change.before is UNSET else setting(field, change.before)
        page.line(f"  {dotted(change.path).replace('_', ' ')}")
        page.line(f"    {before} → {setting(field, change.after)}", "accent")


def _call(page: Page, call: Call) -> None:
    page.line(
        f"  {call.name}" + (f"  {call.region}" if call.region else ""), "accent" if call.effect == "write" else "faint"
    )
    if call.params:
        shown = json.dumps(_plain(call.params), indent=2, ensure_ascii=False)
        for line in (shown if len(shown) <= PARAMS else shown[:PARAMS] + "\n…").split("\n")[1:]:
            if line != "}":
                page.line(f"  {line}", "faint")
    if call.wait:
        page.line(f"  then waits: {call.wait.why} (at most {took(call.wait.limit)})", "faint")


def _plain(thing: object) -> object:
    match thing:
        case Output(name=name, address=address):
            return f"‹{name} of {address}›" if address else f"‹{name} of an earlier call›"
        case Token():
            return "‹this apply's mark›"
        case None | bool() | int() | float() | str():
            return thing
        case Mapping():
            return {str(key): _plain(inner) for key, inner in thing.items()}
        case bytes():
            return f"‹{len(thing):,} bytes›"
        case Sequence():
            return [_plain(inner) for inner in thing]
        case _:
            return str(thing)


def outcome(record: ExecutionRecord) -> Page:
    """What was done, what was not, and how to go on."""
    page = Page()
    done, failed = record.at("done"), record.at("failed")
    left = [step for step in record.steps if step.status not in ("done", "failed")]
    tone = "good" if record.status == "done" else "bad"
    page.heading(OUTCOMES[record.status], "", tone)
    page.line(f"begun {record.started.astimezone():%Y-%m-%d %H:%M:%S}", "faint")
    counted = record.status not in ("running", "interrupted")
    if counted:
        page.line(f"{count(record.calls, 'call')}, {count(record.writes, 'write')}, {took(record.seconds)}", "faint")
    page.line(record.id, "faint")
    _steps(page, "Done", done, "✓", "good")
    _steps(page, "Failed", failed, "✗", "bad")
    _steps(page, "Not done" if record.status != "running" else "Under way", left, "⊘", "warn")
    page.heading("Next")
    if record.status == "running":
        return page.line("  a plan finds out whether its process is still there, and recovers what it left")
    if failed or left:
        page.line("  r plans what remains: what is done stays done")
    if done or failed or record.at("cancelled"):
        page.line("  u previews the undo of what was done")
    return page


def _steps(page: Page, title: str, steps: Sequence[StepRecord], sign: str, tone: str) -> None:
    if steps:
        page.heading(title, str(len(steps)), "faint")
    for step in steps:
        page.line(f"  {sign} {step.action} {step.address}", tone)
        if step.why:
            page.line(f"    {step.why}")
