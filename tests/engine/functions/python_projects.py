"""Python projects to build, and workshops to build them in."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from genesys_tui.engine.functions.langpack import Langpack, langpack
from genesys_tui.engine.functions.languages.python import Python
from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.functions.workshop.workshop import CommandError
from genesys_tui.engine.model.build import Architecture, Member, Project, Target, Where

CACHE = Path("~/.cache/genesys-tests").expanduser()
"""Of uv, for all tests and runs: each test has a HOME of its own, and would download everything again."""
PYENV = os.environ.get("PYENV_ROOT") or str(Path("~/.pyenv").expanduser())


class Rehearsed:
    """A workshop without processes: it answers with what it is given, in order, and remembers what was run."""

    where: Where = "host"

    def __init__(self, folder: Path, *answers: str | CommandError) -> None:
        self.folder = folder
        self.stop = threading.Event()
        self.lines: list[str] = []
        self.told = self.lines.append
        self.answers = list(answers)
        self.commands: list[list[str]] = []

    def uv(self) -> str:
        return "uv"

    def identity(self) -> str:
        return "rehearsed"

    def run(
        self, command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] = {}, limit: float = 600
    ) -> str:
        self.commands.append(list(command))
        answer = self.answers.pop(0)
        if isinstance(answer, CommandError):
            raise answer
        return answer

    def close(self) -> None:
        """Nothing is kept alive."""


def host(home: Path) -> Host:
    """This machine as the workshop of a home, with what was downloaded before."""
    functions = home / "functions"
    functions.mkdir(parents=True, exist_ok=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    if not (functions / "cache").exists():
        (functions / "cache").symlink_to(CACHE)
    return Host(functions)


def files(folder: Path, contents: Mapping[str, str]) -> Path:
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return folder


def project(
    folder: Path, runtime: str = "python3.13", architecture: Architecture = "x86_64", handler: str | None = None
) -> Project:
    return Project("work", folder, Target(runtime, architecture), handler)


def pack() -> Langpack:
    return langpack("python", Path("/nowhere"))


def members(contents: Mapping[str, str]) -> list[Member]:
    return [Member(name, content.encode()) for name, content in contents.items()]


def installed(asked: Project, home: Path, name: str = "opt") -> Path:
    """The folder that stands for /opt, made by this machine."""
    shop, builder = host(home), Python()
    lock = builder.lock(asked, pack(), shop)
    assert lock is not None
    into = home / name
    into.mkdir(parents=True)
    builder.install(lock, asked, pack(), shop, into)
    return into


def digest(folder: Path) -> str:
    """Of all that a zip of it would hold: names, contents, whether it can be run."""
    found = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        mode = "x" if path.stat().st_mode & 0o100 else "-"
        found.update(f"{path.relative_to(folder).as_posix()} {mode} {sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()
