"""`genesys adopt`: what could be taken over, how safely, the taking over, and the giving back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genesys_tui.cli import exits
from genesys_tui.cli.change import Request, carry_out, check, detailed_exitcode_option
from genesys_tui.cli.commands.inventory import read_all
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.options import Common
from genesys_tui.cli.render.inventory import adoption_text
from genesys_tui.cli.render.text import counted
from genesys_tui.cli.terminal import Terminal
from genesys_tui.cli.wishes import wish_here
from genesys_tui.engine.model.adoption import confidence_of
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.plan_document import inventory_document

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Inventory, Workspace


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be adopted, and how. `into`: the stack file that it is written into."""

    ids: tuple[str, ...]
    all_high: bool
    threshold: float | None
    force: tuple[str, ...]
    owned_by: tuple[str, ...]
    into: str | None
    no_tags: bool

    @property
    def anything(self) -> bool:
        return bool(self.ids or self.all_high)

    def again(self) -> list[str]:
        """The words that ask for the same."""
        words = [*self.ids, *(["--all-high"] if self.all_high else []), *(["--no-tags"] if self.no_tags else [])]
        words += [word for one in self.force for word in ("--force", one)]
        words += ["--into", self.into] if self.into else []
        return words + (["--threshold", f"{self.threshold:g}"] if self.threshold is not None else [])


def _adopt(
    ids: tuple[str, ...],
    *,
    all_high: bool,
    threshold: float | None,
    force: tuple[str, ...],
    owned_by: tuple[str, ...],
    into: str | None,
    no_tags: bool,
    release: bool,
    apply: bool,
    detailed_exitcode: bool,
) -> int:
    asked = Asked(ids, all_high, threshold, force, owned_by, into, no_tags)
    common, terminal = begin()
    words = ("--release", *asked.again()) if release else asked.again()
    request = Request(common, ("adopt", *words, "--apply"), apply, detailed_exitcode=detailed_exitcode)
    if release:
        _check_release(asked)
    elif apply and not asked.anything:
        raise UsageError("nothing is named that should be adopted", todo="name ids, or give --all-high")
    check(request, terminal)
    with opened(_placed(common, asked)) as workspace:
        if release:
            return carry_out(workspace.plan_release(ids, forced=force), request, workspace, terminal)
        if owned_by:
            workspace.own_by(owned_by)
        inventory = read_all(workspace.inventory, terminal)
        if not asked.anything:
            return _show(inventory, workspace, terminal)
        return _take_over(asked, inventory, request, workspace, terminal)


def _check_release(asked: Asked) -> None:
    if not asked.ids:
        raise UsageError("nothing is named that should be released", todo="name addresses, such as bucket.my-bucket")
    taking = ("--all-high", asked.all_high), ("--into", asked.into), ("--owned-by", asked.owned_by)
    for option, given in (*taking, ("--no-tags", asked.no_tags)):
        if given:
            raise UsageError(f"{option} is for adopting, and --release gives back", todo=f"leave {option} out")


def _placed(common: Common, asked: Asked) -> Common:
    """Where the stack file says; a file that is to be made has a stack of its own."""
    if not asked.into:
        return common
    if Path(asked.into).exists():
        wish = wish_here(asked.into, adopt=False, delete_data=False)
        return replace(common, stack=common.stack or wish.stack, region=common.region or wish.region)
    from genesys_tui.engine.workspace import stack_for

    return replace(common, stack=common.stack or stack_for(Path(asked.into)))


def _take_over(asked: Asked, inventory: Inventory, request: Request, workspace: Workspace, terminal: Terminal) -> int:
    from genesys_tui.engine.workspace import adoption_threshold

    threshold = adoption_threshold() if asked.threshold is None else asked.threshold
    wish = workspace.wish_to_adopt(
        inventory,
        asked.ids,
        all_from=threshold if asked.all_high else None,
        forced=asked.force,
        threshold=threshold,
        tagged=not asked.no_tags,
    )
    if not wish.resources:
        _say_none_is_safe(inventory, threshold, terminal)
    if asked.into:  # what a file is to name and does not, the file's next plan would take for dropped
        wish = workspace.as_written(wish)
        workspace.write_into(Path(asked.into), wish, dry=True)
    plan = workspace.plan(wish)
    code = carry_out(plan, request, workspace, terminal)
    if asked.into and request.apply and code == exits.DONE and plan.steps:
        workspace.write_into(Path(asked.into), wish)
        terminal.message(f"Written into {asked.into}: `genesys plan {asked.into}` shows that nothing changes.")
    return code


def _say_none_is_safe(inventory: Inventory, threshold: float, terminal: Terminal) -> None:
    """What stands highest, and what speaks most against it."""
    from genesys_tui.engine.workspace import candidates

    best = next(iter(candidates(inventory)), None)
    if best is None or best.adoption is None:
        return
    what = f"{best.actual.kind} {best.actual.name}"
    why = f": {worst.words}" if (worst := best.adoption.worst) else ""
    terminal.message(f"Nothing scores {threshold:g} or more. The best is {what} with {best.adoption.score:.2f}{why}.")


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
    genesys adopt --release bucket.mine    what giving it back would do: only our tags come off

    Nothing but tags is changed by adopting, and with --no-tags nothing at all. An ID is a name, an id,
    an ARN or an address such as bucket.my-bucket. What another tool manages is refused.""",
    params=[
        click.Argument(["ids"], nargs=-1, metavar="[ID]..."),
        click.Option(["--all-high"], is_flag=True, help="All that scores at least the threshold."),
        click.Option(
            ["--threshold"],
            type=click.FloatRange(0, 1),
            help="Below it, adopting wants a typed confirmation (else GENESYS_ADOPT_THRESHOLD, else 0.8).",
        ),
        click.Option(
            ["--force"],
            multiple=True,
            metavar="ADDRESS",
            help="Take it though another tool manages it; with --release, let it go though the stack made it.",
        ),
        click.Option(
            ["--owned-by"],
            multiple=True,
            metavar="PATH",
            help="A terraform.tfstate, a Pulumi export, a folder of them, or s3://bucket/key: what is in it is that "
            "tool's. Remembered.",
        ),
        click.Option(
            ["--into"],
            metavar="FILE",
            help="Write what was adopted into this stack file too, as it is; a new one is made. Comments, order stay.",
        ),
        click.Option(["--no-tags"], is_flag=True, help="Only remember it: nothing is sent."),
        click.Option(
            ["--release"], is_flag=True, help="Give back what was adopted: our tags come off, it stays as it is."
        ),
        click.Option(["--apply"], is_flag=True, help="Do it. Asks first, unless --yes."),
        detailed_exitcode_option(),
    ],
)
