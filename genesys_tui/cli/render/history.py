"""The history as a table, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.table import table
from genesys_tui.engine.model.history import ExecutionRecord

HEADER = ("ID", "WHEN", "STATUS", "STACK", "STEPS", "WHAT")


def history_text(records: Sequence[ExecutionRecord], columns: int | None, paint: Paint) -> str:
    """Times are local."""
    if not records:
        return "Nothing has been done yet."
    return table(HEADER, [_row(record) for record in records], columns, paint)


def _row(record: ExecutionRecord) -> tuple[str, ...]:
    when = record.started.astimezone().strftime("%Y-%m-%d %H:%M")
    status = f"{record.status}, undone" if record.undone_by else record.status
    steps = f"{len(record.at('done'))}/{len(record.steps)}"
    return record.id, when, status, record.stack, steps, record.title
