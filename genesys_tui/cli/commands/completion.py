"""`genesys completion`: the script that teaches a shell our words."""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import get_completion_class

from genesys_tui.cli.group import GenesysCommand, root
from genesys_tui.cli.opening import begin
from genesys_tui.engine.model.errors import UsageError

SHELLS: Final = ("bash", "zsh", "fish")


def _completion(shell: str) -> None:
    common, terminal = begin()
    completion = get_completion_class(shell)
    if completion is None:
        raise UsageError(f"there is no completion for {shell}")
    script = completion(root, {}, "genesys", "_GENESYS_COMPLETE").source()
    if common.json:
        terminal.document({"completion": script})
    else:
        terminal.result(script)


command = GenesysCommand(
    "completion",
    callback=_completion,
    help="""Print the completion script of a shell.

    \b
    bash: eval "$(genesys completion bash)"     in ~/.bashrc
    zsh:  eval "$(genesys completion zsh)"      in ~/.zshrc
    fish: genesys completion fish | source      in ~/.config/fish/config.fish""",
    params=[click.Argument(["shell"], type=click.Choice(SHELLS), metavar="SHELL")],
)
