"""`genesys function new`: a folder of code, from a template or from a function of the account."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

import click

from genesys_tui.cli import exits
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.options import Common
from genesys_tui.engine.model.build import Language
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.model.shown import shown

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Asked:
    """`pulled`: the function of the account whose code it gets."""

    name: str
    folder: Path
    language: str | None
    template: str | None
    into: Path | None
    pulled: str | None

    def wish(self, *options: str) -> Wish:
        """What the stack file is to say; its paths start where it is."""
        from genesys_tui.engine.workspace import parse_intent

        source = os.path.relpath(self.folder, self.into.parent if self.into else None)
        return parse_intent(("function", self.name, "--source", f"./{source}", *options))


@dataclass(frozen=True, slots=True)
class _Made:
    """What is there now. `options`: what of it the stack file is told too."""

    runtime: str
    files: tuple[str, ...]
    event: str = "empty"
    options: tuple[str, ...] = ()


def _new(name: str, folder: str | None, into: str | None, **words: str | None) -> int:
    common, terminal = begin()
    file = Path(into) if into else None
    asked = _Asked(name, Path(folder or name), words["language"], words["template"], file, words["pulled"])
    _check(asked)
    with opened(_placed(common, asked)) as workspace:
        if file:
            workspace.functions.write(file, asked.wish(), dry=True)
        made = _pull(asked, workspace) if asked.pulled else _make(asked, workspace)
        if file:
            workspace.functions.write(file, asked.wish("--runtime", made.runtime, *made.options))
    following = _next(asked, made, common)
    if terminal.as_json:
        what = {"name": name, "folder": str(asked.folder), "runtime": made.runtime, "files": list(made.files)}
        terminal.document({**what, "event": made.event, "into": into, "next": [command for command, _ in following]})
        return exits.DONE
    terminal.result(shown(f"Made {asked.folder} ({made.runtime}): {', '.join(made.files)}"))
    if file:
        terminal.result(shown(f"Written into {file}: {name}"))
    terminal.result("\n".join(["", "Next:", *(f"  {command}\n      {why}" for command, why in following)]))
    return exits.DONE


def _check(asked: _Asked) -> None:
    """Before anything is made."""
    if asked.pulled and (asked.language or asked.template):
        raise UsageError("--from brings its code along", todo="leave --language and --template out")
    asked.wish()
    if asked.into and asked.into.exists():
        from genesys_tui.engine.workspace import read_stack_file

        there = read_stack_file(asked.into).resources
        if any((one.kind, one.name) == ("function", asked.name) for one in there):
            raise UsageError(f"{asked.into} has a function '{asked.name}' already", todo="choose another name")


def _placed(common: Common, asked: _Asked) -> Common:
    """A stack file that is to be made has a stack of its own."""
    if asked.into is None or asked.into.exists():
        return common
    from genesys_tui.engine.workspace import stack_for

    return replace(common, stack=common.stack or stack_for(asked.into))


def _make(asked: _Asked, workspace: Workspace) -> _Made:
    language = cast(Language, asked.language or "python")
    new = workspace.functions.new(asked.folder, language, asked.template or "plain")
    return _Made(new.runtime, new.files, new.event)


def _pull(asked: _Asked, workspace: Workspace) -> _Made:
    project = workspace.functions.pull(str(asked.pulled), asked.folder)
    there = asked.folder.rglob("*")
    files = sorted(path.relative_to(asked.folder).as_posix() for path in there if path.is_file())
    handler = ("--handler", project.handler) if project.handler else ()
    options = ("--architecture", project.target.architecture, *handler)
    return _Made(project.target.runtime, tuple(files), options=options)


def _next(asked: _Asked, made: _Made, common: Common) -> list[tuple[str, str]]:
    """The commands to type now, and what each is for."""
    event = [] if made.event == "empty" else ["--event", made.event]
    in_words = [asked.name, "--source", str(asked.folder)]
    if asked.pulled:
        in_words += ["--runtime", made.runtime, *made.options]
    if asked.into:
        which = [asked.name, *([] if asked.into.name == str(asked.into) else ["--file", str(asked.into)])]
        deploy = ["plan", str(asked.into)]
    else:
        which = [asked.name] if str(asked.folder) == asked.name and not asked.pulled else in_words
        deploy = ["execute", "function", *in_words]
    return [
        (common.command("function", "dev", *which, *event), "save a file, and the new code answers"),
        (common.command("function", "invoke", *which, *event), "run it once, here"),
        (common.command(*deploy), "what deploying it would do"),
    ]


command = GenesysCommand(
    "new",
    callback=_new,
    help="""Make a new function NAME in FOLDER (else a folder of its name), from a template.

    \b
    genesys function new hello
    genesys function new orders --language node --template queue
    genesys function new hello --into genesys.yaml     and write it into the stack file
    genesys function new mine --from other             the code of a function of the account

    Nothing is sent. A new Python function is for the newest version that runs on this machine too.""",
    params=[
        click.Argument(["name"]),
        click.Argument(["folder"], required=False, metavar="[FOLDER]"),
        click.Option(["--language"], type=click.Choice(get_args(Language)), help="Else python."),
        click.Option(["--template"], metavar="NAME", help="plain, http, queue or schedule (else plain)."),
        click.Option(["--into"], metavar="FILE", help="Write it into this stack file too; a new one is made."),
        click.Option(["--from", "pulled"], metavar="FUNCTION", help="Take the code of this function of the account."),
    ],
)
