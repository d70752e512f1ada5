"""The commands: one table, and a group that imports a command only when it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import click
from click.core import augment_usage_errors
from click.exceptions import NoSuchCommand

from genesys_tui.cli.options import common_of, common_options
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.errors import UsageError

COMMANDS: Final = {
    "execute": "Preview an intent or a stack file; change things with --apply.",
    "plan": "Preview the stack file of this folder.",
    "apply": "Preview, ask, and apply a stack file or a saved plan.",
    "destroy": "Preview the deletion of what the stack owns.",
    "undo": "Preview taking an execution back.",
    "history": "What was done, newest first.",
    "inventory": "What exists in the account.",
    "adopt": "What could be taken over, how safely; and the taking over.",
    "function": "Code of Lambda functions: build it, run it here, send each save.",
    "interact": "Open the full screen.",
    "completion": "Print the completion script of a shell.",
    "version": "Print the version.",
    "help": "Explain a command.",
}
"""Each is the attribute `command` of the module of its name in `cli/commands`."""

PLANNED: Final = ("cost", "drift", "policy", "security", "state", "unlock")
"""Words of the design that have no command yet."""

HELP: Final = ["-h", "--help"]


def show_help(ctx: click.Context) -> None:
    """Print how a command is written; with `--json` as a document, like all else."""
    terminal = Terminal()
    if common_of(ctx).json:
        terminal.document({"help": ctx.get_help()})
    else:
        terminal.result(ctx.get_help())


def _asked_for_help(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        show_help(ctx)
        ctx.exit()


def _help_option() -> click.Option:
    return click.Option(
        HELP, is_flag=True, is_eager=True, expose_value=False, callback=_asked_for_help, help="Show this and exit."
    )


class GenesysCommand(click.Command):
    """A command that also takes the common options."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.add_help_option = False  # ours is among the common options
        self.params = [*self.params, *common_options(), _help_option()]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Every mistake knows its command, so that the help it names is the right one."""
        with augment_usage_errors(ctx):
            return super().parse_args(ctx, args)


class CommandGroup(click.Group):
    """Commands that are words of a table. Help and completion come from the table alone; a command is imported only
    when it is used: the attribute `command` of the module of its name in `package`."""

    def __init__(self, name: str, table: Mapping[str, str], package: str, **attributes: Any) -> None:
        super().__init__(name, add_help_option=False, **attributes)
        self.params = [*self.params, *common_options(), _help_option()]
        self.table = table
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        loaded: click.Command = import_module(f"{self._package}.{cmd_name}").command
        return loaded

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand as error:
            raise NoSuchCommand(error.command_name, possibilities=self.table, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[click.shell_completion.CompletionItem]:
        items = [click.shell_completion.CompletionItem(name, help=words) for name, words in self.table.items()]
        return [item for item in items if item.value.startswith(incomplete)] + click.Command.shell_complete(
            self, ctx, incomplete
        )


class _Root(CommandGroup):
    """The commands, and those that are known but not built."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _planned(cmd_name) if cmd_name in PLANNED else super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_commands(ctx, formatter)
        with formatter.section("Known, not built yet"):
            formatter.write_text(", ".join(PLANNED))


def not_built(name: str) -> UsageError:
    """The refusal of a command that has yet to be built."""
    return UsageError(f"`genesys {name}` is known, but not built yet", todo="see what there is", command="genesys help")


def _planned(name: str) -> click.Command:
    """A command that refuses with words, whatever follows it."""

    def refuse() -> None:
        raise not_built(name)

    return click.Command(
        name,
        callback=refuse,
        params=[click.Argument(["words"], nargs=-1, type=click.UNPROCESSED, expose_value=False)],
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
    )


root = _Root(
    "genesys",
    COMMANDS,
    "genesys_tui.cli.commands",
    context_settings={"max_content_width": 100},
    help="A control room for a cloud account: see it, trust the preview, change it, take it back.",
    epilog="`genesys help COMMAND` explains a command. AWS settings are boto3's own.",
    no_args_is_help=False,
)
