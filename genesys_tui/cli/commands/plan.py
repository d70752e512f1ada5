"""`genesys plan`: the preview of a stack file, and a plan file to apply later."""

from __future__ import annotations

from pathlib import Path

import click

from genesys_tui.cli.change import Request, carry_out, detailed_exitcode_option
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.wishes import wish_here


def _plan(file: str | None, *, out: str | None, detailed_exitcode: bool) -> int:
    common, terminal = begin()
    target = out or file
    request = Request(
        common, ("apply", target) if target else ("apply",), apply=False, detailed_exitcode=detailed_exitcode
    )
    wish = wish_here(file)
    with opened(common, wish) as workspace:
        plan = workspace.plan(wish)
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
        detailed_exitcode_option(),
    ],
)
