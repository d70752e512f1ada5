"""`genesys function`: the code of Lambda functions, and its loop."""

from __future__ import annotations

from typing import Final

import click

from genesys_tui.cli.group import CommandGroup, show_help

COMMANDS: Final = {
    "new": "Make a new function from a template.",
    "dev": "The loop: save a file, and its code is built, answers here, is planned.",
    "invoke": "Run a function once: here, or as it is deployed.",
    "build": "Build the code and its layers, as they are sent.",
    "logs": "The log of a deployed function.",
    "layers": "The layers that were published for functions; delete those that are not used.",
}
"""Each is the attribute `command` of the module of its name in `cli/functions`."""


def _function() -> None:
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        show_help(context)


command = CommandGroup(
    "function",
    COMMANDS,
    "genesys_tui.cli.functions",
    callback=_function,
    invoke_without_command=True,
    help="""The code of Lambda functions.

    \b
    genesys function new hello        a folder of code from a template
    genesys function dev hello        save a file, and the new code answers
    genesys function invoke hello     run it once, here

    NAME is a function of the stack file of this folder (genesys.yaml), or a folder of code. Without it, the one
    function of the file, or the code of this folder. `--source DIR` names any other folder, file or zip.""",
)
