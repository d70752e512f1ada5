"""From a plan to the end of its apply: show it, ask, do it, report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from genesys_tui.cli import exits
from genesys_tui.cli.follow import follow
from genesys_tui.cli.options import Common
from genesys_tui.cli.render.plan import plan_text
from genesys_tui.cli.render.report import report_text
from genesys_tui.cli.render.text import about
from genesys_tui.cli.terminal import Terminal
from genesys_tui.engine.model.errors import BlockedError, UsageError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.plan_document import execution_document
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Request:
    """What is to become of a plan. `command`: the words (less the common options) that apply it. `region`: the one
    that the stack file names."""

    common: Common
    command: tuple[str, ...]
    apply: bool
    allow_data_loss: bool = False
    detailed_exitcode: bool = False
    region: str | None = None

    def typed(self, *more: str) -> str:
        return self.common.command(*self.command, *more)

    def undo(self, execution: str) -> str:
        """The command that takes it back, from any folder."""
        return replace(self.common, region=self.common.region or self.region).command("undo", execution)


def change_options() -> list[click.Parameter]:
    """The options of a command that previews unless `--apply`."""
    return [
        click.Option(["--apply"], is_flag=True, help="Do it. Asks first, unless --yes."),
        allow_data_loss_option(),
        detailed_exitcode_option(),
    ]


def allow_data_loss_option() -> click.Option:
    return click.Option(
        ["--allow-data-loss"],
        is_flag=True,
        help="Plan to delete what holds data too. Each such address must be typed; with --yes it need not.",
    )


def flags(*, adopt: bool = False, allow_data_loss: bool = False) -> list[str]:
    """The flags of a command that must be said again when it is typed again."""
    said = (("--adopt", adopt), ("--allow-data-loss", allow_data_loss))
    return [flag for flag, given in said if given]


def cached_option() -> click.Option:
    return click.Option(["--cached"], is_flag=True, help="Take what was read before for what is: no call is sent.")


def check_cached(*, cached: bool, apply: bool) -> None:
    """What was read before is good for a look, not for a change."""
    if cached and apply:
        raise UsageError(
            "--cached only previews", why="what was read before may not be so any more", todo="leave it out"
        )


def age_text(read_at: datetime) -> str:
    """`as of 3 min ago`"""
    return f"as of {about((datetime.now(UTC) - read_at).total_seconds())} ago"


def adopt_option() -> click.Option:
    return click.Option(["--adopt"], is_flag=True, help="Take over what exists under the name and is not managed yet.")


def detailed_exitcode_option() -> click.Option:
    return click.Option(["--detailed-exitcode"], is_flag=True, help="Exit 2 when the preview finds changes.")


def check(request: Request, terminal: Terminal) -> None:
    """Refuse, before anything is read, an apply that could not go on to its end."""
    if not request.apply:
        return
    if request.common.read_only:
        raise BlockedError(
            "this is a read-only session", why="--read-only was given", todo="leave out --read-only to apply"
        )
    if not request.common.yes and not terminal.interactive:
        raise UsageError(
            "nobody is there to be asked",
            why="this would change something, and the input or the messages are no terminal",
            todo="look at the preview, then say yes beforehand",
            command=request.typed("--yes"),
        )


def carry_out(plan: Plan, request: Request, workspace: Workspace, terminal: Terminal) -> int:
    """Show the plan; apply it if that is asked for, allowed and needed. Returns the exit code."""
    from genesys_tui.engine.workspace import plan_document

    asks = request.apply and not request.common.yes
    if asks or not terminal.as_json:
        terminal.result(plan_text(plan, terminal.paint, "" if request.apply else request.typed()))
    if plan.read_at:
        terminal.message(f"Planned from what was read before, {age_text(plan.read_at)}.")
    document = plan_document(plan)
    if plan.blocked:
        code = exits.BLOCKED
    elif not request.apply or not plan.steps:
        code = exits.CHANGES if request.detailed_exitcode and plan.changes else exits.DONE
    elif not agreed(plan, request, terminal):
        terminal.message("Nothing was changed.")
        code = exits.FAILED
    else:
        record = follow(workspace.apply(plan), plan, terminal)
        document = {**document, "execution": execution_document(record)}
        _report(record, request, terminal)
        code = exits.of_record(record)
    if terminal.as_json:
        terminal.document(document)
    return code


def agreed(plan: Plan, request: Request, terminal: Terminal) -> bool:
    """Ask, unless it was said beforehand. What can lose data wants more than a yes."""
    if plan.dangerous and not (request.allow_data_loss and request.common.yes):
        return _typed_confirmation(plan, request, terminal)
    if plan.doubtful:
        return _typed_doubts(plan, terminal)
    return request.common.yes or terminal.ask("Apply this? [y/N]").lower() in {"y", "yes"}


def _typed_confirmation(plan: Plan, request: Request, terminal: Terminal) -> bool:
    if not terminal.interactive:
        raise UsageError(
            "this can lose data",
            why="; ".join(f"{step.address}: {step.reversal.why or step.action}" for step in plan.dangerous),
            todo="if that is what you want, allow it",
            command=request.typed("--yes", *([] if request.allow_data_loss else ["--allow-data-loss"])),
        )
    for step in plan.dangerous:
        address = shown(step.address)
        why = f" ({shown(step.reversal.why)})" if step.reversal.why else ""
        if terminal.ask(f"To {step.action} {address} loses data{why}. Type its address to go on:") != address:
            return False
    return True


def _typed_doubts(plan: Plan, terminal: Terminal) -> bool:
    """What may be another's, or another thing than is meant, is taken only by its typed address."""
    if not terminal.interactive:
        raise UsageError(
            "this may not be yours to take",
            why="; ".join(f"{step.address}: {step.doubt}" for step in plan.doubtful),
            todo="if it is, do it at a terminal and type each address; where only the score speaks against it, "
            "lower the threshold: genesys adopt ID --threshold 0.5",
        )
    for step in plan.doubtful:
        address = shown(step.address)
        asked = f"{address} may not be yours to take ({shown(step.doubt)}). Type its address to go on:"
        if terminal.ask(asked) != address:
            return False
    return True


def _report(record: ExecutionRecord, request: Request, terminal: Terminal) -> None:
    print_it: Callable[[str], None] = terminal.message if terminal.as_json else terminal.result
    print_it("\n" + report_text(record, terminal.paint, again=request.typed(), undo=request.undo(record.id)))
