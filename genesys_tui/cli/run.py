"""Runs one command line: every way to end becomes an exit code and, where something failed, words."""

from __future__ import annotations

import click
from click.exceptions import NoSuchCommand

from genesys_tui.cli import exits
from genesys_tui.cli.group import root
from genesys_tui.cli.render.error import error_text
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.errors import GenesysError, UsageError
from genesys_tui.engine.model.plan_document import error_document


def run(words: list[str]) -> int:
    """The exit code of `genesys WORDS`."""
    terminal = Terminal(as_json="--json" in words, no_color="--no-color" in words)
    try:
        code = root.main(args=words or ["help"], prog_name="genesys", standalone_mode=False)
        return code if isinstance(code, int) else exits.DONE
    except click.Abort:
        terminal.message("Interrupted.")
        return exits.INTERRUPTED
    except click.ClickException as error:
        return _fail(terminal, _usage(error))
    except GenesysError as error:
        return _fail(terminal, error)


def _fail(terminal: Terminal, error: GenesysError) -> int:
    terminal.status("")
    if terminal.as_json:
        terminal.document(error_document(error))
    else:
        terminal.message(error_text(error, terminal.message_paint))
    return exits.of_error(error)


def _usage(error: click.ClickException) -> UsageError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context and not isinstance(error, NoSuchCommand) else "genesys"
    return UsageError(error.format_message().rstrip("."), todo="see how it is written", command=f"{path} --help")
