"""Which function is meant: one of a stack file, or code in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.resource import Wish

if TYPE_CHECKING:
    from genesys_tui.engine.functions.subject import Subject
    from genesys_tui.engine.workspace import Workspace

START = "genesys function new hello"


@dataclass(frozen=True, slots=True)
class Meant:
    """`wish` reads anew what is wanted; `first` is what it said first. `words` name it again. `here`: its code is on
    this machine."""

    name: str
    wish: Callable[[], Wish]
    first: Wish
    words: tuple[str, ...]
    here: bool
    file: Path | None = None

    def subject(self, workspace: Workspace) -> Subject:
        """What is built, run and planned."""
        return workspace.functions.subject(self.name, self.wish, self.file)


@dataclass(frozen=True, slots=True)
class Which:
    """What the words of a command say of the function."""

    name: str | None = None
    file: str | None = None
    source: str | None = None
    runtime: str | None = None
    handler: str | None = None
    architecture: str | None = None

    def found(self) -> Meant:
        """Raises UsageError where it is not clear which one is meant, WishError for what is written wrong."""
        meant = self.known()
        if meant is None:
            raise UsageError(
                f"there is no function '{self.name}' here" if self.name else "there is no function here",
                why="neither a stack file nor a folder of code says what it is",
                todo="name one, or its folder with --source, or make one",
                command=START,
            )
        return meant

    def known(self) -> Meant | None:
        """The same; None where nothing here is it."""
        if self.source is not None:
            return self._in_words(self.name or name_of(Path(self.source)), Path(self.source))
        path = self._stack_file()
        if path and (meant := self._in_file(path)):
            return meant
        folder = Path(self.name or ".")
        if self.file or not _is_code(folder):
            return None
        return self._in_words(name_of(folder), folder)

    def _stack_file(self) -> Path | None:
        from genesys_tui.engine.workspace import find_stack_file

        return Path(self.file) if self.file else find_stack_file(Path.cwd())

    def _in_file(self, path: Path) -> Meant | None:
        from genesys_tui.engine.workspace import read_stack_file

        wish = read_stack_file(path)
        here = {one.name: "source" in one.spec for one in wish.resources if one.kind == "function"}
        name = self.name or _only([name for name, with_code in here.items() if with_code], path)
        if name not in here:
            return None
        if said := self._options():
            why = f"{path.name} says that of '{name}'"
            raise UsageError(f"{said[0]} is for code that no stack file names", why=why, todo="write it there")
        words = (name, *(["--file", self.file] if self.file else []))
        return Meant(name, partial(read_stack_file, path), wish, words, here[name], path)

    def _options(self) -> list[str]:
        said = (("--runtime", self.runtime), ("--handler", self.handler), ("--architecture", self.architecture))
        return [word for option, value in said if value is not None for word in (option, value)]

    def _in_words(self, name: str, source: Path) -> Meant:
        from genesys_tui.engine.workspace import parse_intent

        options = self._options()
        words = ("function", name, "--source", str(source), *options)
        again = (name, *words[2:]) if self.source is not None else (*([self.name] if self.name else []), *options)
        return Meant(name, partial(parse_intent, words), parse_intent(words), again, here=True)


def _only(names: list[str], path: Path) -> str | None:
    if len(names) > 1:
        raise UsageError(f"{path.name} has several functions", todo=f"name one of {', '.join(names)}")
    return names[0] if names else None


def _is_code(folder: Path) -> bool:
    from genesys_tui.engine.workspace import Settings, Workspace

    return folder.is_dir() and Workspace(Settings()).functions.detected(folder) is not None


def name_of(source: Path) -> str:
    """What a function is called whose code lies there."""
    whole = source.expanduser().resolve()
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", whole.name if whole.is_dir() else whole.stem).strip("-")[:64]
    return name or "function"


def which_options() -> list[click.Parameter]:
    """NAME, and the options that say which function is meant, and what it is."""
    return [
        click.Argument(["name"], required=False, metavar="[NAME]"),
        click.Option(["--file"], metavar="FILE", help="The stack file that names it (else the one of this folder)."),
        click.Option(
            ["--source"], metavar="PATH", help="Its code, if no stack file names it: a folder, a file or a zip."
        ),
        click.Option(
            ["--runtime"], metavar="RUNTIME", help="Of such code: python3.13, nodejs22.x, go (else the newest)."
        ),
        click.Option(["--handler"], metavar="MODULE.NAME", help="Of such code: what is called (else it is found)."),
        click.Option(["--architecture"], type=click.Choice(["x86_64", "arm64"]), help="Of such code (else x86_64)."),
    ]


def builder_option() -> click.Option:
    """Where code is built in this run."""
    return click.Option(
        ["--builder"],
        type=click.Choice(["container", "host"]),
        help="Where to build (else GENESYS_BUILDER, else a container where there is an engine).",
    )
