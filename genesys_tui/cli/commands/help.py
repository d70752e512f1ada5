"""`genesys help`."""

from __future__ import annotations

import click

from genesys_tui.cli.group import COMMANDS, PLANNED, GenesysCommand, not_built, show_help
from genesys_tui.engine.model.errors import UsageError


def _help(names: tuple[str, ...]) -> None:
    context = click.get_current_context().find_root()
    if names and names[0] in PLANNED:
        raise not_built(names[0])
    for name in names:
        group = context.command
        if not isinstance(group, click.Group):
            raise UsageError(f"`{context.command_path}` has no commands of its own", command="genesys help")
        found, command, _ = group.resolve_command(context, [name])
        context = click.Context(command or group, info_name=found, parent=context)
    show_help(context)


def _commands(_context: click.Context, _argument: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in COMMANDS if name.startswith(incomplete)]


command = GenesysCommand(
    "help",
    callback=_help,
    help="Explain COMMAND, or list all.",
    params=[click.Argument(["names"], nargs=-1, metavar="[COMMAND]...", shell_complete=_commands)],
)
