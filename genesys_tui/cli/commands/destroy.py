"""`genesys destroy`: delete what the stack owns."""

from __future__ import annotations

from dataclasses import replace

import click

from genesys_tui.cli.change import Request, carry_out, change_options, check, flags
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.wishes import wish_nearby


def _destroy(addresses: tuple[str, ...], *, apply: bool, allow_data_loss: bool, detailed_exitcode: bool) -> int:
    common, terminal = begin()
    if common.stack is None and (wish := wish_nearby()):
        common = replace(common, stack=wish.stack, region=common.region or wish.region)
    command = ("destroy", *addresses, *flags(allow_data_loss=allow_data_loss), "--apply")
    request = Request(common, command, apply, allow_data_loss, detailed_exitcode)
    check(request, terminal)
    with opened(common) as workspace:
        plan = workspace.plan_destroy(common.stack, addresses, delete_data=allow_data_loss)
        return carry_out(plan, request, workspace, terminal)


command = GenesysCommand(
    "destroy",
    callback=_destroy,
    help="""Preview the deletion of all that the stack owns, or of these addresses; do it with --apply.

    The stack is the one of --stack, else of this folder's stack file, else the one that intents work
    on. What is only used (referenced) is never deleted.""",
    params=[
        click.Argument(["addresses"], nargs=-1, metavar="[ADDRESS]..."),
        *change_options(),
    ],
)
