"""`genesys apply`: a stack file, or a plan saved before."""

from __future__ import annotations

from pathlib import Path

import click

from genesys_tui.cli.change import Request, allow_data_loss_option, carry_out, check
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.wishes import names_stack_file, wish_here


def _apply(file: str | None, *, allow_data_loss: bool) -> int:
    common, terminal = begin()
    request = Request(common, ("apply", file) if file else ("apply",), apply=True, allow_data_loss=allow_data_loss)
    check(request, terminal)
    if file and not names_stack_file(file):
        with opened(common) as workspace:
            return carry_out(workspace.load_plan(Path(file)), request, workspace, terminal)
    wish = wish_here(file)
    with opened(common, wish) as workspace:
        return carry_out(workspace.plan(wish), request, workspace, terminal)


command = GenesysCommand(
    "apply",
    callback=_apply,
    help="""Preview, ask, and apply.

    FILE is a stack file (.yaml, .yml, .toml) or a plan saved by `genesys plan --out`; without it, the stack file of
    this folder. A saved plan is refused when the world moved since.""",
    params=[
        click.Argument(["file"], required=False, metavar="[PLANFILE | FILE]"),
        allow_data_loss_option(),
    ],
)
