"""Runs one command line: every way to end becomes an exit code and, where something failed, words."""

from __future__ import annotations

import click
from click.exceptions import NoSuchCommand

from genesys_tui.cli import exits
from genesys_tui.cli.group import root
from genesys_tui.cli.options import Common
from genesys_tui.cli.render.error import error_text
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.errors import GenesysError, UsageError


def run(words: list[str]) -> int:
    """The exit code of `genesys WORDS`."""
    common = Common(json="--json" in words, no_color="--no-color" in words)
    terminal = Terminal(as_json=common.json, no_color=common.no_color)
    try:
        code = root.main(args=words or ["help"], prog_name="genesys", standalone_mode=False, obj=common)
        return code if isinstance(code, int) else exits.DONE
    except click.Abort:
        return _interrupted(terminal)
    except click.ClickException as error:
        return _fail(terminal, _usage(error))
    except GenesysError as error:
        return _fail(terminal, error)
    except Exception as bug:  # noqa: BLE001 - the last door: even a bug ends in words, and in JSON where that was asked
        import traceback

        terminal.message(traceback.format_exc().rstrip())
        why = f"{type(bug).__name__}: {bug}"
        return _fail(terminal, GenesysError("a bug in Genesys", why=why, todo="report it, with the lines above"))


def _interrupted(terminal: Terminal) -> int:
    terminal.message("Interrupted.")
    if terminal.as_json:
        _document(terminal, GenesysError("interrupted"))
    return exits.INTERRUPTED


def _fail(terminal: Terminal, error: GenesysError) -> int:
    terminal.status("")
    if terminal.as_json:
        _document(terminal, error)
    else:
        terminal.message(error_text(error, terminal.message_paint))
    return exits.of_error(error)


def _document(terminal: Terminal, error: GenesysError) -> None:
    from genesys_tui.engine.model.plan_document import error_document

    terminal.document(error_document(error))


def _usage(error: click.ClickException) -> UsageError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context and not isinstance(error, NoSuchCommand) else "genesys"
    message = " ".join(error.format_message().split()).rstrip(".")
    return UsageError(message, todo="see how it is written", command=f"{path} --help")
