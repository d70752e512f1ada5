"""`genesys version`, for the rare call with options; `main` answers the plain one."""

from __future__ import annotations

import click

from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.options import common_of
from genesys_tui.cli.terminal import Terminal
from genesys_tui.cli.version import VERSION


def _version() -> None:
    terminal = Terminal()
    if common_of(click.get_current_context()).json:
        terminal.document({"version": VERSION})
    else:
        terminal.result(f"genesys {VERSION}")


command = GenesysCommand("version", callback=_version, help="Print the version.")
