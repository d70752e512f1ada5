"""How an apply ended, as text: what was done, what was not and why, how to go on."""

from __future__ import annotations

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.text import counted, duration
from genesys_tui.engine.model.history import ExecutionRecord, StepRecord
from genesys_tui.engine.model.plan import Action
from genesys_tui.engine.model.shown import shown

PAST: dict[Action, str] = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "adopt": "adopted",
    "forget": "forgotten",
    "use": "used",
}


def report_text(record: ExecutionRecord, paint: Paint, *, again: str, undo: str) -> str:
    """`again`: the command that goes on where this stopped. `undo`: the one that takes back what was done."""
    done = [f"- {shown(step.address)} {PAST[step.action]}{_reached(step)}" for step in record.at("done")]
    rest = [_left(step) for step in record.steps if step.status != "done"]
    sections = [
        "\n".join([_headline(record, paint), *done]),
        "\n".join(["Not done:", *rest]) if rest else "",
        f"To go on: {shown(again)}\n(What is done stays done and is not repeated.)" if rest else "",
        f"To take it back: {shown(undo)}" if done or record.writes else "",
    ]
    return "\n\n".join(section for section in sections if section)


def _headline(record: ExecutionRecord, paint: Paint) -> str:
    took = f"{counted(record.calls, 'call')}, {counted(record.writes, 'write')}, {duration(record.seconds)}"
    if record.status == "done":
        return f"{paint.good('Done')}: {shown(record.title)} ({took})"
    word = paint.bad({"cancelled": "Cancelled", "interrupted": "Interrupted"}.get(record.status, "Failed"))
    return (
        f"{word}: {shown(record.title)}: {len(record.at('done'))} of {counted(len(record.steps), 'step')} done ({took})"
    )


def _reached(step: StepRecord) -> str:
    """Where it answers, of what was made to be called."""
    outputs = step.remember.outputs if step.remember and step.action != "use" else {}
    where = outputs.get("url") or outputs.get("endpoint")
    return f": {shown(where)}" if where else ""


def _left(step: StepRecord) -> str:
    status = "not started" if step.status == "pending" else step.status
    return f"- {shown(step.address)} {status}" + (f": {shown(step.why)}" if step.why else "")
