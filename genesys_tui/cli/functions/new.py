"""`genesys function new`: a folder of code, from a template or from a function of the account."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

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
    width = max(len(command) for command, _ in following)
    terminal.result("\n".join(["", "Next:", *(f"  {command:{width}}  {why}" for command, why in following)]))
    return exits.DONE


def _check(asked: _Asked) -> None:
    """Before anything is made."""
    if asked.pulled and (asked.language or asked.template):
        raise UsageError("--from brings its code along", todo="leave --language and --template out")
    asked.wish()


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
    target = workspace.functions.pull(str(asked.pulled), asked.folder)
    files = tuple(sorted(path.relative_to(asked.folder).as_posix() for path in asked.folder.rglob("*") if path.is_file()))
    return _Made(target.runtime, files, options=("--architecture", target.architecture))


def _next(asked: _Asked, made: _Made, common: Common) -> list[tuple[str, str]]:
    """The commands to type now, and what each is for."""
    folder, event = str(asked.folder), [] if made.event == "empty" else ["--event", made.event]
    in_file = [asked.name, *(["--file", str(asked.into)] if asked.into and not _usual(asked.into) else [])]
    in_words = [asked.name, "--source", folder, "--runtime", made.runtime, *made.options]
    which = in_file if asked.into else [folder] if _found_by_folder(asked, made) else in_words
    deploy = ("plan", str(asked.into)) if asked.into else ("execute", "function", *in_words)
    return [
        (common.command("function", "dev", *which, *event), "save a file, and the new code answers"),
        (common.command("function", "invoke", *which, *event), "run it once, here"),
        (common.command(*deploy), "what deploying it would do"),
    ]
