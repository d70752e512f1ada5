"""`genesys interact`: the full screen."""

from __future__ import annotations

import click

from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.options import common_of
from genesys_tui.engine.model.errors import UsageError


def _interact(file: str | None) -> int:
    common = common_of(click.get_current_context())
    if common.json:
        raise UsageError("the full screen has no JSON", todo="ask a command for it", command="genesys inventory --json")
    from genesys_tui.tui.main import main

    return main([*common.place(), *(["--read-only"] if common.read_only else []), *([file] if file else [])])


command = GenesysCommand(
    "interact",
    callback=_interact,
    help="Open the full screen (the same as `genesys-tui`), with FILE or the stack file of this folder.",
    params=[click.Argument(["file"], required=False, metavar="[FILE]")],
)
