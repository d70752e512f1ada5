"""`genesys apply`: a stack file, or a plan saved before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from genesys_tui.cli.change import Request, adopt_option, allow_data_loss_option, carry_out, check, flags
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.terminal import Terminal
from genesys_tui.cli.wishes import names_stack_file, wish_here
from genesys_tui.engine.model.errors import UsageError


def _apply(file: str | None, *, adopt: bool, allow_data_loss: bool) -> int:
    common, terminal = begin()
    command = ("apply", *([file] if file else []), *flags(adopt=adopt, allow_data_loss=allow_data_loss))
    request = Request(common, command, apply=True, allow_data_loss=allow_data_loss)
    check(request, terminal)
    if file and not names_stack_file(file):
        return _apply_saved(Path(file), request, terminal, adopt=adopt)
    wish = wish_here(file, adopt=adopt, delete_data=allow_data_loss)
    with opened(common, wish) as workspace:
        return carry_out(workspace.plan(wish), replace(request, region=wish.region), workspace, terminal)


def _apply_saved(file: Path, request: Request, terminal: Terminal, *, adopt: bool) -> int:
    stack = request.common.stack
    if adopt:
        raise UsageError("a saved plan is applied as it is", todo="give --adopt when you save it: genesys plan --adopt")
    with opened(request.common) as workspace:
        plan = workspace.load_plan(file)
        if stack not in (None, plan.stack):
            raise UsageError(f"{file} is a plan of stack '{plan.stack}', not of '{stack}'", todo="leave --stack out")
        return carry_out(plan, request, workspace, terminal)


command = GenesysCommand(
    "apply",
    callback=_apply,
    help="""Preview, ask, and apply.

    FILE is a stack file (.yaml, .yml, .toml) or a plan saved by `genesys plan --out`; without it, the stack file of
    this folder. A saved plan is refused when the world moved since.""",
    params=[
        click.Argument(["file"], required=False, metavar="[PLANFILE | FILE]"),
        adopt_option(),
        allow_data_loss_option(),
    ],
)
