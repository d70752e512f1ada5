"""`genesys function logs`: what a deployed function wrote."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from threading import Event

import click

from genesys_tui.cli import exits
from genesys_tui.cli.functions.lengths import length
from genesys_tui.cli.functions.which import Which
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.render.function import log_text
from genesys_tui.engine.model.loop_document import log_document


def _logs(name: str | None, *, file: str | None, since: str, follow: bool) -> int:
    common, terminal = begin()
    asked = Which(name, file)
    meant = asked.known() if name else asked.found()
    told = 0
    with opened(common, meant.first if meant else None) as workspace:
        # Whoever follows a log leaves it with ctrl-c.
        start, ended = datetime.now(UTC) - length("--since", since), Event() if follow else None
        with suppress(KeyboardInterrupt) if follow else nullcontext():
            for line in workspace.functions.log(meant.name if meant else str(name), start, follow=ended):
                told += 1
                if terminal.as_json:
                    terminal.line(log_document(line))
                else:
                    terminal.result(log_text(line, terminal.paint))
    if not told and not follow:
        terminal.message("Nothing was written in that time: --since looks further back.")
    return exits.DONE


command = GenesysCommand(
    "logs",
    callback=_logs,
    help="The log of the deployed function NAME (any of the account, or of the stack file). With --json, one object a "
    "line.",
    params=[
        click.Argument(["name"], required=False, metavar="[NAME]"),
        click.Option(["--file"], metavar="FILE", help="The stack file that names it (else the one of this folder)."),
        click.Option(["--since"], metavar="LENGTH", default="10m", show_default=True, help="30s, 2h, 7d."),
        click.Option(["--follow", "-f"], is_flag=True, help="And what comes, until Ctrl-C."),
    ],
)
