"""`genesys function dev`: the loop in a terminal, or as one JSON object a line."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from genesys_tui.cli import exits
from genesys_tui.cli.change import Request
from genesys_tui.cli.functions.conversation import Conversation, Said, Told
from genesys_tui.cli.functions.inbox import Inbox, Keyboard
from genesys_tui.cli.functions.invoke import event_option
from genesys_tui.cli.functions.which import Meant, Which, builder_option, which_options
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.options import Common
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.errors import BlockedError, UsageError
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from genesys_tui.engine.model.build import Where
    from genesys_tui.engine.workspace import Workspace


def _dev(*, live: bool, event: str, builder: Where | None, **which: str | None) -> int:
    common, terminal = begin()
    meant = Which(**which).found()
    request = Request(common, ("function", "dev", *meant.words), apply=True)
    if live:
        _check_live(request, terminal)
    keys = terminal.interactive and not terminal.as_json
    with opened(common, meant.first) as workspace, closing(Inbox[Told](keys=keys)) as inbox:
        workspace.told = lambda line: inbox.put(Said(line))
        functions = workspace.functions
        functions.build_in(builder)
        terminal.status("asking the account who we are")
        subject = meant.subject(workspace)
        terminal.status("")
        project = subject.read().project
        invocation = functions.event(subject, event)
        if live and not _agreed_to_live(meant, common, workspace, terminal):
            terminal.message("Nothing was started.")
            return exits.FAILED
        loop = functions.loop(subject, inbox.put, inbox.put, live=live, event=invocation)
        artifacts = functions.home / "artifacts"
        talk = Conversation(loop, project, inbox, terminal, Keyboard(on=keys), request, artifacts)
        talk.run()
    return exits.DONE


def _check_live(request: Request, terminal: Terminal) -> None:
    """Refuse, before anything is built, what would change something unasked."""
    if request.common.read_only:
        raise BlockedError(
            "this is a read-only session", why="--live sends code", todo="leave --live or --read-only out"
        )
    if not request.common.yes and not terminal.interactive:
        raise UsageError(
            "nobody is there to be asked",
            why="--live sends the code of each save, and the input or the messages are no terminal",
            todo="say yes beforehand, or leave --live out",
            command=request.typed("--live", "--yes"),
        )


def _agreed_to_live(meant: Meant, common: Common, workspace: Workspace, terminal: Terminal) -> bool:
    """Once for all saves. Raises NoCredentialsError where there is nowhere to send it."""
    here = workspace.identity()
    if common.yes:
        return True
    where = f"account {here.account} in {here.region}"
    question = f"The code of '{shown(meant.name)}' will be sent to {where} at each save, unasked. Go on? [y/N]"
    return terminal.ask(question).lower() in {"y", "yes"}


command = GenesysCommand(
    "dev",
    callback=_dev,
    help="""The loop of a function, until Ctrl-C: each save of a file is built, run here with an event, and planned.

    With --live, a plan that changes the code alone is applied by itself; what is wider waits for the key `a`. On a
    terminal: i invokes once more, a shows the plan and applies it, l turns live on and off, z sends the code of before,
    q ends it. With --json, one object a line: saved, built, invoked, planned, deployed or failed, with the number of
    its save and the milliseconds since.""",
    params=[
        *which_options(),
        click.Option(["--live"], is_flag=True, help="Send the code of each save. Asks once, unless --yes."),
        event_option(),
        builder_option(),
    ],
)
