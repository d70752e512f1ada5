"""`genesys adopt`: what could be taken over, how safely, and the taking over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genesys_tui.cli import exits
from genesys_tui.cli.change import Request, carry_out, check, detailed_exitcode_option
from genesys_tui.cli.commands.inventory import read_all
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.render.inventory import adoption_text
from genesys_tui.cli.render.text import counted
from genesys_tui.cli.terminal import Terminal
from genesys_tui.cli.wishes import wish_here
from genesys_tui.engine.model.adoption import HIGH, confidence_of
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.plan_document import inventory_document

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Inventory, Workspace


def _adopt(
    ids: tuple[str, ...],
    *,
    all_high: bool,
    threshold: float,
    force: tuple[str, ...],
    owned_by: tuple[str, ...],
    into: str | None,
    apply: bool,
    detailed_exitcode: bool,
) -> int:
    common, terminal = begin()
    again = [*ids, *(["--all-high"] if all_high else []), *(word for one in force for word in ("--force", one))]
    again += ["--into", into] if into else []
    again += ["--threshold", f"{threshold:g}"] if threshold != HIGH else []
    request = Request(common, ("adopt", *again, "--apply"), apply, detailed_exitcode=detailed_exitcode)
    if apply and not (ids or all_high):
        raise UsageError("nothing is named that should be adopted", todo="name ids, or give --all-high")
    check(request, terminal)
    if into and Path(into).exists():
        wish = wish_here(into, adopt=False, delete_data=False)
        common = replace(common, stack=common.stack or wish.stack, region=common.region or wish.region)
    with opened(common) as workspace:
        if owned_by:
            workspace.own_by(owned_by)
        inventory = read_all(workspace.inventory, terminal)
        if not (ids or all_high):
            return _show(inventory, workspace, terminal)
        wish = workspace.wish_to_adopt(
            inventory, ids, all_from=threshold if all_high else None, forced=force, threshold=threshold
        )
        if into:  # what a file is to name and does not, the file's next plan would take for dropped
            wish = workspace.as_written(wish)
            workspace.write_into(Path(into), wish, dry=True)
        plan = workspace.plan(wish)
        code = carry_out(plan, request, workspace, terminal)
        if into and apply and code == exits.DONE and plan.steps:
            workspace.write_into(Path(into), wish)
            terminal.message(f"Written into {into}: `genesys plan {into}` shows that nothing changes.")
        return code


def _show(inventory: Inventory, workspace: Workspace, terminal: Terminal) -> int:
    from genesys_tui.engine.workspace import candidates

    found = candidates(inventory)
    if terminal.as_json:
        terminal.document(inventory_document(workspace.identity(), inventory))
        return exits.DONE
    if found:
        terminal.result(adoption_text(found, terminal.columns, terminal.paint))
    count = dict.fromkeys(("high", "medium", "low"), 0)
    for one in found:
        count[confidence_of(one.adoption.score if one.adoption else 0)] += 1
    terminal.message(
        f"{counted(len(found), 'thing')} that nobody manages yet, or others do: "
        f"{count['high']} high, {count['medium']} medium, {count['low']} low."
    )
    terminal.message("`genesys adopt ID` previews taking one over; `--all-high` all that is safe.")
    return exits.DONE


command = GenesysCommand(
    "adopt",
    callback=_adopt,
    help="""Take over what exists: list it by how safe that is, or preview it for these; do it with --apply.

    \b
    genesys adopt                          what could be adopted, the safest first
    genesys adopt my-bucket vpc-0a1b       what that would do
    genesys adopt --all-high --apply       all that is safe
    genesys adopt --owned-by terraform.tfstate
                                           remember what another tool owns, then list

    Nothing but tags is changed by adopting. An ID is a name, an id, an ARN or an address such as
    bucket.my-bucket. What another tool manages is refused.""",
    params=[
        click.Argument(["ids"], nargs=-1, metavar="[ID]..."),
        click.Option(["--all-high"], is_flag=True, help="All that scores at least the threshold."),
        click.Option(
            ["--threshold"],
            type=click.FloatRange(0, 1),
            default=HIGH,
            show_default=True,
            help="Below it, adopting wants a typed confirmation.",
        ),
        click.Option(["--force"], multiple=True, metavar="ADDRESS", help="Take it though another tool manages it."),
        click.Option(
            ["--owned-by"],
            multiple=True,
            metavar="PATH",
            help="A terraform.tfstate, a Pulumi export, or a folder of them: what is in it is that tool's. Remembered.",
        ),
        click.Option(
            ["--into"],
            metavar="FILE",
            help="Write what was adopted into this stack file too, as it is. Comments and order of the file stay.",
        ),
        click.Option(["--apply"], is_flag=True, help="Do it. Asks first, unless --yes."),
        detailed_exitcode_option(),
    ],
)
