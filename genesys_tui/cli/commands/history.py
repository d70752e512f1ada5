"""`genesys history`: what was done."""

from __future__ import annotations

import click

from genesys_tui.cli import exits
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.render.history import history_text
from genesys_tui.engine.model.plan_document import history_document


def _history(*, limit: int) -> int:
    common, terminal = begin()
    with opened(common) as workspace:
        records = workspace.history(limit)
    if terminal.as_json:
        terminal.document(history_document(records))
    else:
        terminal.result(history_text(records, terminal.columns, terminal.paint))
    return exits.DONE


command = GenesysCommand(
    "history",
    callback=_history,
    help="What was done in this account, newest first, over all stacks. `genesys undo ID` takes one back.",
    params=[click.Option(["--limit"], type=click.IntRange(min=1), default=100, show_default=True, help="At most.")],
)
