"""`genesys undo`: take an execution back."""

from __future__ import annotations

from dataclasses import replace

import click

from genesys_tui.cli.change import Request, carry_out, change_options, check
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened


def _undo(execution: str | None, *, apply: bool, allow_data_loss: bool, detailed_exitcode: bool) -> int:
    common, terminal = begin()
    named = ("undo", execution) if execution else ("undo",)
    request = Request(common, (*named, "--apply"), apply, allow_data_loss, detailed_exitcode)
    check(request, terminal)
    with opened(common) as workspace:
        plan = workspace.plan_undo(execution)
        if plan.undoes:
            # By its id, so that the command that is shown undoes what was previewed, whatever happens in between.
            request = replace(request, command=("undo", plan.undoes, "--apply"))
        return carry_out(plan, request, workspace, terminal)


command = GenesysCommand(
    "undo",
    callback=_undo,
    help="""Preview taking EXECUTION back (see `genesys history`), or else the last one; do it with --apply.

    What others changed since is left as it is, and named.""",
    params=[
        click.Argument(["execution"], required=False, metavar="[EXECUTION]"),
        *change_options(),
    ],
)
