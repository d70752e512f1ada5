"""`genesys help`."""

from __future__ import annotations

import click

from genesys_tui.cli.group import COMMANDS, PLANNED, GenesysCommand, not_built, root, show_help


def _help(name: str | None) -> None:
    context = click.get_current_context().find_root()
    if name in PLANNED:
        raise not_built(name)
    if name is not None:
        name, command, _ = root.resolve_command(context, [name])
        context = click.Context(command or root, info_name=name, parent=context)
    show_help(context)


def _commands(_context: click.Context, _argument: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in COMMANDS if name.startswith(incomplete)]


command = GenesysCommand(
    "help",
    callback=_help,
    help="Explain COMMAND, or list all.",
    params=[click.Argument(["name"], required=False, metavar="[COMMAND]", shell_complete=_commands)],
)
