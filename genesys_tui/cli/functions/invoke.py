"""`genesys function invoke`: run a function once, here or as it is deployed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from genesys_tui.cli import exits
from genesys_tui.cli.functions.which import Meant, Which, builder_option, which_options
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.render.function import answer_text, log_text
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.errors import BlockedError, UsageError
from genesys_tui.engine.model.invocation import Answer, LogLine
from genesys_tui.engine.model.loop_document import answer_document
from genesys_tui.engine.model.resource import Wish

if TYPE_CHECKING:
    from genesys_tui.engine.model.build import Where
    from genesys_tui.engine.workspace import Workspace


def event_option() -> click.Option:
    """What a function is invoked with."""
    return click.Option(
        ["--event"],
        metavar="NAME | @FILE | JSON",
        default="empty",
        show_default=True,
        help="A ready-made event (empty, http, url, sqs, schedule, event, s3), one that the project keeps in "
        ".genesys/events, a file, or JSON.",
    )


def _invoke(*, event: str, local: bool, deployed: bool, builder: Where | None, **which: str | None) -> int:
    if local and deployed:
        raise UsageError("it is invoked either here or as it is deployed", todo="leave out --local or --deployed")
    common, terminal = begin()
    asked = Which(**which)
    meant = asked.known() if asked.name and not local else asked.found()
    here = local or (meant is not None and meant.here and not deployed)
    with opened(common, meant.first if meant else None, cached=here) as workspace:
        if meant and here:
            workspace.functions.build_in(builder)
            answer = _run(meant, event, workspace, terminal)
        else:
            answer = _ask(meant, asked.name, event, workspace, terminal)
    if terminal.as_json:
        terminal.document({"where": "local" if here else "deployed", **answer_document(answer)})
    else:
        terminal.result(answer_text(answer, terminal.paint))
    return exits.DONE if answer.ok else exits.FAILED


def _run(meant: Meant, event: str, workspace: Workspace, terminal: Terminal) -> Answer:
    functions, subject = workspace.functions, meant.subject(workspace)
    subject.read()
    invocation = functions.event(subject, event)
    return functions.answer(subject, functions.build(subject), invocation, partial(_show, terminal))


def _ask(meant: Meant | None, name: str | None, event: str, workspace: Workspace, terminal: Terminal) -> Answer:
    """As it is deployed: it may be any of the account."""
    if workspace.settings.read_only:
        raise BlockedError(
            "a read-only session invokes nothing", why="nobody knows what the code does", todo="leave --read-only out"
        )
    functions = workspace.functions
    name = meant.name if meant else str(name)
    subject = meant.subject(workspace) if meant else functions.subject(name, partial(Wish, (), name))
    if meant and meant.here:
        subject.read()
    answer = functions.invoke(name, functions.event(subject, event))
    for line in answer.logs:
        _show(terminal, line)
    return answer


def _show(terminal: Terminal, line: LogLine) -> None:
    terminal.message(log_text(line, terminal.message_paint))


command = GenesysCommand(
    "invoke",
    callback=_invoke,
    help="""Run a function once, and show what it answers, its log and how it failed.

    Where its code is on this machine it is built and run here, without credentials; else, and with --deployed, it is
    the function of the account that runs. Its log goes to stderr. Exits with 1 when the function fails.""",
    params=[
        *which_options(),
        event_option(),
        click.Option(["--local"], is_flag=True, help="Run the code of this machine."),
        click.Option(["--deployed"], is_flag=True, help="Run the function of the account."),
        builder_option(),
    ],
)
