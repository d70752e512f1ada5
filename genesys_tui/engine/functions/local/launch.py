"""How the process of a function is started, by its language."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree

from genesys_tui.engine.functions.langpack import OWN, langpacks
from genesys_tui.engine.functions.local import interpreters
from genesys_tui.engine.functions.local.contained import Contained
from genesys_tui.engine.functions.local.process import Ended, Process
from genesys_tui.engine.functions.local.room import Room, room
from genesys_tui.engine.functions.packing.binaries import binary
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.errors import GenesysError

WAIT = "wait"
"""The word for a bootstrap that is to wait."""

_MACHINES = {"x86_64": 62, "aarch64": 183, "arm64": 183}
"""This machine's name, as ELF numbers it."""


@dataclass(frozen=True, slots=True)
class Launch:
    """`folder`: where it runs. `notes`: what is different from AWS, in words. `room`: the container that it runs in;
    None: this machine itself. `can_wait`: with one more word it loads what it is told, and waits for its code."""

    command: tuple[str, ...]
    folder: Path
    handler: str
    notes: tuple[str, ...] = ()
    room: Room | None = None
    can_wait: bool = False

    def reaches(self, address: str) -> str:
        """A place on this machine's loopback (host:port), as the process calls it."""
        return self.room.reaches(address) if self.room else address

    def start(
        self,
        environment: Mapping[str, str],
        own: Path,
        memory: int,
        line: Callable[[str], None],
        ended: Ended,
        *,
        loaded: Path,
        waits: bool = False,
    ) -> Process:
        """`own`: its folder for temporary files. `memory`: MB. `loaded`: the file that tells what it has loaded, where
        it can wait. Raises GenesysError when it can't be started."""
        if self.room is None:
            more = (str(loaded), *((WAIT,) if waits else ())) if self.can_wait else ()
            return Process((*self.command, *more), self.folder, environment, line, ended, listens=waits)
        place = self.room.holding(writes=(own,))
        return Contained(place, self.command, self.folder, environment, memory, line, ended)


def launch(built: Built, home: Path, told: Callable[[str], None]) -> Launch:
    """How to start a function here. `told`: of what takes its time first. Raises GenesysError for what can't be run."""
    match built.project.target.language:
        case "python":
            return _python(built, home, told)
        case "node":
            return _node(built, home)
        case "go":
            return _binary(built)
        case _:
            raise GenesysError(f"{built.project.target.runtime} can't be run on this machine", todo="run it in AWS")


def _python(built: Built, home: Path, told: Callable[[str], None]) -> Launch:
    minor = built.project.target.version
    bytecode = _fresh_bytecode(built, home)
    bootstrap = _bootstrap(built, home, "bootstrap.py")
    place: Room | None = None
    try:
        program = str(interpreters.python(minor))
        brought = interpreters.brought(minor, Path(program), home, told)
    except GenesysError as missing:
        place, program = _room(built, home, missing), f"python{minor}"
        brought = interpreters.brought(minor, Path(sys.executable), home, told, place.platform)
        bytecode.mkdir(parents=True, exist_ok=True)
        place = place.holding((bootstrap.parent, *((brought,) if brought else ())), (bytecode,))
    words = ("-S", "-u", "-X", f"pycache_prefix={bytecode}", "-X", "faulthandler", str(bootstrap), str(brought or ""))
    notes = (
        () if brought else ("awslambdaric can't be had: a runtime of our own speaks for it, and boto3 is not there",)
    )
    can_wait = place is None and bootstrap.is_relative_to(langpacks())
    how = Launch((program, *words), built.code, _handler(built), notes, can_wait=can_wait)
    return _in(place, how, f"Python {minor}")


def _fresh_bytecode(built: Built, home: Path) -> Path:
    """Where bytecode is kept: that of layers stays, for they never change at their place. That of the code goes, since
    Python tells a changed file by size and second only."""
    folder = home / "functions" / "bytecode"
    rmtree(folder / built.code.resolve().relative_to("/"), ignore_errors=True)
    return folder


def _node(built: Built, home: Path) -> Launch:
    """In a container rather than on another Node.js."""
    wanted = built.project.target.version
    bootstrap = _bootstrap(built, home, "bootstrap.mjs")
    place: Room | None = None
    try:
        program, version = interpreters.node(wanted)
    except GenesysError as missing:
        place, program, version = _room(built, home, missing), Path("node"), wanted
    other = version.partition(".")[0] != wanted
    if other:
        with suppress(GenesysError):
            place, program = room(built, home), Path("node")
    notes = (
        (f"this machine has no Node.js {wanted}: the function runs on its {version}",) if other and not place else ()
    )
    place = place and place.holding((bootstrap.parent,))
    how = Launch((str(program), "--enable-source-maps", str(bootstrap)), built.code, _handler(built), notes)
    return _in(place, how, f"Node.js {wanted}")


def _room(built: Built, home: Path, missing: GenesysError) -> Room:
    """The container for what this machine can't run; else it is said why neither can."""
    try:
        return room(built, home)
    except GenesysError as error:
        raise GenesysError(
            missing.what, why=f"and no container can run it: {error}", todo=missing.todo, command=missing.command
        ) from error


def _in(place: Room | None, how: Launch, lacks: str) -> Launch:
    if place is None:
        return how
    note = f"this machine has no {lacks}: the function runs in a container ({place})"
    return replace(how, room=place, notes=(note, *how.notes))


def _binary(built: Built) -> Launch:
    program = built.code / "bootstrap"
    if not program.is_file():
        raise GenesysError(
            f"{built.project.name} has no file bootstrap, which its runtime starts", todo="build it anew"
        )
    found = binary(program)  # None: a script
    if found and found.machine != _MACHINES.get(platform.machine()):
        raise GenesysError(
            f"{built.project.name} is built for another machine than this one ({platform.machine()})",
            todo="build it for this machine's architecture to run it here, or run it in AWS",
        )
    return Launch((str(program),), built.code, built.handler or "bootstrap")


def _handler(built: Built) -> str:
    if not built.handler:
        raise GenesysError(f"{built.project.name} has no handler", todo="name it: module.function")
    return built.handler


def _bootstrap(built: Built, home: Path, name: str) -> Path:
    """That of the project's own langpack, else the user's, else ours."""
    language = built.project.target.language or ""
    own = [folder / language / "local" / name for folder in (built.project.folder / OWN, home / "langpacks")]
    return next((path for path in own if path.is_file()), langpacks() / language / "local" / name)
