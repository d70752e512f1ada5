"""`genesys function layers`: what was published for functions, and the deletion of what nobody uses."""

from __future__ import annotations

from datetime import timedelta

import click

from genesys_tui.cli import exits
from genesys_tui.cli.change import Request, carry_out, check, detailed_exitcode_option
from genesys_tui.cli.functions.lengths import length
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.render.build import size
from genesys_tui.cli.render.function import layers_text
from genesys_tui.cli.render.text import counted
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.layers import YOUNG
from genesys_tui.engine.model.loop_document import layers_document


def _layers(*, unused: bool, prune: bool, older_than: str | None, apply: bool, detailed_exitcode: bool) -> int:
    common, terminal = begin()
    if apply and not prune:
        raise UsageError("--apply deletes what --prune previews", todo="say --prune too, or leave --apply out")
    age = length("--older-than", older_than) if older_than else None
    words = ("--older-than", older_than) if older_than else ()
    command = ("function", "layers", "--prune", *words, "--apply")
    request = Request(common, command, apply, detailed_exitcode=detailed_exitcode)
    check(request, terminal)
    with opened(common) as workspace:
        if prune:
            return carry_out(workspace.plan_prune_layers(YOUNG if age is None else age), request, workspace, terminal)
        found = workspace.layers(age or timedelta(), unused=unused)
    if terminal.as_json:
        terminal.document(layers_document(found))
        return exits.DONE
    if found:
        terminal.result(layers_text(found, terminal.columns, terminal.paint))
    idle = [one for one in found if not one.users]
    spare = f" ({size(sum(one.size or 0 for one in idle))})" if idle else ""
    terminal.message(f"{counted(len(found), 'layer version')} of ours, {len(idle)} of them unused{spare}.")
    if idle:
        terminal.message(f"To see what deleting those would do: {common.command('function', 'layers', '--prune')}")
    return exits.DONE


command = GenesysCommand(
    "layers",
    callback=_layers,
    help="""The layers that were published for functions of this account, with who uses them.

    With --prune, preview the deletion of those that no function uses, published versions of functions among them; do it
    with --apply. Layers that others made are never listed.""",
    params=[
        click.Option(["--unused"], is_flag=True, help="Only those that no function uses."),
        click.Option(["--prune"], is_flag=True, help="Preview deleting what is unused (and older than an hour)."),
        click.Option(["--older-than"], metavar="LENGTH", help="Only those: 12h, 30d."),
        click.Option(["--apply"], is_flag=True, help="With --prune: do it. Asks first, unless --yes."),
        detailed_exitcode_option(),
    ],
)
