"""The words over the rows of a plan: what it is of, how it stands, what is in its way. Of a desk, without a look."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.text import Text

from genesys_tui.engine.model.errors import GenesysError, WishError
from genesys_tui.tui.text import count, safe, took
from genesys_tui.tui.widgets.plan_words import digest, in_keys
from genesys_tui.tui.widgets.words import Page, style

if TYPE_CHECKING:
    from genesys_tui.engine.model.plan import Finding, Plan
    from genesys_tui.tui.desk import Desk


def title(desk: Desk, room: int) -> Text:
    """What is planned; then what there is room for (in cells) of when it was read, planned and saved."""
    if desk.source is None:
        return Text()
    words = desk.source.what or "undo"
    if desk.plan and desk.plan.steps and desk.state != "broken" and desk.source.kind != "file":
        words = desk.plan.title
    asides = []
    if desk.source.kind == "file" and desk.saved_at:
        asides.append(f"saved {desk.saved_at:%H:%M:%S}")
    if desk.state == "ready" and desk.reads_at:
        asides.append(f"reads of {desk.reads_at:%H:%M:%S}")
    if desk.state == "ready":
        asides.append(f"planned in {took(desk.planned_seconds)}")
    line = Text.assemble((f" {safe(words)}", "bold"))
    for aside in asides:
        if line.cell_len + 3 + len(aside) <= room:
            line.append(f" · {aside}", style("faint"))
    return line


def standing(desk: Desk) -> Text:
    """How it stands, in a few words."""
    words, tone = _standing(desk)
    return Text(f"{words} ", style(tone))


def _standing(desk: Desk) -> tuple[str, str]:
    match desk.state:
        case "planning":
            return "planning…", "faint"
        case "ready" if desk.plan and desk.plan.blocked:
            return "✗ blocked", "bad"
        case "ready":
            return (f"review · {_how_many(desk.plan)}" if desk.plan and desk.plan.steps else "nothing to do"), "accent"
        case "broken":
            return (f"✗ {count(len(desk.problems), 'mistake')}" if desk.problems else "✗ no plan"), "bad"
        case "applying":
            return _time_left(desk), "accent"
        case "ended" if desk.progress and desk.progress.record:
            status = desk.progress.record.status
            return ("✓ done", "good") if status == "done" else (f"✗ {status}", "bad")
        case _:
            return "", ""


def _how_many(plan: Plan) -> str:
    """`4 changes`; where only what we remember changes, `1 step`."""
    return count(plan.changes, "change") if plan.changes else count(len(plan.steps), "step")


def _time_left(desk: Desk) -> str:
    assert desk.progress is not None and desk.plan is not None
    if desk.progress.cancelling:
        return "cancelling: waiting for what was sent"
    left = desk.plan.duration_seconds - (time.monotonic() - desk.progress.started)
    return f"applying · ~{int(left) + 1} s left" if left > 0 else "applying · longer than usual"


def state(desk: Desk) -> Page:
    """What stands where there are no rows, or over them: nothing planned, mistakes, what blocks, nothing to do."""
    page = Page()
    if desk.source is None and desk.error is None:
        page.line("Nothing is planned.", "bold").line()
        page.line("Type  : bucket my-first-bucket  to see what making one would take.")
        page.line(f"Or save a genesys.yaml in {desk.folder.resolve()}: it opens by itself.")
    elif desk.error is not None:
        _broken(page, desk.error, desk.plan)
    elif desk.plan is None:
        page.line("Planning…" if desk.workspace else "Waiting for the account…", "bold")
        page.line("Reads only. Nothing is changed by a plan.")
    elif desk.plan.blocked and desk.state == "ready":
        _blocked(page, desk.plan)
    elif not desk.plan.steps:
        page.line("✓ Nothing to do.", "bold")
        page.line(f"{count(len(desk.plan.unchanged), 'resource')} as wanted." if desk.plan.unchanged else "")
        for conflict in desk.plan.conflicts:
            page.line(f"! left alone  {conflict.address}: {conflict.message}", "warn", hang=2)
    return page


def _broken(page: Page, error: GenesysError, before: Plan | None) -> None:
    if isinstance(error, WishError):
        page.line(f"✗ {error.what}", "bad", hang=2).line()
        for problem in error.problems:
            page.line(str(problem.mark or ""), "accent")
            page.line(f"  {problem.what}")
            if problem.fix:
                page.line(f"  → {problem.fix}", hang=4)
    else:
        page.error(error)
    if before is not None:
        page.blank().line("Nothing was sent. Below is the last plan that held.", "faint")


def _blocked(page: Page, plan: Plan) -> None:
    page.line("✗ Blocked: this can't be applied.", "bad").line()
    for finding in blocks(plan):
        page.line(f"{finding.address}: {finding.message}", hang=2)
        if finding.fix:
            page.line(f"  → {in_keys(finding.fix)}", hang=4)


def blocks(plan: Plan) -> list[Finding]:
    """What stands in the way of applying it."""
    return [finding for finding in plan.findings if finding.severity == "blocked"]


def adoptable(desk: Desk) -> bool:
    """Something stands in the way, or looks like what is wanted, and could be taken over."""
    if desk.plan is None or desk.state != "ready" or desk.wish is None:
        return False
    return any("--adopt" in finding.fix for finding in desk.plan.findings)


def short(desk: Desk) -> Page:
    """One line for a narrow screen: what the plan needs, or how its apply ended."""
    page = Page()
    if desk.progress and desk.progress.record:
        record = desk.progress.record
        words = f"{count(record.writes, 'write')} in {took(record.seconds)} · i tells what was done and how to go on"
        return page.line(f" {words}", "faint")
    shown = digest(desk.plan) if desk.plan and desk.plan.steps and desk.state in ("ready", "applying") else ""
    return page.line(f" {shown}", "faint")
