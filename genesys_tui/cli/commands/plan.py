"""`genesys plan`: the preview of a stack file, and a plan file to apply later."""

from __future__ import annotations

from pathlib import Path

import click

from genesys_tui.cli.change import (
    Request,
    adopt_option,
    allow_data_loss_option,
    cached_option,
    carry_out,
    detailed_exitcode_option,
    flags,
)
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.wishes import names_stack_file, wish_here
from genesys_tui.engine.model.errors import UsageError


def _plan(
    file: str | None, *, out: str | None, adopt: bool, allow_data_loss: bool, detailed_exitcode: bool, cached: bool
) -> int:
    common, terminal = begin()
    if out is not None and (not out or names_stack_file(out)):
        raise UsageError(
            f"a plan can't be saved to {out!r}",
            why="that is the name of a stack file" if out else "that is no name",
            todo="give the plan a name of its own",
            command=common.command("plan", *([file] if file else []), "--out", "genesys.plan"),
        )
    stack_file = (*([file] if file else []), *flags(adopt=adopt, allow_data_loss=allow_data_loss))
    request = Request(common, ("apply", *([out] if out else stack_file)), False, detailed_exitcode=detailed_exitcode)
    wish = wish_here(file, adopt=adopt, delete_data=allow_data_loss)
    with opened(common, wish, cached=cached) as workspace:
        plan = workspace.plan(wish, refresh=not cached)
        if out:
            workspace.save_plan(plan, wish, Path(out))
        return carry_out(plan, request, workspace, terminal)


command = GenesysCommand(
    "plan",
    callback=_plan,
    help="Preview FILE, or the genesys.yaml or genesys.toml of this folder.",
    params=[
        click.Argument(["file"], required=False, metavar="[FILE]"),
        click.Option(["--out"], metavar="PLANFILE", help="Save the plan; `genesys apply PLANFILE` applies it later."),
        adopt_option(),
        cached_option(),
        allow_data_loss_option(),
        detailed_exitcode_option(),
    ],
)
